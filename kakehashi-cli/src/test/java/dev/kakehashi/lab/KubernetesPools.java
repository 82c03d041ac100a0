package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.lab.KubernetesBed.Pod;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A Kubernetes whose pods have addresses of a pool, and what must hold in it. */
final class KubernetesPools {
    private static final Duration RIGHT = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofSeconds(40);

    private final KubernetesBed bed;

    KubernetesPools(KubernetesBed bed) {
        this.bed = bed;
    }

    /** Bridges, and more blocks than the nodes need. */
    static final String BRIDGES =
            """
            apiVersion: kakehashi.dev/v1alpha1
            kind: Network
            metadata: {name: default}
            spec:
              cidrs: [10.244.0.0/16]
              ipam: {type: pools, minFree: 4, offlineSeconds: 20}
            ---
            apiVersion: kakehashi.dev/v1alpha1
            kind: IPPool
            metadata: {name: pods}
            spec: {network: default, cidr: 10.244.128.0/17, blockSize: 28}
            """;

    /** Routed pods with addresses of two pools, one of each family. */
    static final String DUAL =
            """
            apiVersion: kakehashi.dev/v1alpha1
            kind: Network
            metadata: {name: default}
            spec:
              cidrs: [10.244.0.0/16, "fd00:10:244::/56"]
              podLink: routed
              ipam: {type: pools, minFree: 4, offlineSeconds: 20}
            ---
            apiVersion: kakehashi.dev/v1alpha1
            kind: IPPool
            metadata: {name: pods}
            spec: {network: default, cidr: 10.244.128.0/17, blockSize: 28}
            ---
            apiVersion: kakehashi.dev/v1alpha1
            kind: IPPool
            metadata: {name: pods-ipv6}
            spec: {network: default, cidr: "fd00:10:244:80::/57", blockSize: 124}
            """;

    /** Routed pods, and one block more than there are nodes, each of 13 addresses for pods. */
    static final String BORROWING =
            """
            apiVersion: kakehashi.dev/v1alpha1
            kind: Network
            metadata: {name: default}
            spec:
              cidrs: [10.244.0.0/16]
              podLink: routed
              ipam: {type: pools, minFree: 4, offlineSeconds: 20}
            ---
            apiVersion: kakehashi.dev/v1alpha1
            kind: IPPool
            metadata: {name: pods}
            spec: {network: default, cidr: 10.244.128.0/26, blockSize: 28, assignment: borrow}
            """;

    private List<IpPrefix> blocksOf(String node) throws IOException {
        return bed.kubectl(
                        "get",
                        "ipblocks",
                        "-o",
                        "jsonpath={range .items[?(@.spec.node==\""
                                + node
                                + "\")]}{.spec.cidr}{\"\\n\"}{end}")
                .lines()
                .map(IpPrefix::parse)
                .toList();
    }

    /** Who has borrowed what, by address, as the store has it. */
    Map<String, String> loans() throws IOException {
        Map<String, String> loans = new TreeMap<>();
        String path = "{range .items[*].spec.givenUp[*]}{.address} {.borrower}{\"\\n\"}{end}";
        bed.kubectl("get", "ipblocks", "-o", "jsonpath=" + path)
                .lines()
                .map(line -> line.strip().split(" ", -1))
                .filter(words -> words.length == 2)
                .forEach(words -> loans.put(words[0], words[1]));
        return loans;
    }

    /** Whether what a node borrowed, and its blocks, are where a pod has its address from. */
    private boolean fits(Pod pod) throws IOException {
        List<IpPrefix> blocks = blocksOf(pod.node());
        Map<String, String> loans = loans();
        return pod.addresses().stream()
                .allMatch(address ->
                        pod.node().equals(loans.get(address))
                                || blocks.stream()
                                        .anyMatch(b -> b.contains(IpAddresses.parse(address))));
    }

    /**
     * Pods have addresses of their nodes' blocks or that their nodes borrowed, and store, ledgers
     * and kernels agree.
     */
    void assertAddressesFit() throws Exception {
        for (Pod pod : bed.pods("app=web")) {
            assertThat(fits(pod)).as("%s", pod).isTrue();
        }
        assertThat(bed.kubectl("get", "ippools", "-o", "jsonpath={.items[*].status.phase}"))
                .isEqualTo(String.join(" ", bed.family().of("Active", "Active")));
        for (LabNode node : bed.all()) {
            check(node, " --node " + node.name());
        }
        assertThat(ipam(bed.nodes().node("node1"), "show")).contains("node2", "10.244.128.0/");
    }

    /** What is in use is reported within a second, and until then does not fit. */
    private void check(LabNode node, String more) throws Exception {
        LabBed.await(
                "addresses that fit, by " + node.name(),
                SOON,
                () -> ipam(node, "check" + more + " || :").contains("all fits"));
    }

    private String ipam(LabNode node, String command) throws IOException {
        String store = " --store 'kubernetes://?kubeconfig=" + bed.kubeconfig() + "'";
        String words = command.replaceFirst("^(\\w+)", "$1" + store);
        return bed.nodes().inNode(node.name(), "/opt/kakehashi/bin/kakehashi ipam " + words);
    }

    /**
     * A machine ends and its Node is deleted: routes go at once, blocks when its right has ended.
     */
    void assertBlocksComeBack(String node) throws Exception {
        List<IpPrefix> left = blocksOf(node);
        assertThat(left).isNotEmpty();
        assertThat(left).allMatch(block -> isRouted(block));
        bed.kubectl(
                "patch",
                "network",
                "default",
                "--type=merge",
                "-p",
                "{\"spec\":{\"ipam\":{\"offlineSeconds\":" + RIGHT.toSeconds() + "}}}");

        bed.killNode(bed.nodes().node(node));
        bed.kubectl("delete", "node", node);
        bed.kubectl(
                "delete",
                "pods",
                "-A",
                "--field-selector",
                "spec.nodeName=" + node,
                "--force",
                "--grace-period=0");

        Duration followed =
                LabBed.await("routes to go", SOON, () -> left.stream().noneMatch(this::isRouted));
        Duration waited = LabBed.await("blocks to come back", SOON, () -> blocksOf(node).isEmpty());
        System.out.println("routes gone after " + followed + ", blocks back after " + waited);
        assertThat(followed.plus(waited)).isGreaterThan(RIGHT.minusSeconds(1));
        check(bed.nodes().node("node1"), "");
        check(bed.nodes().node("node1"), " --node node1");
    }

    private boolean isRouted(IpPrefix block) {
        try {
            return bed.nodes().inNode("node1", "ip route").contains(block + " via ")
                    || bed.nodes().inNode("node2", "ip route").contains(block + " via ");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
