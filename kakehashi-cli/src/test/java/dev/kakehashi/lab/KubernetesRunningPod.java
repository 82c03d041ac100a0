package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.lab.KubernetesBed.Pod;

import java.io.IOException;
import java.time.Duration;

/** A pod that runs, as seen in its network namespace by root of its node. */
final class KubernetesRunningPod {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final String ALL = "ip -o link show eth0; ip -o -4 address; ip route";

    private final KubernetesBed bed;
    private final Pod pod;
    private final String netns;

    KubernetesRunningPod(KubernetesBed bed, Pod pod) throws IOException {
        this.bed = bed;
        this.pod = pod;
        this.netns =
                bed.nodes()
                        .inNode(
                                pod.node(),
                                "for n in /run/netns/cni-*; do nsenter --net=$n ip -o -4 address"
                                        + " | grep -qF ' "
                                        + pod.address()
                                        + "/' && echo $n; done; :")
                        .strip();
        assertThat(netns).as("the name of the namespace of %s", pod).isNotEmpty();
    }

    private String inside(String script) throws IOException {
        return bed.nodes()
                .inNode(pod.node(), "nsenter --net=" + netns + " sh -ec '" + script + "'");
    }

    /** Its MTU follows that of the node's interface, and what is deleted in it comes back. */
    void assertKept() throws Exception {
        String before = inside(ALL);
        assertThat(before).contains(" mtu 1450 ", pod.address(), "default via");

        bed.nodes().inNode(pod.node(), "ip link set eth0 mtu 1400");
        awaitMtu(1350);
        bed.nodes().inNode(pod.node(), "ip link set eth0 mtu 1500");
        awaitMtu(1450);

        inside("ip address flush dev eth0 scope global");
        LabBed.await("what was deleted in " + pod, SOON, () -> inside(ALL).equals(before));
    }

    private void awaitMtu(int mtu) throws Exception {
        String shown = " mtu " + mtu + " ";
        LabBed.await(
                "MTU " + mtu + " in " + pod,
                SOON,
                () -> inside("ip -o link show eth0").contains(shown));
    }
}
