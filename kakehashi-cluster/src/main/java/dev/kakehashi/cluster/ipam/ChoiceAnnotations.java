package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.ObjectName;
import dev.kakehashi.ipam.RequestedAddresses;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The annotations by which pods, and namespaces for theirs, choose pools and addresses: a list with
 * commas. Whoever may make a pod writes there what they like, so that what is wrong is refused, and
 * told without being told in full. Pure.
 */
public final class ChoiceAnnotations {
    /** Names of IPPools; also of a namespace, for all its pods. */
    public static final String POOLS = "kakehashi.dev/pools";

    /** The addresses to have, at most one of each family. */
    public static final String ADDRESSES = "kakehashi.dev/addresses";

    /** A dozen of the longest names there are. */
    static final int LONGEST = 4096;

    private static final int LONGEST_TOLD = 64;

    private ChoiceAnnotations() {}

    /**
     * The names of pools in an annotation's text.
     *
     * @throws AddressRefusedException when one of them can be none
     */
    static List<String> pools(String text) throws AddressRefusedException {
        Set<String> names = new LinkedHashSet<>();
        for (String name : parts(POOLS, text)) {
            if (ObjectName.problemOf(name).isPresent()) {
                throw refused(POOLS, told(name) + " is no name of an IPPool");
            }
            names.add(name);
        }
        return List.copyOf(names);
    }

    /**
     * The addresses in an annotation's text. A prefix length is allowed and ignored, as in {@code
     * ips}.
     *
     * @throws AddressRefusedException when one of them is none
     */
    static List<InetAddress> addresses(String text) throws AddressRefusedException {
        Set<InetAddress> addresses = new LinkedHashSet<>();
        for (String part : parts(ADDRESSES, text)) {
            Optional<InetAddress> address = RequestedAddresses.parse(part);
            if (address.isEmpty()) {
                throw refused(ADDRESSES, told(part) + " is no IP address");
            }
            addresses.add(address.get());
        }
        return List.copyOf(addresses);
    }

    private static List<String> parts(String annotation, String text)
            throws AddressRefusedException {
        if (text.length() > LONGEST) {
            throw refused(
                    annotation,
                    "has " + text.length() + " characters; at most " + LONGEST + " are read");
        }
        List<String> parts = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            if (!part.isBlank()) {
                parts.add(part.strip());
            }
        }
        return parts;
    }

    private static AddressRefusedException refused(String annotation, String why) {
        return new AddressRefusedException("annotation " + annotation + ": " + why);
    }

    /** Part of it, and nothing that a terminal would interpret. */
    private static String told(String text) {
        StringBuilder told = new StringBuilder("'");
        text.codePoints()
                .limit(LONGEST_TOLD)
                .forEach(c -> told.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return told.append(text.length() > LONGEST_TOLD ? "…'" : "'").toString();
    }
}
