package dev.caravan.emulator.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.emulator.aws.AwsFailure;
import dev.caravan.model.Model;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Images and documents of a conversation, those in tool results too (Amazon Bedrock API reference, "Message" and
 * "DocumentBlock"). The underscore in a document's name is not in the reference, but users saw it taken.
 */
final class ConverseMedia {
    private static final Set<String> IMAGES = Set.of("png", "jpeg", "gif", "webp");
    private static final Set<String> DOCUMENTS =
            Set.of("pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md");
    private static final Set<String> SEEN = Set.of("image", "video");
    private static final Pattern NAME = Pattern.compile("(?!.* {2})[a-zA-Z0-9 _()\\[\\]-]*");
    private static final int MAX_NAME = 200;
    private static final int MAX_DOCUMENTS = 5;
    private static final int MAX_IMAGES = 20;

    private final Model model;
    private final Set<String> names = new HashSet<>();
    private int images;
    private int documents;

    private ConverseMedia(Model model) {
        this.model = model;
    }

    /** @throws AwsFailure ValidationException in AWS's words, as far as known */
    static void check(JsonNode messages, Model model) {
        ConverseMedia media = new ConverseMedia(model);
        for (int i = 0; i < messages.size(); i++) {
            JsonNode content = messages.get(i).path("content");
            media.checkBlocks(content, "messages." + i + ".content.");
            requireText(content);
        }
        media.checkCounts();
    }

    private void checkBlocks(JsonNode content, String at) {
        for (int i = 0; i < content.size(); i++) {
            JsonNode block = content.get(i);
            SEEN.stream().filter(block::has).forEach(this::requireVision);
            if (block.has("image")) {
                images++;
                checkImage(block.get("image"), at + i + ".image");
            } else if (block.has("document")) {
                documents++;
                checkDocument(block.get("document"), at + i + ".document");
            } else if (block.has("toolResult")) {
                checkBlocks(block.get("toolResult").path("content"), at + i + ".toolResult.content.");
            }
        }
    }

    private void requireVision(String kind) {
        if (!model.capabilities().vision()) {
            throw AwsFailure.validation("This model doesn't support the " + kind
                    + " content block that you provided. Update the content block and try again.");
        }
    }

    private static void checkImage(JsonNode image, String at) {
        requireObject(image);
        new Constraints()
                .required(image, "format", at)
                .required(image, "source", at)
                .oneOf(image.path("format"), at + ".format", IMAGES)
                .refuse();
    }

    private void checkDocument(JsonNode document, String at) {
        requireObject(document);
        JsonNode name = document.path("name");
        new Constraints()
                .required(document, "name", at)
                .required(document, "source", at)
                .oneOf(document.path("format"), at + ".format", DOCUMENTS)
                .length(name, at + ".name", 1, MAX_NAME)
                .refuse();
        if (!NAME.matcher(name.asText()).matches()) {
            throw AwsFailure.validation("The document file name can only contain alphanumeric characters, whitespace"
                    + " characters, hyphens, parentheses, and square brackets. The name can't contain more than one"
                    + " consecutive whitespace character. Check that the file name conforms to these restrictions and"
                    + " retry your request.");
        }
        if (!names.add(name.asText())) {
            throw AwsFailure.validation("Messages can't contain duplicate document names. Rename the document and"
                    + " retry your request.");
        }
    }

    private static void requireObject(JsonNode block) {
        if (!block.isObject()) {
            throw AwsFailure.validation(SchemaFaults.UNREADABLE);
        }
    }

    private static void requireText(JsonNode content) {
        if (has(content, "document") && !has(content, "text")) {
            throw AwsFailure.validation(
                    "A text block must be included when using documents. Add a text block and retry your request.");
        }
    }

    private static boolean has(JsonNode content, String kind) {
        for (JsonNode block : content) {
            if (block.has(kind)) {
                return true;
            }
        }
        return false;
    }

    private void checkCounts() {
        if (documents > MAX_DOCUMENTS) {
            throw AwsFailure.validation("You can't include more than " + MAX_DOCUMENTS + " documents in a request.");
        }
        if (images > MAX_IMAGES) {
            throw AwsFailure.byModel(
                    "messages: too many images and documents: " + images + " + " + documents + " > " + MAX_IMAGES);
        }
    }
}
