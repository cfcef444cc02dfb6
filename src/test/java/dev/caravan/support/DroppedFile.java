package dev.caravan.support;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.runtime.Json;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * A file for the inbox. Its text bears a mark of its own, which the emulator's record and the answer bear too.
 *
 * @param path below the inbox, with {@code /}
 */
public record DroppedFile(String path, String mark, Kind kind, String content) {
    /** The marks of one test run: all different, and none a part of another. */
    static final Pattern MARK = Pattern.compile("mark-[0-9]{5}");

    private static final AtomicInteger COUNT = new AtomicInteger();

    /** What stands in a file. */
    public enum Kind {
        TEXT("txt"),
        FRONT_MATTER("md"),
        JSON("json"),
        STRUCTURED("json"),
        /** The model refuses it for good. */
        FAILING("txt");

        private final String extension;

        Kind(String extension) {
            this.extension = extension;
        }
    }

    /** @param name path below the inbox without extension; {@code #} stands for a number that no other file has */
    public static DroppedFile of(Kind kind, String name) {
        return of(kind, name, "");
    }

    /** @param directive more keys of the line for the emulator, such as {@code delay=2s} */
    public static DroppedFile of(Kind kind, String name, String directive) {
        int number = COUNT.incrementAndGet();
        String mark = String.format("mark-%05d", number);
        String path = name.replace("#", Integer.toString(number)) + "." + kind.extension;
        return new DroppedFile(path, mark, kind, content(kind, mark, directive));
    }

    private static String content(Kind kind, String mark, String directive) {
        String prompt = "Tell me of " + mark + ", möglichst kurz 🚚.\n@emulator " + directive;
        String answer = " text=\"This is " + mark + "\"";
        return switch (kind) {
            case TEXT -> prompt + answer;
            case FRONT_MATTER -> "---\nsystem_prompt: Be short.\nmax_tokens: 99\n---\n" + prompt + answer;
            case JSON -> request(prompt + answer).toString();
            case STRUCTURED -> structured(prompt, mark);
            case FAILING -> prompt + " error=ValidationException";
        };
    }

    private static ObjectNode request(String prompt) {
        return Json.object().put("prompt", prompt);
    }

    /** The emulator makes its answer from the schema, so that is where the mark stands. */
    private static String structured(String prompt, String mark) {
        ObjectNode request = request(prompt);
        ObjectNode schema = request.putObject("schema").put("type", "object");
        schema.putObject("properties").putObject("mark").put("type", "string").put("const", mark);
        schema.putArray("required").add("mark");
        return request.toString();
    }

    public boolean fails() {
        return kind == Kind.FAILING;
    }

    /** Whether an answer comes as a text beside the JSON. */
    boolean answeredInText() {
        return kind == Kind.TEXT || kind == Kind.FRONT_MATTER;
    }
}
