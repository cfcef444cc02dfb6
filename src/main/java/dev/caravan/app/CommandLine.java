package dev.caravan.app;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Runs a command and gives its exit status: 0, 2 for wrong settings or arguments, 1 for all else. */
public final class CommandLine {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int WRONG_INPUT = 2;

    private static final String HELP = """
            Caravan: an LLM service made of Apache Camel routes, for Amazon Bedrock.

            java -jar caravan.jar [COMMAND]

              serve       open the doors (default): HTTP on CARAVAN_PORT (8080), health and metrics on
                          CARAVAN_MANAGEMENT_PORT (9876). Without AWS credentials it runs against the embedded Bedrock.
              emulator    the embedded Bedrock alone
                            --port N         port, 0 for any (8088)
                            --host HOST      address to listen on (127.0.0.1)
                            --access-key ID --secret-key KEY
                                             accept this pair only
              --help      this text
              --version   the version

            Settings come from application.properties and .env in the working directory, the environment and -D.
            Exit status: 0 after a clean stop, 2 for wrong settings or arguments, 1 for all else.
            """;

    private final PrintStream out;
    private final PrintStream err;

    public CommandLine(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Runs until the command ends; a served process ends by a signal. */
    public int run(String... words) {
        Logging.configure();
        try {
            Arguments arguments = Arguments.parse(List.of(words));
            if (arguments.command() == Arguments.Command.EMULATOR || arguments.command() == Arguments.Command.SERVE) {
                WorkingFolder.require();
            }
            switch (arguments.command()) {
                case HELP -> out.print(HELP);
                case VERSION -> out.println("caravan " + Version.TEXT);
                case EMULATOR -> EmulatorProcess.run(arguments, out);
                case SERVE -> ServeProcess.run(Path.of(""), out);
            }
            return OK;
        } catch (Arguments.UsageException e) {
            err.println("caravan: " + e.getMessage() + " (see --help)");
            return WRONG_INPUT;
        } catch (StartException e) {
            e.lines().forEach(line -> err.println("caravan: " + line));
            return e.status();
        } catch (RuntimeException | LinkageError e) {
            LoggerFactory.getLogger(CommandLine.class).debug("The command failed", e);
            err.println("caravan: internal error: " + e
                    + " (the log has more with -Dorg.slf4j.simpleLogger.log.dev.caravan=debug)");
            return FAILED;
        }
    }
}
