package dev.kakehashi.lab;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.util.Set;

/**
 * Carrier bgp on a real Kubernetes that has no IPv4 address at all: what BGP needs four octets for
 * (RFC 4271 section 4.2, the identifier) is made of something else.
 */
@KubernetesCluster
class KubernetesBgpIpv6Test {
    private static final int PODS = 6;

    @RegisterExtension
    private final KubernetesScene scene =
            KubernetesScene.of(
                    new KubernetesBed(
                            new LabSpec("kubebgpsix", 3, 0, "vxlan", 1).withIpFamily("ipv6")),
                    PODS);

    @Test
    @Order(1)
    void ipv6Alone_nothingIsLost() throws Exception {
        new KubernetesBgp(scene).assertNothingLost();
    }

    @Test
    @Order(2)
    void uninstalled_nothingOfItIsLeft() throws Exception {
        scene.end().uninstall(Set.of());
        scene.end().assertNothingIsLeft();
    }
}
