package dev.caravan.app;

import java.util.List;
import java.util.Optional;

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
        return switch (command) {
            case "serve" -> plain(Command.SERVE, command, rest);
            case "--help", "-h", "help" -> plain(Command.HELP, command, rest);
            case "--version", "version" -> plain(Command.VERSION, command, rest);
            case "emulator" -> emulator(rest);
            default -> throw new UsageException("unknown command: " + command);
        };
    }

    private static Arguments plain(Command command, String word, List<String> rest) {
        if (!rest.isEmpty()) {
            throw new UsageException(word + " takes no arguments: " + rest.get(0));
        }
        return new Arguments(command, EMULATOR_PORT, EMULATOR_HOST, Optional.empty(), Optional.empty());
    }

    private static Arguments emulator(List<String> rest) {
        int port = EMULATOR_PORT;
        String host = EMULATOR_HOST;
        String accessKey = null;
        String secretKey = null;
        for (int i = 0; i < rest.size(); i += 2) {
            String option = rest.get(i);
            String value = i + 1 < rest.size() ? rest.get(i + 1) : null;
            if (value == null || value.isBlank()) {
                throw new UsageException("emulator " + option + ": a value is missing");
            }
            switch (option) {
                case "--port" -> port = port(value);
                case "--host" -> host = value;
                case "--access-key" -> accessKey = value;
                case "--secret-key" -> secretKey = value;
                default -> throw new UsageException("emulator: unknown option " + option);
            }
        }
        if ((accessKey == null) != (secretKey == null)) {
            throw new UsageException("emulator: --access-key and --secret-key go together");
        }
        return new Arguments(
                Command.EMULATOR, port, host, Optional.ofNullable(accessKey), Optional.ofNullable(secretKey));
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
