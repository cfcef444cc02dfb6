package dev.caravan.support;

import dev.caravan.config.Settings;
import dev.caravan.config.SettingsReader;
import dev.caravan.config.SettingsSources;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** Settings for tests: the defaults with a few keys set, nothing of the machine's environment. */
public final class TestSettings {
    private TestSettings() {}

    /** @param pairs such as {@code "caravan.retry.delay=10ms"} */
    public static Settings of(String... pairs) {
        return SettingsReader.read(SettingsSources.embedded(map(pairs), Map.of(), new Properties()))
                .settings();
    }

    public static Map<String, String> map(String... pairs) {
        Map<String, String> map = new HashMap<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            map.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return map;
    }
}
