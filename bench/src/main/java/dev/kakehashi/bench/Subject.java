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
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        variables.putAll(environment);
        variables.put("CNI_COMMAND", command);
        variables.put("CNI_CONTAINERID", container.id());
        variables.put("CNI_NETNS", container.netns().toString());
        variables.put("CNI_IFNAME", "eth0");
        variables.put("CNI_PATH", plugins.toString());
        return Job.write(
                directory.resolve(name + "-" + container.id() + "-" + command),
                plugins.resolve("bridge"),
                variables,
                configuration());
    }

    private String configuration() {
        return """
        {"cniVersion": "1.0.0", "name": "%s", "type": "bridge", "bridge": "%s",
         "isGateway": true,
         "ipam": {"type": "host-local", "ranges": [[{"subnet": "%s"}]]}}
        """
                .formatted(network, network, subnet);
    }
}
