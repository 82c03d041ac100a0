package dev.kakehashi.agent.attach;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.exec.ExecOutcome;
import dev.kakehashi.cni.exec.PluginExec;
import dev.kakehashi.cni.exec.PluginFinder;
import dev.kakehashi.cni.runtime.CniRuntime;
import dev.kakehashi.cni.runtime.RuntimeSettings;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs plugins for a runtime by the front binaries of a bed, on its host. */
record FrontBinaries(AgentBed bed) implements PluginExec {

    /**
     * A runtime whose plugins are front binaries.
     *
     * @param cache where it remembers attachments
     */
    static CniRuntime runtime(AgentBed bed, PluginExec binaries, Path cache) {
        return CniRuntime.with(
                RuntimeSettings.of(List.of(bed.cni().toString()))
                        .cacheFolder(cache)
                        .environment(Map.of())
                        .exec(_ -> binaries));
    }

    /** A network of a configuration list. */
    static NetworkConfigList network(String list) throws CniException {
        return NetworkConfigList.parse(list.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String find(String type, List<String> folders) throws CniException {
        return PluginFinder.find(type, folders);
    }

    @Override
    public ExecOutcome run(String binary, Map<String, String> environment, byte[] stdin)
            throws CniException {
        try {
            return outcome(bed.begin(Path.of(binary).getFileName().toString(), environment, stdin));
        } catch (Exception e) {
            throw new CniException(CniException.INTERNAL, String.valueOf(e.getMessage()), e);
        }
    }

    /** What a front binary left. */
    static ExecOutcome outcome(Process front) throws Exception {
        FrontCall call = FrontCall.of(front);
        return new ExecOutcome(
                call.status(),
                call.stdout().getBytes(StandardCharsets.UTF_8),
                call.stderr().getBytes(StandardCharsets.UTF_8));
    }
}
