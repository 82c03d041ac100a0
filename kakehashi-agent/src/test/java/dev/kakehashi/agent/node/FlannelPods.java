package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Pods of a node of Flannel, made by the reference plugins {@code bridge} and {@code host-local}
 * with what Flannel's plugin tells and keeps of them (flannel-io/cni-plugin, {@code doCmdAdd} in
 * flannel_linux.go).
 */
final class FlannelPods implements AutoCloseable {
    private static final Path PLUGINS =
            Path.of(System.getProperty("kakehashi.peers", ""), "reference");

    private final Netns node;
    private final ProgramNode.Way way;
    private final String delegate;
    private final List<Path> names = new ArrayList<>();

    /**
     * For a node whose pods are in 10.244.NUMBER.0/24.
     *
     * @param way with a {@code /var/lib} and the name of Flannel's CNI network
     */
    FlannelPods(Netns node, int number, ProgramNode.Way way) {
        assumeTrue(
                Files.isExecutable(PLUGINS.resolve("bridge")),
                "no reference plugins in " + PLUGINS + ": scripts/peers/setup.sh");
        this.node = node;
        this.way = way;
        this.delegate =
                """
                {"cniVersion":"1.0.0","hairpinMode":true,"ipMasq":false,\
                "ipam":{"ranges":[[{"subnet":"10.244.%d.0/24"}]],\
                "routes":[{"dst":"10.244.0.0/16"}],"type":"host-local"},\
                "isDefaultGateway":true,"isGateway":true,"mtu":1450,"name":"%s","type":"bridge"}\
                """
                        .formatted(number, way.network());
    }

    private Path kept(String id) {
        return way.varLib().orElseThrow().resolve("cni/flannel/" + id);
    }

    /** Attaches one. */
    ProgramNode.Pod add(String id, Netns pod) throws Exception {
        Path name = ProgramNode.netnsOf(id);
        pod.pin(name);
        names.add(name);
        TestNamespaces.run(pod, "ip", "link", "set", "lo", "up");
        Files.createDirectories(kept(id).getParent());
        Files.writeString(kept(id), delegate);
        CniResult result =
                ResultCodec.decode(
                        JsonParser.parseObject(call("ADD", id).getBytes(StandardCharsets.UTF_8)));
        return new ProgramNode.Pod(id, pod, result.ips().getFirst().address().address());
    }

    /** Detaches one. */
    void del(ProgramNode.Pod pod) throws Exception {
        call("DEL", pod.id());
        Files.delete(kept(pod.id()));
    }

    private String call(String command, String id) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(way.command(List.of(PLUGINS.resolve("bridge").toString())));
        builder.redirectErrorStream(true);
        builder.environment().put("CNI_COMMAND", command);
        builder.environment().put("CNI_CONTAINERID", id);
        builder.environment().put("CNI_NETNS", ProgramNode.netnsOf(id).toString());
        builder.environment().put("CNI_IFNAME", "eth0");
        builder.environment().put("CNI_PATH", PLUGINS.toString());
        Process plugin = node.<Process, IOException>call(builder::start);
        try (OutputStream input = plugin.getOutputStream()) {
            input.write(delegate.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(plugin.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(plugin.waitFor()).as("%s of %s: %s", command, id, said).isZero();
        return said;
    }

    @Override
    public void close() throws IOException {
        for (Path name : names) {
            if (Files.exists(name)) { // else it was detached by others
                Netns.unpin(name);
            }
        }
    }
}
