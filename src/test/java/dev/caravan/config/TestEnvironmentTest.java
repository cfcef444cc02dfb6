package dev.caravan.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The build keeps each variable that Caravan reads from its tests, by name. */
class TestEnvironmentTest {
    private static final Pattern VARIABLE = Pattern.compile("`([A-Z][A-Z0-9_]+)`");

    @Test
    void everyVariable_isExcludedInThePom() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        for (String row : SettingsTable.markdown()) {
            String column = row.split("\\|")[2];
            Matcher variable = VARIABLE.matcher(column);
            while (variable.find()) {
                String name = variable.group(1);
                boolean placeholder = name.startsWith("CARAVAN_PROVIDERS_NAME");
                assertThat(placeholder
                                || pom.contains("<variable>" + name + "</variable>")
                                || pom.contains("<" + name + ">"))
                        .as(name)
                        .isTrue();
            }
        }
    }
}
