package dev.kakehashi.cni.runtime;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.exec.PluginExec;
import dev.kakehashi.cni.exec.PluginInvoker;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.result.VersionInfo;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs the plugins of one operation: the search path, the environment and the time they share. */
final class PluginRunner {
    private final PluginExec exec;
    private final PluginInvoker invoker;
    private final List<String> path;
    private final Map<String, String> environment;

    PluginRunner(
            PluginExec exec, PrintStream log, List<String> path, Map<String, String> environment) {
        this.exec = exec;
        this.invoker = PluginInvoker.of(exec, log);
        this.path = path;
        this.environment = environment;
    }

    String find(String type) throws CniException {
        return exec.find(type, path);
    }

    /** Runs a command and returns what the plugin printed. */
    byte[] run(CniCommand command, String binary, RuntimeConf conf, byte[] stdin)
            throws CniException {
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("CNI_COMMAND", command.name());
        variables.put("CNI_CONTAINERID", conf.containerId());
        variables.put("CNI_NETNS", conf.netns());
        variables.put("CNI_IFNAME", conf.ifName());
        variables.put("CNI_ARGS", CniArg.join(conf.args()));
        variables.put("CNI_PATH", String.join(":", path));
        return invoker.invoke(binary, variables, stdin);
    }

    /**
     * The versions a plugin speaks. Plugins before 0.2.0 know no VERSION and say so; those built
     * with early skeletons want every variable, whatever its value.
     */
    List<String> versions(String type) throws CniException {
        String binary = find(type);
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("CNI_COMMAND", CniCommand.VERSION.name());
        variables.put("CNI_CONTAINERID", "");
        variables.put("CNI_NETNS", "dummy");
        variables.put("CNI_IFNAME", "dummy");
        variables.put("CNI_ARGS", "");
        variables.put("CNI_PATH", "dummy");
        byte[] stdin =
                JsonObject.builder()
                        .put("cniVersion", CniVersion.CURRENT.toString())
                        .build()
                        .toCompactString()
                        .getBytes(StandardCharsets.UTF_8);
        try {
            return VersionInfo.decode(invoker.invoke(binary, variables, stdin));
        } catch (CniException e) {
            if (String.valueOf(e.getMessage()).equals("unknown CNI_COMMAND: VERSION")) {
                return List.of(CniVersion.V0_1_0.toString());
            }
            throw e;
        }
    }
}
