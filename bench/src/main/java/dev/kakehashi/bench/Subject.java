package dev.kakehashi.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A set of plugins under measurement, with a network of its own.
 *
 * @param name how it is called in tables
 * @param plugins the folder with its binaries
 * @param environment what it needs besides the CNI's variables
 * @param network name of its network and, cut to fit, of its bridge
 * @param subnet the addresses it gives out
 */
record Subject(
        String name, Path plugins, Map<String, String> environment, String network, String subnet) {

    /** The same command on the same kind of container, for each subject alike. */
    Job job(Path directory, String command, Container container) throws IOException {
        return job(directory, command, container, "bridge", "{" + bridge() + "}");
    }

    /** A command of any plugin on a container's {@code eth0}. */
    Job job(
            Path directory,
            String command,
            Container container,
            String plugin,
            String configuration)
            throws IOException {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        variables.putAll(environment);
        variables.put("CNI_COMMAND", command);
        variables.put("CNI_CONTAINERID", container.id());
        variables.put("CNI_NETNS", container.netns().toString());
        variables.put("CNI_IFNAME", "eth0");
        variables.put("CNI_PATH", plugins.toString());
        return Job.write(
                directory.resolve(name + "-" + container.id() + "-" + plugin + "-" + command),
                plugins.resolve(plugin),
                variables,
                configuration);
    }

    /** The members that begin each configuration of the network. */
    String head(String plugin) {
        return "\"cniVersion\": \"1.0.0\", \"name\": \"%s\", \"type\": \"%s\""
                .formatted(network, plugin);
    }

    /** The members of a configuration of {@code bridge} with {@code host-local}. */
    String bridge() {
        return head("bridge")
                + """
                , "bridge": "%s", "isGateway": true,
                "ipam": {"type": "host-local", "ranges": [[{"subnet": "%s"}]]}
                """
                        .formatted(network, subnet);
    }
}
