package dev.kakehashi.lab;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.util.Set;

/**
 * Carrier bgp on a real Kubernetes whose nodes, pods and Services have IPv4 and IPv6 addresses,
 * under traffic of both families.
 */
@KubernetesCluster
@Tag("kubernetes")
class KubernetesBgpDualStackTest {
    private static final int PODS = 6;

    @RegisterExtension
    private final KubernetesScene scene =
            KubernetesScene.of(
                    new KubernetesBed(
                            new LabSpec("kubebgpdual", 3, 0, "vxlan", 1).withIpFamily("dual")),
                    PODS);

    @Test
    @Order(1)
    void bothFamilies_nothingOfThemIsLost() throws Exception {
        new KubernetesBgp(scene).assertNothingLost();
    }

    @Test
    @Order(2)
    void uninstalled_nothingOfItIsLeft() throws Exception {
        scene.end().uninstall(Set.of());
        scene.end().assertNothingIsLeft();
    }
}
