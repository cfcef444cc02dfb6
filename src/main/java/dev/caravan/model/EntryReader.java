package dev.caravan.model;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads one model (or one family) of a catalogue file; what a model does not say was taken from its family before. */
final class EntryReader {
    private static final String BEDROCK = "bedrock";
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,255}");
    private static final Pattern ALIAS = Pattern.compile("[a-z0-9][a-z0-9._:+-]{0,127}");
    private static final Set<String> ASSUMABLE = Set.of(
            "sampling",
            "temperature",
            "top_p",
            "max_stop_sequences",
            "thinking",
            "thinking_default",
            "prefill",
            "tool_choice",
            "json",
            "reasoning_tags",
            "profile_only",
            "released");
    private static final Set<String> CAPABILITIES =
            Set.of("stream", "tools", "stream_tools", "vision", "system", "converse", "reasoning", "prompt_caching");

    private EntryReader() {}

    /** Checks a family: what it gives must be right, nothing is required. */
    static void checkFamily(Fields fields) {
        fields.text("vendor");
        fields.word("kind", Model.Kind.class);
        fields.text("format");
        fields.flag("profile_only");
        fields.texts("capabilities", CAPABILITIES::contains, "is no capability");
        rules(fields.map("rules"), false);
        forPeople(fields);
        fields.refuseOthers();
    }

    /** Reads a model; empty when it has problems. */
    static Optional<CatalogueEntry> read(String id, Fields fields, List<String> problems) {
        int before = problems.size();
        checkId(id, fields);
        Model model = model(id, fields);
        String line = fields.text("line");
        List<String> aliases = fields.texts("aliases", EntryReader::isAlias, "is no alias: letters, digits, . _ : + -");
        List<String> arns = fields.texts("arns", ModelArn::isArn, "is no ARN");
        fields.checkCounts("embedding_dimensions");
        forPeople(fields);
        fields.refuseOthers();
        return problems.size() > before
                ? Optional.empty()
                : Optional.of(new CatalogueEntry(model, lower(line), lower(orEmpty(aliases)), orEmpty(arns)));
    }

    /** The model as far as it could be read, without aliases. */
    private static Model model(String id, Fields fields) {
        boolean profileOnly = Boolean.TRUE.equals(fields.flag("profile_only"));
        return new Model(
                id,
                List.of(),
                Objects.requireNonNullElse(fields.text("display_name"), id),
                fields.required("vendor", fields.text("vendor")),
                BEDROCK,
                fields.required("family", fields.text("family")),
                fields.required("kind", fields.word("kind", Model.Kind.class)),
                fields.required("format", fields.text("format")),
                Optional.ofNullable(fields.count("context_window", 1)),
                Optional.ofNullable(fields.count("max_output_tokens", 1)),
                Optional.ofNullable(fields.date("released")),
                lifecycle(fields),
                prices(fields.map("prices")),
                capabilities(orEmpty(fields.texts("capabilities", CAPABILITIES::contains, "is no capability"))),
                rules(fields.map("rules"), true),
                orEmpty(fields.texts("profiles", InferenceProfiles::known, "is no inference profile prefix")),
                profileOnly && !ModelArn.isArn(id));
    }

    private static void checkId(String id, Fields fields) {
        boolean plain = ID.matcher(id).matches()
                && InferenceProfiles.split(id).isEmpty()
                && !ModelArn.isArn(id.toLowerCase(Locale.ROOT));
        if (!plain && ModelArn.parse(id).isEmpty()) {
            fields.problem("id", "must be an id without inference profile prefix, or an ARN");
        }
    }

    private static Model.Rules rules(Fields fields, boolean required) {
        Model.Sampling sampling = fields.word("sampling", Model.Sampling.class);
        Model.Range temperature = fields.range("temperature");
        Model.Range topP = fields.range("top_p");
        Integer stops = fields.count("max_stop_sequences", 0);
        Model.Thinking thinking = fields.word("thinking", Model.Thinking.class);
        Boolean thinkingDefault = fields.flag("thinking_default");
        Boolean prefill = fields.flag("prefill");
        List<Model.ToolChoice> choice = fields.words("tool_choice", Model.ToolChoice.class);
        Model.Json json = fields.word("json", Model.Json.class);
        List<String> tags = reasoningTags(fields);
        fields.refuseOthers();
        if (!required) {
            return null;
        }
        fields.required("sampling", sampling);
        fields.required("temperature", temperature);
        fields.required("top_p", topP);
        fields.required("max_stop_sequences", stops);
        fields.required("thinking", thinking);
        fields.required("thinking_default", thinkingDefault);
        fields.required("prefill", prefill);
        fields.required("tool_choice", choice);
        fields.required("json", json);
        boolean complete = Stream.of(
                        sampling, temperature, topP, stops, thinking, thinkingDefault, prefill, choice, json)
                .allMatch(Objects::nonNull);
        return complete
                ? new Model.Rules(
                        sampling, temperature, topP, stops, thinking, thinkingDefault, prefill, choice, json, tags)
                : null;
    }

    private static List<String> reasoningTags(Fields fields) {
        List<String> tags = orEmpty(fields.texts("reasoning_tags", tag -> !tag.isBlank(), "is blank"));
        if (!tags.isEmpty() && tags.size() != 2) {
            fields.problem("reasoning_tags", "must be the opening and the closing tag");
        }
        return tags;
    }

    private static Model.Lifecycle lifecycle(Fields fields) {
        Model.Status status = fields.word("status", Model.Status.class);
        return new Model.Lifecycle(
                status == null ? Model.Status.UNKNOWN : status,
                Optional.ofNullable(fields.date("end_of_life")),
                Optional.ofNullable(fields.text("successor")));
    }

    private static Model.Prices prices(Fields fields) {
        Model.Prices prices = new Model.Prices(
                Optional.ofNullable(fields.amount("input")),
                Optional.ofNullable(fields.amount("output")),
                Optional.ofNullable(fields.amount("cache_read")),
                Optional.ofNullable(fields.amount("cache_write")));
        fields.amount("cache_write_1h");
        fields.refuseOthers();
        return prices;
    }

    private static Model.Capabilities capabilities(List<String> able) {
        return new Model.Capabilities(
                able.contains("stream"),
                able.contains("tools"),
                able.contains("stream_tools"),
                able.contains("vision"),
                able.contains("system"),
                able.contains("converse"),
                able.contains("reasoning"),
                able.contains("prompt_caching"));
    }

    /** Fields that say where a figure comes from: checked, and kept out of the model. */
    private static void forPeople(Fields fields) {
        fields.text("note");
        fields.texts("assumed", ASSUMABLE::contains, "is no field that can be assumed");
        Fields sources = fields.map("sources");
        sources.text("prices");
        sources.text("limits");
        sources.refuseOthers();
    }

    private static boolean isAlias(String text) {
        return ALIAS.matcher(text.toLowerCase(Locale.ROOT)).matches();
    }

    private static List<String> orEmpty(List<String> list) {
        return list == null ? List.of() : list;
    }

    private static String lower(String text) {
        return text == null ? null : text.toLowerCase(Locale.ROOT);
    }

    private static List<String> lower(List<String> texts) {
        return texts.stream().map(EntryReader::lower).distinct().toList();
    }
}
