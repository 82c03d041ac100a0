package dev.kakehashi.cluster.flannel;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.math.BigInteger;
import java.util.List;

/** What Flannel tells plugins of a node in {@code /run/flannel/subnet.env}. */
public final class SubnetFile {
    private SubnetFile() {}

    /**
     * The file's text, as Flannel's {@code WriteSubnetFile} has it: the subnets by their first
     * address, which is the bridge's.
     *
     * @param network all pods' addresses
     * @param subnets the node's
     * @param mtu of pods, in octets
     * @param masquerade whether what leaves the network is masqueraded, so that plugins need not
     */
    public static String render(
            List<IpPrefix> network, List<IpPrefix> subnets, int mtu, boolean masquerade) {
        StringBuilder text = new StringBuilder();
        for (boolean ipv4 : new boolean[] {true, false}) {
            String family = ipv4 ? "" : "IPV6_";
            for (IpPrefix subnet : subnets) {
                if (subnet.isIpv4() != ipv4) {
                    continue;
                }
                network.stream()
                        .filter(cidr -> cidr.contains(subnet))
                        .forEach(cidr ->
                                text.append("FLANNEL_" + family + "NETWORK=" + cidr + "\n"));
                text.append("FLANNEL_" + family + "SUBNET=" + first(subnet) + "\n");
            }
        }
        return text.append("FLANNEL_MTU=" + mtu + "\n")
                .append("FLANNEL_IPMASQ=" + masquerade + "\n")
                .toString();
    }

    private static String first(IpPrefix subnet) {
        BigInteger gateway = FlannelConfig.number(subnet.address()).add(BigInteger.ONE);
        return IpAddresses.format(FlannelConfig.address(gateway, subnet.bits()))
                + "/"
                + subnet.length();
    }
}
