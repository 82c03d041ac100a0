package dev.kakehashi.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.NetworkSpec;
import dev.kakehashi.cluster.PodLink;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;

import java.util.List;

class CniConfListTest {
    @Test
    void dualStack_hasARangeSetAndARouteForEachFamily() {
        Network network =
                Network.of(
                        "pods",
                        List.of(
                                IpPrefix.parse("10.244.0.0/16"),
                                IpPrefix.parse("fd00:10:244::/56")));

        String text =
                CniConfList.render(
                        network,
                        List.of(
                                IpPrefix.parse("10.244.3.0/24"),
                                IpPrefix.parse("fd00:10:244:3::/64")),
                        1430);

        assertThat(text)
                .isEqualToIgnoringWhitespace(
                        """
                        {
                          "cniVersion": "1.0.0",
                          "name": "pods",
                          "plugins": [
                            {
                              "type": "bridge",
                              "bridge": "cni0",
                              "isGateway": true,
                              "isDefaultGateway": true,
                              "hairpinMode": true,
                              "ipMasq": false,
                              "mtu": 1430,
                              "ipam": {
                                "type": "host-local",
                                "ranges": [
                                  [{"subnet": "10.244.3.0/24"}],
                                  [{"subnet": "fd00:10:244:3::/64"}]
                                ],
                                "routes": [{"dst": "10.244.0.0/16"}, {"dst": "fd00:10:244::/56"}]
                              }
                            },
                            {"type": "portmap", "capabilities": {"portMappings": true}},
                            {"type": "bandwidth", "capabilities": {"bandwidth": true}}
                          ]
                        }
                        """);
    }

    @Test
    void routed_isAPointToPointLinkWithTheGatewayOfAll() {
        NetworkSpec spec =
                NetworkSpec.of(
                        List.of(
                                IpPrefix.parse("10.244.0.0/16"),
                                IpPrefix.parse("fd00:10:244::/56")));
        Network network =
                Network.of("pods", spec.cidrs()).withSpec(spec.withPodLink(PodLink.ROUTED));

        assertThat(CniConfList.pools(network, "node-1", 1430))
                .isEqualToIgnoringWhitespace(
                        """
                        {
                          "cniVersion": "1.0.0",
                          "name": "pods",
                          "plugins": [
                            {
                              "type": "ptp",
                              "linkLocalGateway": true,
                              "ipMasq": false,
                              "mtu": 1430,
                              "capabilities": {"io.kubernetes.cri.pod-annotations": true, "ips": true},
                              "ipam": {
                                "type": "kakehashi-ipam",
                                "network": "pods",
                                "node": "node-1",
                                "routes": [
                                  {"dst": "10.244.0.0/16"},
                                  {"dst": "fd00:10:244::/56"},
                                  {"dst": "0.0.0.0/0"},
                                  {"dst": "::/0"}
                                ]
                              }
                            },
                            {"type": "portmap", "capabilities": {"portMappings": true}},
                            {"type": "bandwidth", "capabilities": {"bandwidth": true}}
                          ]
                        }
                        """);
    }
}
