package dev.caravan.structured;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.structured.JsonScanner.Scan;
import dev.caravan.structured.JsonScanner.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * Finds JSON in what a model wrote: the whole text, a whole fenced block, or objects and arrays anywhere in it. A value
 * within another sound one is none of its own. One pass, and as many tries as the text's length allows.
 */
final class Candidates {
    /** Of each rank only the last ones are looked at. */
    static final int MAX_PER_RANK = 50;

    /** Times that a text may be gone over, all tries together. */
    private static final int PASSES = 20;

    private static final int MIN_FENCE = 3;

    private static final int MIN_STEPS = 100_000;

    private final String text;
    private final boolean mend;
    private final Steps steps;
    private final BitSet tried = new BitSet();
    private final Deque<Candidate> sound = new ArrayDeque<>();
    private final Deque<Candidate> mended = new ArrayDeque<>();
    private final Deque<Candidate> parts = new ArrayDeque<>();
    private Scan longest;
    private boolean openEnd;
    private int partsUntil;
    private char fenceMark;
    private int fenceLength;
    private int fenceStart;
    private int fenceEnd;

    private Candidates(String text, boolean mend) {
        this.text = text;
        this.mend = mend;
        this.steps = new Steps((long) PASSES * text.length() + MIN_STEPS);
    }

    /**
     * What was found.
     *
     * @param candidates the better ranks first, within a rank the last one first
     * @param failure where the longest failed try went wrong, as a sentence; null when nothing was tried
     * @param openEnd whether the text ends within JSON
     */
    record Finding(List<Candidate> candidates, String failure, boolean openEnd) {}

    /** @param mend whether small damage is mended, and sound parts of damaged JSON count */
    static Finding find(String text, boolean mend) {
        Candidates finder = new Candidates(Blanks.trimmed(text), mend);
        if (!finder.whole()) {
            finder.search();
        }
        List<Candidate> all = new ArrayList<>(finder.sound);
        all.addAll(finder.mended);
        all.addAll(finder.parts);
        return new Finding(all, finder.failure(), finder.openEnd);
    }

    private String failure() {
        if (longest == null) {
            return null;
        }
        String begin = "The JSON that begins at " + place(longest.start());
        return longest.cutOff(text) ? begin + " does not end." : begin + " goes wrong at " + place(longest.at()) + ".";
    }

    private String place(int at) {
        int line = 1;
        int lineStart = 0;
        for (int i = text.indexOf('\n'); i >= 0 && i < at; i = text.indexOf('\n', i + 1)) {
            line++;
            lineStart = i + 1;
        }
        return "line " + line + ", column " + (at - lineStart + 1);
    }

    /** Whether the text is one JSON value. */
    private boolean whole() {
        if (text.isEmpty()) {
            return false;
        }
        if (text.charAt(0) != '{' && text.charAt(0) != '[') {
            return scalar(text);
        }
        // Seen by the search as well; a scan costs less than a failed parse.
        Scan scan = JsonScanner.scan(text, 0, steps);
        return scan.sound() && scan.at() == text.length() && add(sound, text, Candidate.Rank.SOUND, true);
    }

    /** Scalars count only as a whole text or block. */
    private boolean scalar(String block) {
        String part = Blanks.trimmed(block);
        if (part.isEmpty() || "\"-0123456789tfn".indexOf(part.charAt(0)) < 0) {
            return false;
        }
        try {
            keep(sound, new Candidate(JsonText.parse(part), Candidate.Rank.SOUND, null));
            return true;
        } catch (JsonText.Unsound e) {
            return false;
        }
    }

    private void search() {
        int at = 0;
        while (at < text.length() && !steps.over()) {
            char c = text.charAt(at);
            if ((c == '{' || c == '[') && !tried.get(at)) {
                at = container(at);
            } else if (c == '`' || c == '~') {
                at = fence(at, c);
            } else {
                at++;
            }
        }
    }

    /** The next place to look at. */
    private int container(int start) {
        Scan scan = JsonScanner.scan(text, start, steps);
        Candidate.Rank rank = start < partsUntil ? Candidate.Rank.PART : Candidate.Rank.SOUND;
        if (scan.sound()) {
            add(start, scan.at(), rank);
            return scan.at();
        }
        if (scan.tooDeep()) {
            keep(sound, new Candidate(null, rank, "there is nesting deeper than " + JsonBounds.MAX_DEPTH));
            return pass(start);
        }
        if (longest == null || scan.at() - start >= longest.at() - longest.start()) {
            longest = scan;
        }
        JsonRepair.Mended result = mend ? JsonRepair.mend(text, start, limit(), steps) : null;
        if (result != null) {
            add(mended, result.json(), Candidate.Rank.MENDED, standsAlone(start, result.end()));
            return result.end();
        }
        return broken(scan);
    }

    /** Passes over what cannot be read: all of what was meant as JSON, else only what of it could not begin anew. */
    private int broken(Scan scan) {
        openEnd |= scan.cutOff(text);
        int end = closing(scan.start());
        if (scan.keyed() || scan.listed() && (end >= 0 || !scan.within().isEmpty())) {
            return pass(scan.start());
        }
        partsUntil = Math.max(partsUntil, Math.max(end, scan.at()));
        scan.open().forEach(tried::set);
        for (Span part : scan.within()) {
            tried.set(part.start(), part.end());
            if (!scan.cutOff(text)) {
                add(part.start(), part.end(), Candidate.Rank.PART);
            }
        }
        return scan.start() + 1;
    }

    /** Over JSON that cannot be used, with all that is in it. */
    private int pass(int start) {
        int end = closing(start);
        openEnd |= end < 0 && fenceMark == 0;
        return end < 0 ? Math.max(limit(), start + 1) : end;
    }

    /** Behind the bracket that closes the one at a place, strings not heeded; -1 when there is none. */
    private int closing(int start) {
        int depth = 0;
        for (int i = start; i < limit(); i++) {
            char c = text.charAt(i);
            if (c == '{' || c == '[') {
                depth++;
            } else if ((c == '}' || c == ']') && --depth == 0) {
                steps.take(i - start);
                return i + 1;
            }
        }
        steps.take(limit() - start);
        return -1;
    }

    /** Where what is open now must have ended: with its fence, or with the text. */
    private int limit() {
        return fenceMark == 0 ? text.length() : fenceEnd;
    }

    /** Goes over a run of marks, which may open or close a fenced block. */
    private int fence(int start, char mark) {
        int end = start;
        while (end < text.length() && text.charAt(end) == mark) {
            end++;
        }
        int length = end - start;
        if (length < MIN_FENCE) {
            return end;
        }
        if (fenceMark == 0) {
            fenceMark = mark;
            fenceLength = length;
            fenceStart = info(end);
            int close = text.indexOf(String.valueOf(mark).repeat(length), fenceStart);
            fenceEnd = close < 0 ? text.length() : close;
            scalar(text.substring(fenceStart, fenceEnd));
        } else if (mark == fenceMark && length >= fenceLength) {
            fenceMark = 0;
        }
        return end;
    }

    /** Where the block's content begins: after its language, which stands alone on the line or before JSON. */
    private int info(int start) {
        int end = start;
        while (end < text.length()
                && (Character.isLetterOrDigit(text.charAt(end)) || "_+-.".indexOf(text.charAt(end)) >= 0)) {
            end++;
        }
        boolean language =
                end < text.length() && (Blanks.isBlank(text.charAt(end)) || "{[".indexOf(text.charAt(end)) >= 0);
        return language ? end : start;
    }

    /** What is sound; within a sentence only as much as a part. */
    private void add(int start, int end, Candidate.Rank rank) {
        boolean alone = standsAlone(start, end);
        Candidate.Rank name = alone ? rank : Candidate.Rank.PART;
        add(name == Candidate.Rank.PART ? parts : sound, text.substring(start, end), name, alone);
    }

    private boolean standsAlone(int start, int end) {
        return text.charAt(start) == '{'
                || ArrayPlace.standsAlone(text, fenceMark == 0 ? 0 : fenceStart, start, end, limit());
    }

    private boolean add(Deque<Candidate> rank, String part, Candidate.Rank name, boolean alone) {
        if (name == Candidate.Rank.PART && !mend) {
            return false;
        }
        try {
            JsonNode data = JsonText.parse(part);
            if (alone || !ArrayPlace.couldBeANote(data)) {
                keep(rank, new Candidate(data, name, null));
            }
        } catch (JsonText.Unsound e) {
            keep(rank, new Candidate(null, name, e.getMessage()));
        }
        return true;
    }

    private static void keep(Deque<Candidate> rank, Candidate candidate) {
        rank.addFirst(candidate);
        if (rank.size() > MAX_PER_RANK) {
            rank.removeLast();
        }
    }
}
