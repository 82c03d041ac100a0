package dev.kakehashi.agent;

import dev.kakehashi.cni.json.JsonObject;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An event of the log as a JSON object on one line. {@code message} is for people; where it was
 * filled in, {@code template} is the same for every event of its kind and {@code args} are what it
 * was filled with, so that programs need not take messages apart.
 */
final class JsonLine {
    private JsonLine() {}

    static String of(
            Instant now,
            Level level,
            String logger,
            String message,
            String template,
            @Nullable Object @Nullable [] parameters,
            @Nullable Throwable thrown) {
        JsonObject.Builder line =
                JsonObject.builder()
                        .put("time", now.toString())
                        .put("level", level.name())
                        .put("logger", logger)
                        .put("message", message)
                        .putUnlessEmpty("node", LogFormat.node());
        if (parameters != null && parameters.length > 0) {
            List<String> args = new ArrayList<>(parameters.length);
            for (Object parameter : parameters) {
                args.add(String.valueOf(parameter));
            }
            line.put("template", template).put("args", args);
        }
        if (thrown != null) {
            line.put("error", thrown.toString()).put("stack", LineLogger.stack(thrown));
        }
        return line.build() + "\n";
    }
}
