package dev.kakehashi.cni.runtime;

import dev.kakehashi.cni.exec.PluginExec;
import dev.kakehashi.cni.exec.ProcessPluginExec;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** How a runtime finds and executes plugins; immutable. */
public final class RuntimeSettings {
    private static final Duration NO_LIMIT = Duration.ofDays(3650);

    private final List<String> pluginPath;
    private final Path cacheFolder;
    private final Duration timeout;
    private final Map<String, String> environment;
    private final PrintStream log;
    private final Function<Duration, PluginExec> exec;

    private RuntimeSettings(
            List<String> pluginPath,
            Path cacheFolder,
            Duration timeout,
            Map<String, String> environment,
            PrintStream log,
            Function<Duration, PluginExec> exec) {
        this.pluginPath = List.copyOf(pluginPath);
        this.cacheFolder = cacheFolder;
        this.timeout = timeout;
        this.environment = Map.copyOf(environment);
        this.log = log;
        this.exec = exec;
    }

    /**
     * Plugins from these folders, run as children of this process with its environment and its
     * standard error, for as long as they need; the cache in {@link
     * AttachmentCache#DEFAULT_FOLDER}.
     */
    public static RuntimeSettings of(List<String> pluginPath) {
        return new RuntimeSettings(
                pluginPath,
                AttachmentCache.DEFAULT_FOLDER,
                NO_LIMIT,
                System.getenv(),
                System.err,
                ProcessPluginExec::within);
    }

    /** The folder of the cache. */
    public Path cacheFolder() {
        return cacheFolder;
    }

    /** The same with another folder for the cache. */
    public RuntimeSettings cacheFolder(Path folder) {
        return new RuntimeSettings(pluginPath, folder, timeout, environment, log, exec);
    }

    /** The same with a limit of time for each operation, all its plugins together. */
    public RuntimeSettings timeout(Duration limit) {
        return new RuntimeSettings(pluginPath, cacheFolder, limit, environment, log, exec);
    }

    /** The same with another environment for plugins; the CNI_* variables are added to it. */
    public RuntimeSettings environment(Map<String, String> variables) {
        return new RuntimeSettings(pluginPath, cacheFolder, timeout, variables, log, exec);
    }

    /** The same with plugins traced under this span. */
    public RuntimeSettings trace(TraceContext span) {
        Map<String, String> traced = new HashMap<>(environment);
        span.putInto(traced);
        return environment(traced);
    }

    /** The same with another place for the plugins' standard error. */
    public RuntimeSettings log(PrintStream stream) {
        return new RuntimeSettings(pluginPath, cacheFolder, timeout, environment, stream, exec);
    }

    /**
     * The same with other means to find and execute plugins.
     *
     * @param executor makes the means for one operation, given its limit of time
     */
    public RuntimeSettings exec(Function<Duration, PluginExec> executor) {
        return new RuntimeSettings(pluginPath, cacheFolder, timeout, environment, log, executor);
    }

    PluginRunner runner() {
        return new PluginRunner(exec.apply(timeout), log, pluginPath, environment);
    }
}
