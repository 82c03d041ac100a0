package dev.kakehashi.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Nodes with {@code vxlan} that are only objects in a store, numbered from 0. */
final class FarNodes {
    /** On each node. */
    static final int PODS = 10;

    private static final int FIRST_POD = 10;

    private FarNodes() {}

    /**
     * As their agents would write them.
     *
     * @param from the first number
     * @param to behind the last one
     * @return JSON by plural kind and name
     */
    static Map<String, String> texts(int from, int to) {
        Map<String, String> nodes = new LinkedHashMap<>();
        for (int i = from; i < to; i++) {
            nodes.put("nodes/" + name(i), node(i));
        }
        return nodes;
    }

    /**
     * The same, and of each the block of its pods' addresses with {@link #PODS} of them in use.
     *
     * @param from the first number
     * @param to behind the last one
     * @return JSON by plural kind and name
     */
    static Map<String, String> withPods(int from, int to) {
        Map<String, String> all = texts(from, to);
        for (int i = from; i < to; i++) {
            all.put("ipblocks/" + block(i), block(i, name(i)));
        }
        return all;
    }

    /** The Network that they are of. */
    static Map<String, String> network() {
        return Map.of(
                "networks/pods",
                """
                {"apiVersion": "kakehashi.dev/v1alpha1", "kind": "Network",
                 "metadata": {"name": "pods"},
                 "spec": {"cidrs": ["10.128.0.0/9"], "carrier": "vxlan"}}
                """);
    }

    /** A Network with own pools, and the pool. */
    static Map<String, String> pools() {
        return Map.of(
                "networks/pods",
                """
                {"apiVersion": "kakehashi.dev/v1alpha1", "kind": "Network",
                 "metadata": {"name": "pods"},
                 "spec": {"cidrs": ["10.128.0.0/9"], "carrier": "vxlan",
                          "ipam": {"type": "pools"}}}
                """,
                "ippools/pods",
                """
                {"apiVersion": "kakehashi.dev/v1alpha1", "kind": "IPPool",
                 "metadata": {"name": "pods"},
                 "spec": {"network": "pods", "cidr": "10.128.0.0/9", "blockSize": 24}}
                """);
    }

    private static String block(int number) {
        return subnet(number).replace('.', '-') + "-0-24";
    }

    private static String block(int number, String node) {
        return """
        {"apiVersion": "kakehashi.dev/v1alpha1", "kind": "IPBlock", "metadata": {"name": "%s"},
         "spec": {"cidr": "%s.0/24", "pool": "pods", "network": "pods", "node": "%s",
                  "state": "Confirmed", "generation": 1},
         "status": {"allocations": [%s]}}
        """
                .formatted(
                        block(number),
                        subnet(number),
                        node,
                        IntStream.range(0, PODS)
                                .mapToObj(pod -> allocation(number, node, pod))
                                .collect(Collectors.joining(", ")));
    }

    /** As an agent reports it: a container's id has 64 digits. */
    private static String allocation(int number, String node, int pod) {
        return """
        {"address": "%s.%d", "handle": "%064x/eth0/1", "node": "%s",
         "attributes": {"pod": "shop/web-7c5ddbdf54-%05x"}, "since": "2026-01-01T00:00:00Z"}\
        """
                .formatted(
                        subnet(number),
                        FIRST_POD + pod,
                        number * PODS + pod,
                        node,
                        number * PODS + pod);
    }

    private static String name(int number) {
        return "node-%05d".formatted(number);
    }

    /** The first three octets; the network's very first subnet stays free for our own node. */
    static String subnet(int number) {
        int index = number + 2;
        return "10." + (128 + index / 256) + "." + index % 256;
    }

    private static String node(int number) {
        String mac = "02:00:00:00:%02x:%02x".formatted(number / 256, number % 256);
        return """
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "%1$s", "annotations": {
           "kakehashi.dev/vtep-mac": "%2$s",
           "flannel.alpha.coreos.com/kube-subnet-manager": "true",
           "flannel.alpha.coreos.com/backend-type": "vxlan",
           "flannel.alpha.coreos.com/public-ip": "10.100.%3$d.%4$d",
           "flannel.alpha.coreos.com/backend-data": "{\\"VNI\\":1,\\"VtepMAC\\":\\"%2$s\\"}"}},
         "spec": {"podCIDR": "%5$s.0/24", "podCIDRs": ["%5$s.0/24"]},
         "status": {"conditions": [{"type": "NetworkUnavailable", "status": "False",
           "reason": "KakehashiIsUp", "message": "network pods by carrier vxlan"}]}}
        """
                .formatted(name(number), mac, 2 + number / 250, 1 + number % 250, subnet(number));
    }
}
