package dev.caravan.format;

import dev.caravan.chat.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Blocks of a streamed answer in the order in which they began. What one says goes out when all before it are whole, so
 * that nothing mixes even if the provider lets blocks overlap. An index is free again when its block has ended: Nova ends a
 * block with each piece of text. Not thread-safe.
 */
final class StreamedBlocks {

    /** Takes what blocks say, in order. */
    interface Said {
        void text(String piece, Consumer<Part> out);

        /** @return whether it counts; else it is to be left out of the body, too */
        boolean reasoning(String piece, Consumer<Part> out);
    }

    private final Map<Long, StreamedBlock> open = new HashMap<>();
    private final List<StreamedBlock> blocks = new ArrayList<>();
    private final Said said;
    private final PartEmitter emitter;
    private final boolean absentInput;
    private int current;
    private int calls;

    /**
     * @param said takes texts and reasoning
     * @param emitter takes calls
     * @param absentInput whether a call may lack its input
     */
    StreamedBlocks(Said said, PartEmitter emitter, boolean absentInput) {
        this.said = said;
        this.emitter = emitter;
        this.absentInput = absentInput;
    }

    /** The block that is open there; a new one when there is none. */
    StreamedBlock at(long index) {
        return open.computeIfAbsent(index, none -> {
            StreamedBlock block = new StreamedBlock();
            blocks.add(block);
            return block;
        });
    }

    /** A new block there. */
    StreamedBlock begin(long index) {
        end(index);
        return at(index);
    }

    void end(long index) {
        StreamedBlock ended = open.remove(index);
        if (ended != null) {
            ended.end();
        }
    }

    void endAll() {
        open.values().forEach(StreamedBlock::end);
        open.clear();
    }

    /** All of them, in order. */
    List<StreamedBlock> all() {
        return blocks;
    }

    /** Gives out what is certain. */
    void give(Consumer<Part> out) {
        while (current < blocks.size()) {
            StreamedBlock block = blocks.get(current);
            block.give(said, out);
            if (block.call() != null && block.call().isKnown()) {
                give(block, out);
            }
            if (!block.isWhole()) {
                return;
            }
            calls += block.call() == null ? 0 : 1;
            pass(block);
        }
    }

    /** One text in many blocks becomes one block again. */
    private void pass(StreamedBlock block) {
        if (current > 0 && blocks.get(current - 1).takes(block)) {
            blocks.remove(current);
        } else {
            current++;
        }
    }

    private void give(StreamedBlock block, Consumer<Part> out) {
        if (block.isWhole()) {
            block.call().giveWhole(calls, absentInput, emitter, out);
        } else {
            block.call().give(calls, emitter, out);
        }
    }
}
