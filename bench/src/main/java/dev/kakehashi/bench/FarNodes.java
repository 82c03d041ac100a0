package dev.kakehashi.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/** Nodes with {@code vxlan} that are only objects in a store, numbered from 0. */
final class FarNodes {
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
