package dev.kakehashi.agent.node;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.store.kubernetes.ApiServer;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Flannel on a node: its own back ends and subnet manager, built by scripts/peers/setup.sh. */
final class Flanneld {
    private static final Path PROGRAM =
            Path.of(System.getProperty("kakehashi.peers", ""), "flannel", "flanneld");
    private static final int PATIENCE_SECONDS = NodesBed.EMULATED ? 60 : 10;

    private final Process process;
    private final NetnsRelay relay;

    /** Flannel's description of the network of the pods of a {@link NodesBed}. */
    static String config(String backend, Families families) {
        return """
        {"EnableIPv4":%s,"Network":"10.244.0.0/16","SubnetMin":"10.244.1.0","SubnetMax":"10.244.3.0",
         "EnableIPv6":%s,"IPv6Network":"fd00:10:244::/56",
         "IPv6SubnetMin":"fd00:10:244:1::","IPv6SubnetMax":"fd00:10:244:3::","Backend":{%s}}
        """
                .formatted(families.ipv4(), families.ipv6(), "\"Type\":\"" + backend + '"');
    }

    private Flanneld(Process process, NetnsRelay relay) {
        this.process = process;
        this.relay = relay;
    }

    /**
     * Starts it on a node and waits until it has told its subnet; its records are leases in etcd.
     *
     * @param directory for its files
     * @param etcd port of etcd in the namespace of this process
     */
    static Flanneld start(Netns node, Path directory, int etcd) throws Exception {
        NetnsRelay relay = NetnsRelay.start(node, etcd);
        String endpoint = "--etcd-endpoints=http://127.0.0.1:" + relay.port();
        return start(node, directory, relay, List.of(endpoint), Map.of());
    }

    /**
     * The same; its records are the annotations of Nodes.
     *
     * @param name of its Node
     * @param netConf Flannel's {@code net-conf.json}
     */
    static Flanneld start(Netns node, Path directory, ApiServer server, String name, String netConf)
            throws Exception {
        Files.createDirectories(directory);
        NetnsRelay relay = NetnsRelay.start(node, server.port());
        Path config = Files.writeString(directory.resolve("net-conf.json"), netConf);
        Path client =
                Files.writeString(directory.resolve("kubeconfig"), server.kubeconfig(relay.port()));
        return start(
                node,
                directory,
                relay,
                List.of(
                        "--kube-subnet-mgr",
                        "--kubeconfig-file=" + client,
                        "--net-config-path=" + config),
                Map.of("NODE_NAME", name));
    }

    private static Flanneld start(
            Netns node,
            Path directory,
            NetnsRelay relay,
            List<String> records,
            Map<String, String> environment)
            throws Exception {
        Assumptions.assumeTrue(
                Files.isExecutable(PROGRAM), "no " + PROGRAM + ": scripts/peers/setup.sh");
        Files.createDirectories(directory);
        Path subnetFile = directory.resolve("subnet.env");
        Files.deleteIfExists(subnetFile);
        List<String> command = new ArrayList<>();
        command.add(PROGRAM.toString());
        command.addAll(List.of("--iface=eth0", "--subnet-file=" + subnetFile, "--ip-masq"));
        command.addAll(records);
        ProcessBuilder program =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        directory.resolve("log").toFile()));
        program.environment().putAll(environment);
        program.environment().put("WIREGUARD_KEY_FILE", directory.resolve("wgkey").toString());
        Flanneld started = new Flanneld(node.<Process, IOException>call(program::start), relay);
        NodesBed.await(
                "flanneld, see " + directory,
                () -> Files.exists(subnetFile) || !started.process.isAlive());
        if (!started.process.isAlive()) {
            started.end();
            throw new AssertionError(Files.readString(directory.resolve("log")));
        }
        return started;
    }

    /** Ends it as an operator does; what it made stays. */
    void end() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        relay.close();
    }
}
