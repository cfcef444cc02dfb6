package dev.caravan.files;

import java.util.List;

/**
 * What two files have in common that belong to one job: the file's name without its last extension and without
 * {@code .reply}, {@code .replies}, {@code .error} at its end. {@code a.txt}, {@code a.reply.json} and
 * {@code a.error.json} are all {@code a}.
 */
final class ComparedName {
    private static final List<String> MARKS = List.of(".reply", ".replies", ".error");

    private ComparedName() {}

    /** The compared name of a file. */
    static String ofFile(String file) {
        return ofName(stem(file));
    }

    /** The compared name of all files of a job of that name. */
    static String ofName(String name) {
        for (String mark : MARKS) {
            if (name.endsWith(mark) && name.length() > mark.length()) {
                return ofName(name.substring(0, name.length() - mark.length()));
            }
        }
        return name;
    }

    /** The file's name without its last extension; a dot at the beginning begins no extension. */
    static String stem(String file) {
        return file.substring(0, file.length() - suffix(file).length());
    }

    /** The last extension with its dot; empty when there is none. */
    static String suffix(String file) {
        int dot = file.lastIndexOf('.');
        return dot > 0 ? file.substring(dot) : "";
    }
}
