package dev.caravan.support;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.runtime.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;

/**
 * Keeps what was dropped into a folder, and holds the folder door to its promises over any number of kills: no result
 * is ever half-written, changed or taken away, what is finished is not paid for again, and nothing is lost.
 */
public final class FolderLedger {
    private static final String REPLY = ".reply.json";
    private static final String ERROR = ".error.json";

    private final WatchedFolder folder;
    private final Supplier<Map<String, Integer>> callsSoFar;
    private final List<DroppedFile> dropped = new ArrayList<>();
    private final Map<String, String> results = new TreeMap<>();
    /** Calls of each finished mark when it was first seen to be finished. */
    private final Map<String, Integer> paid = new HashMap<>();

    /** @param callsSoFar how often each mark was asked about, see {@link StandaloneEmulator#calls()} */
    public FolderLedger(WatchedFolder folder, Supplier<Map<String, Integer>> callsSoFar) {
        this.folder = folder;
        this.callsSoFar = callsSoFar;
    }

    /** Drops a file and remembers it, unless one of its name still lies in the inbox. */
    public void drop(DroppedFile file) {
        if (folder.drop(file)) {
            dropped.add(file);
        }
    }

    public List<DroppedFile> dropped() {
        return List.copyOf(dropped);
    }

    /** Looks at the results, at any moment: while they are written, and after a kill. */
    public void look() {
        Map<String, String> now = results();
        results.forEach((name, content) ->
                assertThat(now).as("a result that was there before").containsEntry(name, content));
        now.forEach(FolderLedger::assertWhole);
        results.putAll(now);
        Map<String, Integer> calls = callsSoFar.get();
        for (String mark : finished(now)) {
            int before = paid.computeIfAbsent(mark, first -> calls.getOrDefault(first, 0));
            assertThat(calls.getOrDefault(mark, 0))
                    .as("calls for %s, which was finished before", mark)
                    .isEqualTo(before);
        }
    }

    private Map<String, String> results() {
        Map<String, String> found = new TreeMap<>();
        folder.files("outbox").forEach((name, content) -> found.put("outbox/" + name, content));
        folder.files("failed").forEach((name, content) -> {
            if (name.endsWith(ERROR)) {
                found.put("failed/" + name, content);
            }
        });
        return found;
    }

    private static void assertWhole(String name, String content) {
        if (name.endsWith(".json")) {
            try {
                assertThat(Json.mapper().readTree(content).isObject()).as(name).isTrue();
            } catch (JsonProcessingException e) {
                throw new AssertionError(name + " is no JSON: " + content, e);
            }
        } else {
            assertThat(content).as(name).containsPattern(DroppedFile.MARK);
        }
    }

    /** The marks that have a result: a reply, its text (by then the reply is kept), or a place in failed/. */
    private Set<String> finished(Map<String, String> now) {
        Set<String> marks = new TreeSet<>(inputs("failed").values());
        now.forEach((name, content) -> {
            if (!name.endsWith(ERROR)) {
                marks.add(mark(content));
            }
        });
        return marks;
    }

    /** The inputs in done/ or failed/, by their path without extension. */
    private Map<String, String> inputs(String area) {
        Map<String, String> inputs = new LinkedHashMap<>();
        folder.files(area).forEach((path, content) -> {
            if (!path.endsWith(ERROR)) {
                inputs.put(path.substring(0, path.lastIndexOf('.')), mark(content));
            }
        });
        return inputs;
    }

    private static String mark(String content) {
        Matcher mark = DroppedFile.MARK.matcher(content);
        assertThat(mark.find()).as("a mark in " + content).isTrue();
        return mark.group();
    }

    /** Checks, once all is through, that each file came to its one right end. */
    public void close() {
        look();
        assertThat(folder.files("inbox")).as("inbox").isEmpty();
        assertThat(folder.jobs()).as("entries of .work").isZero();
        Map<String, String> done = inputs("done");
        Map<String, String> failed = inputs("failed");
        assertThat(done.values()).containsExactlyInAnyOrderElementsOf(marks(false));
        assertThat(failed.values()).containsExactlyInAnyOrderElementsOf(marks(true));
        Map<String, String> now = new TreeMap<>(results());
        done.forEach((name, mark) -> assertReply(name, mark, now));
        failed.forEach((name, mark) -> {
            JsonNode problem = json(now.remove("failed/" + name + ERROR), name);
            assertThat(problem.path("code").asText()).as(name).isEqualTo("invalid_request");
        });
        assertThat(now).as("results that belong to no input").isEmpty();
    }

    private void assertReply(String name, String mark, Map<String, String> now) {
        JsonNode reply = json(now.remove("outbox/" + name + REPLY), name);
        assertThat(reply.toString()).as(name).contains(mark);
        if (file(mark).answeredInText()) {
            String text = now.remove("outbox/" + name + ".reply.txt");
            assertThat(text).as(name).isNotNull();
            assertThat(text.strip()).as(name).isEqualTo(reply.path("text").asText());
        }
    }

    private static JsonNode json(String content, String name) {
        assertThat(content).as("result of " + name).isNotNull();
        try {
            return Json.mapper().readTree(content);
        } catch (JsonProcessingException e) {
            throw new AssertionError(name, e);
        }
    }

    private List<String> marks(boolean failing) {
        return dropped.stream()
                .filter(file -> file.fails() == failing)
                .map(DroppedFile::mark)
                .toList();
    }

    private DroppedFile file(String mark) {
        return dropped.stream()
                .filter(file -> file.mark().equals(mark))
                .findFirst()
                .orElseThrow();
    }

    /** Files, calls, and calls beyond one per file. */
    public String summary() {
        Map<String, Integer> calls = callsSoFar.get();
        int sum = dropped.stream()
                .mapToInt(file -> calls.getOrDefault(file.mark(), 0))
                .sum();
        return dropped.size() + " files, " + sum + " calls, " + (sum - dropped.size()) + " calls beyond one per file";
    }
}
