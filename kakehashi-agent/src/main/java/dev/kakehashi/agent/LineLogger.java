package dev.kakehashi.agent;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ResourceBundle;

/**
 * Logs one line for each event to standard error: time, level, the last part of the logger's name,
 * the message; a stack after it where there is one. Or, if told so, a JSON object. The logging of
 * the JDK does the same in fifty milliseconds more of start and several megabytes more of memory.
 */
final class LineLogger implements System.Logger {
    private final String name;
    private final String shortName;
    private final Level threshold;
    private final PrintStream out;

    LineLogger(String name, Level threshold, PrintStream out) {
        this.name = name;
        this.shortName = name.substring(name.lastIndexOf('.') + 1);
        this.threshold = threshold;
        this.out = out;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isLoggable(Level level) {
        return level.getSeverity() >= threshold.getSeverity() && threshold != Level.OFF;
    }

    @Override
    public void log(
            Level level,
            @Nullable ResourceBundle bundle,
            @Nullable String message,
            @Nullable Throwable thrown) {
        if (isLoggable(level)) {
            write(level, String.valueOf(message), String.valueOf(message), null, thrown);
        }
    }

    @Override
    public void log(
            Level level,
            @Nullable ResourceBundle bundle,
            @Nullable String format,
            @Nullable Object @Nullable ... parameters) {
        if (isLoggable(level)) {
            String text = String.valueOf(format);
            write(level, fill(text, parameters), text, parameters, null);
        }
    }

    private void write(
            Level level,
            String message,
            String format,
            @Nullable Object @Nullable [] parameters,
            @Nullable Throwable thrown) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        out.print(
                LogFormat.chosen() == LogFormat.JSON
                        ? JsonLine.of(now, level, name, message, format, parameters, thrown)
                        : words(now, level, message, thrown));
        out.flush();
    }

    private String words(Instant now, Level level, String message, @Nullable Throwable thrown) {
        StringBuilder line = new StringBuilder(160);
        line.append(now).append(' ');
        line.append(level).append(' ').append(shortName).append(": ");
        // One event is one line, whatever came from outside is in it.
        line.append(message.replace('\n', ' ').replace('\r', ' ')).append('\n');
        if (thrown != null) {
            line.append(stack(thrown));
        }
        return line.toString();
    }

    static String stack(Throwable thrown) {
        StringWriter stack = new StringWriter();
        thrown.printStackTrace(new PrintWriter(stack));
        return stack.toString();
    }

    /**
     * Puts parameter N in the place of {@code {N}}, a number without grouping, and leaves what has
     * none. The formats of {@link java.text.MessageFormat} that {@link System.Logger} knows beyond
     * that, {@code {0,date}}, cost its classes and regular expressions: none of ours has one.
     */
    static String fill(String format, @Nullable Object @Nullable [] parameters) {
        if (parameters == null || parameters.length == 0) {
            return format;
        }
        StringBuilder text = new StringBuilder(format.length() + 64);
        int at = 0;
        while (at < format.length()) {
            char c = format.charAt(at);
            int index = at + 2 < format.length() ? format.charAt(at + 1) - '0' : -1;
            if (c == '{'
                    && index >= 0
                    && index < Math.min(parameters.length, 10)
                    && format.charAt(at + 2) == '}') {
                text.append(parameters[index]);
                at += 3;
            } else {
                text.append(c);
                at++;
            }
        }
        return text.toString();
    }
}
