package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/** The end of a test's network in a Kubernetes, as docs/kubernetes.md says it. */
final class KubernetesEnd {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final KubernetesBed bed;

    KubernetesEnd(KubernetesBed bed) {
        this.bed = bed;
    }

    /**
     * Deletes the pods, then Kakehashi.
     *
     * @param dead nodes that are no more
     */
    void uninstall(Set<String> dead) throws Exception {
        deletePods(dead);
        bed.uninstall(dead);
    }

    /** Deletes what the test runs, and waits until the nodes have ended it. */
    void deletePods(Set<String> dead) throws Exception {
        bed.kubectl("delete", "deployment,daemonset,service,pod", "--all", "--timeout=60s");
        for (LabNode node : bed.all()) {
            if (!dead.contains(node.name())) {
                LabBed.await(
                        "the end of the pods on " + node.name(),
                        SOON,
                        () -> !bed.nodes().inNode(node.name(), "ip -br link").contains("veth"));
            }
        }
    }

    /** Every node and the API server are as they were before the installation. */
    void assertNothingIsLeft() throws IOException {
        for (LabNode node : bed.all()) {
            assertThat(bed.differencesOf(node)).as(node.name()).isEmpty();
        }
        assertThat(
                        bed.kubectl(
                                "get",
                                "namespaces,crds,clusterroles,clusterrolebindings",
                                "-o",
                                "name"))
                .doesNotContain("kakehashi");
        assertThat(bed.kubectl("get", "pods,daemonsets,deployments", "-A", "-o", "name")).isEmpty();
    }
}
