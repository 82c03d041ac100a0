package dev.kakehashi.lab;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.cluster.migration.CarriersAnnotation;
import dev.kakehashi.cluster.migration.NodeCarriers;

import java.io.IOException;
import java.time.Duration;

/** What a test does to the agents of a Kubernetes, each time until they are through with it. */
final class KubernetesAgents {
    /** The kubelet waits longer each time before it starts a container again. */
    private static final Duration RESTARTED = Duration.ofMinutes(3);

    private static final Duration FOLLOWED = Duration.ofSeconds(60);
    private static final Duration CONFIGURED = Duration.ofSeconds(40);
    static final String CONFIGURATION = "/etc/cni/net.d/10-kakehashi.conflist";

    private final KubernetesBed bed;

    KubernetesAgents(KubernetesBed bed) {
        this.bed = bed;
    }

    /** Something done while an agent is not there. */
    interface Step {
        void run() throws Exception;
    }

    /** Kills a node's agent, does something, and waits for its container to be started again. */
    void kill(String name, Step meanwhile) throws Exception {
        LabNode node = bed.nodes().node(name);
        int before = bed.restarts(node, "agent");
        bed.killAgent(node);
        meanwhile.run();
        awaitRestart(node, "agent", before);
    }

    /** Kills a node's BIRD, and waits for its container and its sessions. */
    void killBird(String name) throws Exception {
        LabNode node = bed.nodes().node(name);
        int before = bed.restarts(node, "bird");
        bed.killBird(node);
        awaitRestart(node, "bird", before);
        awaitSessions(node);
    }

    private void awaitRestart(LabNode node, String container, int before) throws Exception {
        LabBed.await(
                "another container " + container + " on " + node.name(),
                RESTARTED,
                () -> bed.restarts(node, container) > before);
        bed.awaitAgents();
    }

    /** Waits for BIRD's sessions to all other nodes: one in each family of their addresses. */
    void awaitSessions(LabNode node) throws Exception {
        int sessions = (bed.all().size() - 1) * node.addresses().size();
        String script = "birdcl -s /var/lib/kakehashi/bgp/bird.ctl show protocols || :";
        LabBed.await(
                "sessions of " + node.name(),
                FOLLOWED,
                () ->
                        bed.inAgent(node, "bird", script)
                                        .lines()
                                        .filter(line -> line.contains("Established"))
                                        .count()
                                == sessions);
    }

    /** Changes the carrier, and waits for every node to be through with it. */
    void changeCarrier(CarrierName carrier) throws Exception {
        patchNetwork("{\"spec\":{\"carrier\":\"" + carrier + "\"}}");
        String settled =
                CarriersAnnotation.text(NodeCarriers.settled(Way.of(carrier, TunnelDevice.FIRST)));
        bed.await(
                "jsonpath={.metadata.annotations.kakehashi\\.dev/carriers}=" + settled,
                "node",
                "--all");
    }

    /** Waits until every node's container runtime is told a plugin. */
    void awaitConfigured(String plugin) throws Exception {
        for (LabNode node : bed.all()) {
            LabBed.await(
                    "the configuration of " + node.name(),
                    CONFIGURED,
                    () ->
                            bed.nodes()
                                    .inNode(node.name(), "cat " + CONFIGURATION)
                                    .contains("\"type\": \"" + plugin + "\""));
        }
    }

    /** Changes the Network by a merge patch (RFC 7396). */
    void patchNetwork(String patch) throws IOException {
        bed.kubectl("patch", "network", "default", "--type=merge", "-p", patch);
    }
}
