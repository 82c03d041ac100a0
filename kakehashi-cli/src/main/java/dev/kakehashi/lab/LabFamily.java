package dev.kakehashi.lab;

import java.util.List;
import java.util.Locale;

/** Of which families the addresses of a lab's nodes, pods and Services are. */
enum LabFamily {
    IPV4,
    IPV6,
    /** Both, IPv4 first, as the nodes of a dual-stack Kubernetes say it. */
    DUAL;

    /** The one of a name that {@link LabSpec} has checked. */
    static LabFamily of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** As it is written on the command line: kind's {@code networking.ipFamily}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean hasIpv6() {
        return this != IPV4;
    }

    /** What there is of each family, IPv4 first. */
    <T> List<T> of(T ipv4, T ipv6) {
        return switch (this) {
            case IPV4 -> List.of(ipv4);
            case IPV6 -> List.of(ipv6);
            case DUAL -> List.of(ipv4, ipv6);
        };
    }

    /** The same in one word, as the programs of Kubernetes take it. */
    String joined(String ipv4, String ipv6) {
        return String.join(",", of(ipv4, ipv6));
    }
}
