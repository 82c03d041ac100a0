package dev.kakehashi.agent;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger.Level;
import java.util.Locale;

/**
 * Gives the Java platform's loggers our form. The threshold is {@code KAKEHASHI_LOG_LEVEL}: error,
 * warning, info (if not set), debug, trace.
 */
public final class LineLoggerFinder extends System.LoggerFinder {
    private final Level threshold = threshold(System.getenv("KAKEHASHI_LOG_LEVEL"));

    /** Called by the service loader. */
    public LineLoggerFinder() {}

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new LineLogger(name, threshold, System.err);
    }

    private static Level threshold(@Nullable String text) {
        if (text != null) {
            for (Level level : Level.values()) {
                if (level.name().equals(text.toUpperCase(Locale.ROOT))) {
                    return level;
                }
            }
        }
        return Level.INFO;
    }
}
