package dev.kakehashi.cni.plugin;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * The surroundings of one call of a plugin: those of this process for a plugin that is a process of
 * its own, those of the caller for a resident one.
 *
 * @param environment the caller's whole environment
 * @param stdin the configuration
 * @param stdout for the result or the error object; flushed, not closed
 * @param stderr for free-form messages
 */
public record PluginCall(
        Map<String, String> environment,
        InputStream stdin,
        OutputStream stdout,
        PrintStream stderr) {

    /** The surroundings of this process. */
    public static PluginCall ofProcess() {
        return new PluginCall(System.getenv(), System.in, System.out, System.err);
    }
}
