package dev.caravan.config;

import io.github.cdimascio.dotenv.Dotenv;
import io.github.cdimascio.dotenv.DotenvEntry;
import io.github.cdimascio.dotenv.DotenvException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code .env} with dotenv-java. The lines are checked before, because that library drops everything behind an
 * unclosed quote in silence and quotes the broken line, which may hold a secret, in its exception.
 */
final class DotEnvFile {
    static final String NAME = ".env";
    private static final Pattern ENTRY = Pattern.compile("\\s*[\\w.\\-]+\\s*=(.*)", Pattern.DOTALL);
    private static final Pattern EXPORT = Pattern.compile("\\s*export\\s+\\S.*", Pattern.DOTALL);
    private static final Pattern AFTER_QUOTE = Pattern.compile("\\s*(#.*)?");

    private final Complaints complaints;
    private int lineNumber;
    private int openQuoteLine;
    private boolean broken;

    private DotEnvFile(Complaints complaints) {
        this.complaints = complaints;
    }

    /** Its entries, none when there is no such file; what cannot be read is a complaint. */
    static Map<String, String> read(Path folder, Complaints complaints) {
        Path file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            return Map.of();
        }
        if (Files.isDirectory(file)) {
            complaints.warning(NAME + " is a folder and is not read");
            return Map.of();
        }
        try {
            String text = Files.readString(file);
            return new DotEnvFile(complaints).check(text) ? load(folder, complaints) : Map.of();
        } catch (IOException e) {
            complaints.fileProblem(NAME + ": must be a readable file in UTF-8");
            return Map.of();
        }
    }

    private static Map<String, String> load(Path folder, Complaints complaints) {
        Map<String, String> entries = new HashMap<>();
        try {
            // As a URI: of a plain path dotenv-java would cut off ".env" at the end.
            Dotenv dotenv = Dotenv.configure()
                    .directory(folder.toAbsolutePath().toUri().toString())
                    .load();
            for (DotenvEntry entry : dotenv.entries(Dotenv.Filter.DECLARED_IN_ENV_FILE)) {
                entries.put(entry.getKey(), withoutSingleQuotes(entry.getValue()));
            }
        } catch (DotenvException e) {
            complaints.fileProblem(NAME + ": cannot be read; write NAME=value lines and put values with blanks,"
                    + " # or quotes in double quotes");
        }
        return entries;
    }

    /** dotenv-java takes double quotes off, but not these. */
    private static String withoutSingleQuotes(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("'") && value.endsWith("'");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    private boolean check(String text) {
        if (text.startsWith("\uFEFF")) {
            complain(1, "the file begins with a byte order mark; save it as UTF-8 without one");
            return false;
        }
        text.lines().forEach(line -> {
            lineNumber++;
            checkLine(line);
        });
        if (openQuoteLine > 0) {
            complain(openQuoteLine, "the double quote is not closed");
        }
        return !broken;
    }

    private void checkLine(String line) {
        if (openQuoteLine > 0) {
            if (line.indexOf('"') >= 0) {
                openQuoteLine = 0;
                checkAfterQuote(line, line.indexOf('"'));
            }
            return;
        }
        if (line.isBlank() || line.startsWith("#")) {
            return;
        }
        Matcher entry = ENTRY.matcher(line);
        if (entry.matches()) {
            checkValue(entry.group(1).strip());
        } else if (EXPORT.matcher(line).matches()) {
            complain(lineNumber, "write NAME=value without export");
        } else {
            complain(lineNumber, "must be NAME=value, or a comment that begins with # at the start of the line");
        }
    }

    private void checkValue(String value) {
        if (value.startsWith("\"") || value.startsWith("'")) {
            int end = value.indexOf(value.charAt(0), 1);
            if (end > 0) {
                checkAfterQuote(value, end);
            } else if (value.startsWith("\"")) {
                openQuoteLine = lineNumber;
            } else {
                complain(lineNumber, "the single quote is not closed");
            }
        } else {
            checkUnquoted(value);
        }
    }

    private void checkUnquoted(String value) {
        int hash = value.indexOf('#');
        if (hash > 0 && !Character.isWhitespace(value.charAt(hash - 1))) {
            complaints.warning(NAME + " line " + lineNumber + ": the value ends at the #, which begins a comment;"
                    + " put the value in double quotes if the # belongs to it");
        }
        if ((hash < 0 ? value : value.substring(0, hash)).strip().endsWith("\"")) {
            complain(lineNumber, "a value that ends with a double quote must begin with one");
        }
    }

    private void checkAfterQuote(String text, int quote) {
        if (!AFTER_QUOTE.matcher(text.substring(quote + 1)).matches()) {
            complain(lineNumber, "nothing but a comment may follow the closing quote");
        }
    }

    private void complain(int line, String rule) {
        broken = true;
        complaints.fileProblem(NAME + " line " + line + ": " + rule);
    }
}
