package dev.caravan.app;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The command line, parsed.
 *
 * @param command what to do
 * @param port {@code --port} of the emulator
 * @param host {@code --host} of the emulator
 * @param accessKey {@code --access-key} of the emulator
 * @param secretKey {@code --secret-key} of the emulator
 */
record Arguments(Command command, int port, String host, Optional<String> accessKey, Optional<String> secretKey) {

    static final int EMULATOR_PORT = 8088;
    private static final String EMULATOR_HOST = "127.0.0.1";
    private static final int MAX_PORT = 65535;
    private static final String PORT = "--port";
    private static final String HOST = "--host";
    private static final String ACCESS_KEY = "--access-key";
    private static final String SECRET_KEY = "--secret-key";
    private static final Set<String> COMMANDS = Set.of("serve", "emulator");
    private static final Set<String> OPTIONS = Set.of(PORT, HOST, ACCESS_KEY, SECRET_KEY);

    enum Command {
        SERVE,
        EMULATOR,
        HELP,
        VERSION
    }

    /** @throws UsageException saying what is wrong */
    static Arguments parse(List<String> words) {
        String command = words.isEmpty() ? "serve" : words.get(0);
        List<String> rest = words.isEmpty() ? List.of() : words.subList(1, words.size());
        if (COMMANDS.contains(command) && asksForHelp(rest)) {
            return plain(Command.HELP, command, List.of());
        }
        return switch (command) {
            case "serve" -> plain(Command.SERVE, command, rest);
            case "--help", "-h", "help" -> plain(Command.HELP, command, rest);
            case "--version", "version" -> plain(Command.VERSION, command, rest);
            case "emulator" -> emulator(rest);
            default -> throw new UsageException("unknown command: " + command);
        };
    }

    private static boolean asksForHelp(List<String> rest) {
        return rest.contains("--help") || rest.equals(List.of("-h"));
    }

    private static Arguments plain(Command command, String word, List<String> rest) {
        if (!rest.isEmpty()) {
            throw new UsageException(word + " takes no arguments: " + rest.get(0));
        }
        return new Arguments(command, EMULATOR_PORT, EMULATOR_HOST, Optional.empty(), Optional.empty());
    }

    private static Arguments emulator(List<String> rest) {
        Map<String, String> given = options(rest);
        if (given.containsKey(ACCESS_KEY) != given.containsKey(SECRET_KEY)) {
            throw new UsageException("emulator: --access-key and --secret-key go together");
        }
        return new Arguments(
                Command.EMULATOR,
                given.containsKey(PORT) ? port(given.get(PORT)) : EMULATOR_PORT,
                given.getOrDefault(HOST, EMULATOR_HOST),
                Optional.ofNullable(given.get(ACCESS_KEY)),
                Optional.ofNullable(given.get(SECRET_KEY)));
    }

    /** Each option at most once, as {@code --name value} or {@code --name=value}. */
    private static Map<String, String> options(List<String> words) {
        Map<String, String> given = new HashMap<>();
        Iterator<String> left = words.iterator();
        while (left.hasNext()) {
            String word = left.next();
            int equals = word.indexOf('=');
            String option = equals < 0 ? word : word.substring(0, equals);
            if (!OPTIONS.contains(option)) {
                throw new UsageException("emulator: unknown option " + option);
            }
            String value = equals >= 0 ? word.substring(equals + 1) : left.hasNext() ? left.next() : "";
            if (value.isBlank() || equals < 0 && value.startsWith("--")) {
                throw new UsageException("emulator " + option + ": a value is missing");
            }
            if (given.put(option, value) != null) {
                throw new UsageException("emulator " + option + ": is given twice");
            }
        }
        return given;
    }

    private static int port(String value) {
        try {
            int port = Integer.parseInt(value);
            if (port >= 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new UsageException("emulator --port: must be a whole number, 0 to 65535, not " + value);
        }
        throw new UsageException("emulator --port: must be 0 to 65535, not " + value);
    }

    /** Words that make no sense; the message is one line for the user. */
    static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }
}
