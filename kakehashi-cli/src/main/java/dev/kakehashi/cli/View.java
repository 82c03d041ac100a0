package dev.kakehashi.cli;

import dev.kakehashi.cni.json.JsonObject;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What a command found when it looked once.
 *
 * @param json all of it, for programs
 * @param tables the same for people
 * @param status the exit status that it is worth
 */
record View(JsonObject json, Tables tables, int status) {
    /** Prints tables in one of the forms for people. */
    @FunctionalInterface
    interface Tables {
        void print(OutputFormat format, PrintStream out);
    }

    /** Prints it. */
    void print(OutputFormat format, PrintStream out) {
        if (format.forPrograms()) {
            format.print(out, json);
        } else {
            tables.print(format, out);
        }
    }

    /** What {@link #print} prints. */
    String text(OutputFormat format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
            print(format, out);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
