package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.Map.entry;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** The account of the agents, as the API server judges it. */
final class KubernetesAccount {
    private static final String ACCOUNT = "system:serviceaccount:kakehashi-system:kakehashi";

    private final KubernetesBed bed;

    KubernetesAccount(KubernetesBed bed) {
        this.bed = bed;
    }

    /** What the manifest allows, as the API server judges: this and no more. */
    void assertNarrow() throws IOException {
        Map<String, String> everywhere = allowed("default");
        assertThat(everywhere)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.ofEntries(
                                entry("nodes", "get list watch patch"),
                                entry("nodes/status", "patch"),
                                entry("namespaces", "get list watch"),
                                entry("networks.kakehashi.dev", "get list watch create"),
                                entry("networks.kakehashi.dev/status", "patch"),
                                entry("bgppeers.kakehashi.dev", "get list watch"),
                                entry("bgppeers.kakehashi.dev/status", "patch"),
                                entry("ippools.kakehashi.dev", "get list watch"),
                                entry("ippools.kakehashi.dev/status", "patch"),
                                entry(
                                        "ipblocks.kakehashi.dev",
                                        "get list watch create patch delete"),
                                entry("ipblocks.kakehashi.dev/status", "patch"),
                                entry("events.events.k8s.io", "create")));

        Map<String, String> inOurs = new TreeMap<>(allowed(KubernetesBed.NAMESPACE));
        inOurs.keySet().removeAll(everywhere.keySet());
        assertThat(inOurs).isEmpty();
    }

    /** Verbs by resource, but for what every account may ask about itself. */
    private Map<String, String> allowed(String namespace) throws IOException {
        Map<String, String> allowed = new TreeMap<>();
        bed.kubectl("auth", "can-i", "--list", "--as", ACCOUNT, "--namespace", namespace)
                .lines()
                .forEach(line -> {
                    int end = line.indexOf(' ');
                    int verbs = line.lastIndexOf('[');
                    if (end > 0 && verbs > 0 && !line.startsWith("self")) {
                        allowed.put(
                                line.substring(0, end),
                                line.substring(verbs + 1, line.length() - 1));
                    }
                });
        return allowed;
    }
}
