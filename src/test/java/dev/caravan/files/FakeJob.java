package dev.caravan.files;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.runtime.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A job in memory that notes its steps; one that was done before does nothing. */
final class FakeJob implements Job {
    private final FakeJobStore store;
    private final String id;
    private final String file;
    private final Path input;
    final List<String> steps = new CopyOnWriteArrayList<>();
    volatile Outcome outcome = Outcome.NONE;
    volatile byte[] kept;
    volatile int releases;
    volatile String obstacle;
    volatile boolean unreadable;

    FakeJob(FakeJobStore store, String id, String file, Path input) {
        this.store = store;
        this.id = id;
        this.file = file;
        this.input = input;
    }

    JsonNode json() throws IOException {
        return Json.read(kept);
    }

    private void step(String name) throws IOException {
        if (!steps.contains(name)) {
            store.failIfTold(name);
            steps.add(name);
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String file() {
        return file;
    }

    @Override
    public String name() {
        return file.substring(0, file.lastIndexOf('.'));
    }

    @Override
    public String extension() {
        return file.substring(file.lastIndexOf('.') + 1);
    }

    @Override
    public Path input() {
        return unreadable ? input.resolveSibling("gone") : input;
    }

    @Override
    public Optional<String> obstacle() {
        return Optional.ofNullable(obstacle);
    }

    @Override
    public Outcome outcome() {
        return outcome;
    }

    @Override
    public Optional<String> problemCode() {
        return outcome == Outcome.PROBLEM && kept != null
                ? Optional.ofNullable(Journal.codeOf(kept))
                : Optional.empty();
    }

    @Override
    public void keepReply(byte[] json) throws IOException {
        outcome = Outcome.REPLY;
        kept = json;
        step("keepReply");
    }

    @Override
    public void keepProblem(byte[] json) throws IOException {
        if (outcome == Outcome.REPLY) {
            return;
        }
        outcome = Outcome.PROBLEM;
        kept = json;
        step("keepProblem");
    }

    @Override
    public boolean kept() {
        return kept == null
                ? outcome != Outcome.NONE
                : steps.contains(outcome == Outcome.REPLY ? "keepReply" : "keepProblem");
    }

    @Override
    public void writeText() throws IOException {
        step("keepReply");
        step("writeText");
    }

    @Override
    public void writeReply() throws IOException {
        step("writeReply");
    }

    @Override
    public void writeProblem() throws IOException {
        step("keepProblem");
        step("writeProblem");
    }

    @Override
    public void finish() throws IOException {
        step("finish");
    }

    @Override
    public boolean finished() {
        return steps.contains("finish");
    }

    @Override
    public void release() {
        if (!finished()) {
            releases++;
            store.left.add(this);
        }
    }
}
