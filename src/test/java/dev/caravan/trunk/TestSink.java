package dev.caravan.trunk;

import dev.caravan.chat.Part;
import dev.caravan.chat.StreamStart;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Keeps what it is given; takes everything at once unless told otherwise. */
class TestSink implements PartSink {
    final List<StreamStart> starts = new ArrayList<>();
    final List<Part> parts = new ArrayList<>();
    final List<Integer> answers = new ArrayList<>();
    final List<Runnable> resumes = new ArrayList<>();
    volatile boolean open = true;

    @Override
    public synchronized void begin(StreamStart start) {
        if (!parts.isEmpty()) {
            throw new AssertionError("begun after a part");
        }
        starts.add(start);
    }

    @Override
    public synchronized void part(Part part, int answer) {
        if (starts.size() != 1) {
            throw new AssertionError("a part without a begin");
        }
        parts.add(part);
        answers.add(answer);
    }

    @Override
    public synchronized boolean ready(Runnable resume) {
        if (!open) {
            resumes.add(resume);
        }
        return open;
    }

    /** The text of one answer's parts, joined. */
    synchronized String text(int answer) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            if (answers.get(i) == answer && parts.get(i) instanceof Part.Text part) {
                text.append(part.text());
            }
        }
        return text.toString();
    }

    /** The reasoning, joined. */
    synchronized String reasoning() {
        return parts.stream()
                .filter(part -> part instanceof Part.Reasoning)
                .map(part -> ((Part.Reasoning) part).text())
                .collect(Collectors.joining());
    }

    /** The input of one call, joined. */
    synchronized String input(int index) {
        return parts.stream()
                .filter(part -> part instanceof Part.ToolInput input && input.index() == index)
                .map(part -> ((Part.ToolInput) part).input())
                .collect(Collectors.joining());
    }
}
