package dev.caravan.files;

import com.fasterxml.jackson.databind.JsonNode;

/** A report's data as a text for people. */
final class ReportText {
    private ReportText() {}

    /** Title, summary and points as paragraphs; data of another shape as JSON in lines. */
    static String of(JsonNode data) {
        JsonNode title = data.path("title");
        JsonNode summary = data.path("summary");
        JsonNode points = data.path("points");
        boolean known = data.size() == 3 && title.isTextual() && summary.isTextual() && points.isArray();
        for (JsonNode point : points) {
            known &= point.isTextual();
        }
        if (!known) {
            return data.toPrettyString() + "\n";
        }
        StringBuilder text = new StringBuilder();
        text.append(title.textValue())
                .append("\n\n")
                .append(summary.textValue())
                .append("\n");
        for (JsonNode point : points) {
            text.append("\n- ").append(point.textValue());
        }
        return text.append(points.isEmpty() ? "" : "\n").toString();
    }
}
