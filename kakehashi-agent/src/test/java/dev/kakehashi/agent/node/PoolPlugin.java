package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kakehashi.cluster.ipam.KakehashiIpam;
import dev.kakehashi.cluster.ipam.Ledger;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.plugin.ProcessDelegator;
import dev.kakehashi.linux.BootClock;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The address plugin of a node, over the ledger that the node's agent keeps. */
record PoolPlugin(NodesBed bed, int node) {
    /** The ledger as it is now. */
    Ledger ledger() throws IOException {
        return ledgers().of("pods").read();
    }

    private Ledgers ledgers() {
        return Ledgers.in(bed.stateDirectory(node));
    }

    /**
     * What a pod gets.
     *
     * @param namespace the pod's
     * @param annotation one of the pod's
     * @param value of that annotation
     */
    String add(String container, String namespace, String annotation, String value)
            throws CniException {
        String config =
                """
                {"cniVersion": "1.1.0", "name": "pods", "type": "ptp",
                 "runtimeConfig": {"io.kubernetes.cri.pod-annotations": {"kakehashi.dev/%s": "%s"}},
                 "ipam": {"type": "kakehashi-ipam", "network": "pods", "node": "node-%d"}}
                """
                        .formatted(annotation, value, node);
        PluginRequest request =
                PluginRequest.of(
                        CniCommand.ADD,
                        Map.of(
                                "CNI_CONTAINERID",
                                container,
                                "CNI_IFNAME",
                                "eth0",
                                "CNI_ARGS",
                                "IgnoreUnknown=1;K8S_POD_NAMESPACE="
                                        + namespace
                                        + ";K8S_POD_NAME=p"),
                        JsonParser.parseObject(config),
                        ProcessDelegator.create(),
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
        return KakehashiIpam.of(ledgers(), new BootClock())
                .add(request)
                .ips()
                .getFirst()
                .address()
                .toString();
    }

    /** What a pod without annotations gets. */
    String add(String container) throws CniException {
        return add(container, "shop", "pools", "");
    }

    /** Why a pod gets nothing. */
    CniException refused(String container, String namespace, String annotation, String value) {
        return catchThrowableOfType(
                CniException.class, () -> add(container, namespace, annotation, value));
    }
}
