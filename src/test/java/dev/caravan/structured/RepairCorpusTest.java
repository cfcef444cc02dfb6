package dev.caravan.structured;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.structured.Damage.Mutation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RepairCorpusTest {
    private static final int TRIES = 4;

    /** Recovered and all, by mutation; docs/structured.md has the same table. */
    private static final Map<Mutation, int[]> COUNTS = new EnumMap<>(Mutation.class);

    @Test
    void damagedJson_isRecoveredAsOftenAsTheGuideSays() throws Exception {
        CompiledSchema anything = Schemas.open(Path.of("nowhere")).inline(new ObjectMapper().readTree("true"));
        Random random = new Random(20260131);
        List<String> wrong = new ArrayList<>();
        int all = 0;
        int recovered = 0;
        for (Mutation mutation : Mutation.values()) {
            int[] counts = COUNTS.computeIfAbsent(mutation, m -> new int[3]);
            for (String seed : Damage.SEEDS) {
                Set<String> texts = new LinkedHashSet<>();
                for (int i = 0; i < TRIES; i++) {
                    texts.add(mutation.of(seed, random));
                }
                for (String text : texts) {
                    if (text == null || isSound(text)) {
                        continue;
                    }
                    all++;
                    counts[1]++;
                    Found found = AnswerReader.read(text, anything, false);
                    if (found.valid() && found.repaired() && found.data().equals(JsonText.parse(seed))) {
                        recovered++;
                        counts[0]++;
                    } else if (found.valid()) {
                        counts[2]++;
                        wrong.add(mutation + " " + text + " -> " + found.data());
                    }
                }
            }
        }
        StringBuilder table = new StringBuilder("\n| damage | texts | recovered | other value |\n|---|---|---|---|\n");
        COUNTS.forEach((mutation, counts) -> table.append("| ")
                .append(mutation)
                .append(" | ")
                .append(counts[1])
                .append(" | ")
                .append(counts[0])
                .append(" | ")
                .append(counts[2])
                .append(" |\n"));
        LoggerFactory.getLogger(getClass()).info("{} of {}{}{}", recovered, all, table, String.join("\n", wrong));

        assertThat(wrong).isEmpty();
        assertThat(all).as(table.toString()).isEqualTo(1242);
        assertThat(recovered).as(table.toString()).isEqualTo(1174);
    }

    private static boolean isSound(String text) {
        try {
            JsonText.parse(text);
            return true;
        } catch (JsonText.Unsound e) {
            return false;
        }
    }
}
