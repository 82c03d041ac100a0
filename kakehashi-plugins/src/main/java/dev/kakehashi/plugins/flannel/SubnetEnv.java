package dev.kakehashi.plugins.flannel;

import dev.kakehashi.linux.IpPrefix;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the node's agent says of its subnets in {@code /run/flannel/subnet.env}, as Flannel's {@code
 * WriteSubnetFile} writes it.
 *
 * @param networks all pods' addresses
 * @param subnets the node's, IPv4 first
 * @param mtu of pods' interfaces in octets
 * @param masquerades whether the agent masquerades what leaves the network
 */
public record SubnetEnv(
        List<IpPrefix> networks, List<IpPrefix> subnets, int mtu, boolean masquerades) {
    /** Copies the lists. */
    public SubnetEnv {
        networks = List.copyOf(networks);
        subnets = List.copyOf(subnets);
    }

    /**
     * Reads the file's text; lines it does not know are passed over.
     *
     * @throws IllegalArgumentException saying what is wrong or missing
     */
    public static SubnetEnv parse(String text) {
        List<IpPrefix> networks = new ArrayList<>();
        List<IpPrefix> subnets = new ArrayList<>();
        Optional<Integer> mtu = Optional.empty();
        Optional<Boolean> masquerades = Optional.empty();
        for (String line : text.split("\n", -1)) {
            int equals = line.indexOf('=');
            String value = line.substring(equals + 1).strip();
            switch (line.substring(0, Math.max(equals, 0))) {
                case "FLANNEL_NETWORK", "FLANNEL_IPV6_NETWORK" -> networks.addAll(prefixes(value));
                case "FLANNEL_SUBNET" -> subnets.addAll(0, prefixes(value));
                case "FLANNEL_IPV6_SUBNET" -> subnets.addAll(prefixes(value));
                case "FLANNEL_MTU" -> mtu = Optional.of(number(value));
                case "FLANNEL_IPMASQ" -> masquerades = Optional.of(value.equals("true"));
                default -> {}
            }
        }
        List<String> missing = new ArrayList<>();
        if (networks.isEmpty()) {
            missing.addAll(List.of("FLANNEL_NETWORK", "FLANNEL_IPV6_NETWORK"));
        }
        if (subnets.isEmpty()) {
            missing.addAll(List.of("FLANNEL_SUBNET", "FLANNEL_IPV6_SUBNET"));
        }
        if (mtu.isEmpty()) {
            missing.add("FLANNEL_MTU");
        }
        if (masquerades.isEmpty()) {
            missing.add("FLANNEL_IPMASQ");
        }
        if (mtu.isEmpty() || masquerades.isEmpty() || !missing.isEmpty()) {
            throw new IllegalArgumentException("is missing " + String.join(", ", missing));
        }
        return new SubnetEnv(networks, subnets, mtu.get(), masquerades.get());
    }

    /** Several networks are joined by commas. */
    private static List<IpPrefix> prefixes(String text) {
        List<IpPrefix> prefixes = new ArrayList<>();
        for (String one : text.split(",", -1)) {
            prefixes.add(IpPrefix.parse(one.strip()).network());
        }
        return prefixes;
    }

    private static int number(String text) {
        try {
            int number = Integer.parseInt(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("FLANNEL_MTU is no number: " + text, e);
        }
        throw new IllegalArgumentException("FLANNEL_MTU is no number: " + text);
    }
}
