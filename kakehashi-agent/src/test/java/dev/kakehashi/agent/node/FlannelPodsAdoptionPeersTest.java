package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.store.etcd.EtcdServer;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The pods of a node of a real Flannel that changes hands under traffic, and back: made by the
 * reference plugins; the commands, the agent and the other plugins are those of the build.
 */
@Tag("peers")
class FlannelPodsAdoptionPeersTest extends FlannelTest {
    private static final int OTHER = 1;
    private static final int TAKEN = 2;

    /** That of Flannel's manifest: its CNI network, and so the directory of addresses. */
    private static final String NETWORK = "cbr0";

    private static final String OTHERS_POD = NodesBed.address(OTHER, 2, true);

    private static final Path COMMAND =
            Path.of(System.getProperty("kakehashi.dist", "dist"), "bin/kakehashi").toAbsolutePath();

    /** As in Flannel's manifest, but for the place of the file, which is in the machine's /run. */
    private static NetworkConfigList theirs(Path subnetFile) throws Exception {
        return NetworkConfigList.parse(
                """
                {"name": "%s", "cniVersion": "1.0.0", "plugins": [
                  {"type": "flannel", "subnetFile": "%s",
                   "delegate": {"hairpinMode": true, "isDefaultGateway": true}},
                  {"type": "portmap", "capabilities": {"portMappings": true}}]}
                """
                        .formatted(NETWORK, subnetFile)
                        .getBytes(StandardCharsets.UTF_8));
    }

    private final List<UdpFlow> flows = new ArrayList<>();

    @Test
    void podsOfTheReferencePlugins_changeHandsAndBack(TestNamespaces namespaces) throws Exception {
        EtcdServer etcd =
                etcd(Flanneld.config("vxlan", Families.IPV4), Families.IPV4, OTHER, TAKEN);
        Records records = leases(etcd, Families.IPV4);
        NodesBed bed = bed(records, namespaces);
        bed.foreign(Families.IPV4);
        Netns node = bed.empty(Families.IPV4);
        flanneld(records, bed, OTHER);
        Flanneld before = flanneld(records, bed, TAKEN);
        Path subnetFile = bed.files(TAKEN).subnetFile();
        int port = Integer.parseInt(etcd.authority().substring("127.0.0.1:".length()));
        try (NetnsRelay relay = NetnsRelay.start(node, port)) {
            String store = "etcd://127.0.0.1:" + relay.port();
            ProgramNode.Way way = way(store, subnetFile);
            try (FlannelPods pods = new FlannelPods(node, TAKEN, way)) {
                ProgramNode.Pod stays = pods.add("stays", namespaces.create());
                ProgramNode.Pod beside = pods.add("beside", namespaces.create());
                ProgramNode.Pod goes = pods.add("goes", namespaces.create());
                for (ProgramNode.Pod pod : List.of(stays, beside, goes)) {
                    reaches(pod, OTHERS_POD);
                }
                flow(bed.pod(OTHER), stays.netns(), text(stays), 0);
                flow(beside.netns(), stays.netns(), text(stays), 1);
                flow(stays.netns(), bed.pod(OTHER), OTHERS_POD, 0);
                String there = addresses(stays);

                before.end();
                assertThat(adopt(way, node, subnetFile, "--network", "default"))
                        .contains("attention  a CNI configuration called \"default\"")
                        .contains("the Network called \"cbr0\"");
                assertThat(adopt(way, node, subnetFile, "--network", NETWORK, "--yes"))
                        .contains("cni0 with 3 ports", "pods       3 in ", " 3 addresses in ")
                        .contains("taken over")
                        .doesNotContain("attention");
                Path own = directory.resolve("n" + TAKEN);
                try (ProgramNode ours = ProgramNode.start("node-2", node, own, store, way)) {
                    NodesBed.await("our agent", ours::isReady);
                    podsComeAndGo(ours, stays, goes, theirs(subnetFile), namespaces);
                    ours.end();
                }
                assertThat(adopt(way, node, subnetFile, "--undo", "--yes")).contains("given back");
                flanneld(records, bed, TAKEN);
                reaches(stays, OTHERS_POD);
                UdpFlow.endWithoutLoss(flows);

                assertThat(addresses(stays)).isEqualTo(there).contains("10.244.2.2/24");
                pods.del(stays);
                pods.del(beside);
                assertThat(ports(node)).isEmpty();
                assertThat(given()).isEmpty();
            }
        }
    }

    private ProgramNode.Way way(String store, Path subnetFile) throws IOException {
        return new ProgramNode.Way(
                NETWORK,
                List.of("--flannel-etcd", store, "--flannel-subnet-file", subnetFile.toString()),
                Optional.of(Files.createDirectories(varLib())));
    }

    /** One of theirs is ended; new ones come by their configuration and by that of our agent. */
    private void podsComeAndGo(
            ProgramNode ours,
            ProgramNode.Pod stays,
            ProgramNode.Pod goes,
            NetworkConfigList theirs,
            TestNamespaces namespaces)
            throws Exception {
        ours.del(goes, theirs);
        assertThat(given()).containsExactly("10.244.2.2", "10.244.2.3");
        assertThat(varLib().resolve("cni/flannel/goes")).doesNotExist();
        awaitPorts(ours.netns(), 2);
        assertThat(NodesBed.has(goes.netns(), "ip -br link", "eth0")).isFalse();

        NodesBed.await("our configuration", () -> ours.configuration().contains(NETWORK));
        ProgramNode.Pod byOurs = ours.add("ours", namespaces.create());
        ProgramNode.Pod byTheirs = ours.add("theirs", namespaces.create(), theirs);
        assertThat(given()).hasSize(4).contains(text(byOurs), text(byTheirs));
        for (ProgramNode.Pod pod : List.of(byOurs, byTheirs)) {
            reaches(pod, text(stays));
            reaches(pod, OTHERS_POD);
        }
        reaches(stays, text(byOurs));
        ours.del(byOurs);
        ours.del(byTheirs, theirs);
        assertThat(given()).containsExactly("10.244.2.2", "10.244.2.3");
        awaitPorts(ours.netns(), 2);
    }

    private static String adopt(
            ProgramNode.Way way, Netns node, Path subnetFile, String... arguments)
            throws IOException {
        List<String> command =
                new ArrayList<>(List.of(COMMAND.toString(), "adopt", "flannel", "--subnet-file"));
        command.add(subnetFile.toString());
        command.addAll(List.of(arguments));
        return TestNamespaces.run(node, way.command(command).toArray(String[]::new));
    }

    private Path varLib() {
        return directory.resolve("lib");
    }

    /** The addresses that are in use, by the files of host-local. */
    private List<String> given() throws IOException {
        try (Stream<Path> files = Files.list(varLib().resolve("cni/networks").resolve(NETWORK))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("10."))
                    .sorted()
                    .toList();
        }
    }

    private void flow(Netns from, Netns to, String address, int number) throws IOException {
        flows.add(UdpFlow.start(from, to, address, number, UdpFlow.PER_SECOND));
    }

    private static String text(ProgramNode.Pod pod) {
        return IpAddresses.format(pod.address());
    }

    private static String addresses(ProgramNode.Pod pod) throws IOException {
        return TestNamespaces.run(pod.netns(), "ip", "-4", "address", "show", "eth0");
    }

    private static List<String> ports(Netns node) throws IOException {
        return TestNamespaces.run(node, "ip", "-br", "link", "show", "master", "cni0")
                .lines()
                .toList();
    }

    /** Ends of pods that are gone are taken away in the background. */
    private static void awaitPorts(Netns node, int count) throws Exception {
        NodesBed.await(count + " ports of the bridge", () -> ports(node).size() == count);
    }

    private static void reaches(ProgramNode.Pod from, String address) throws Exception {
        String ping = "ping -c 1 -W 1 " + address + " || true";
        NodesBed.await(
                from.text() + " to reach " + address,
                () -> NodesBed.has(from.netns(), ping, " 0% packet loss"));
    }
}
