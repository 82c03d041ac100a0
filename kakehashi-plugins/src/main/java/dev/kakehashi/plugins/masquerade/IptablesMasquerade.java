package dev.kakehashi.plugins.masquerade;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Sha512;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Masquerade in iptables, table {@code nat}: {@code POSTROUTING} jumps for each address to a chain
 * of the container, which lets its subnet pass and masquerades everything else but multicast. Pure:
 * from the lines of iptables-save to those for iptables-restore.
 *
 * <p>The chain is named by network and container. Two interfaces of one container in one network
 * share it, and it goes with the last jump to it.
 */
final class IptablesMasquerade {

    private static final String CHAIN_PREFIX = "CNI-";
    private static final int CHAIN_LENGTH = 28;

    /** What leads to the chains of containers. */
    static final String ENTRY = "POSTROUTING";

    private static final String POSTROUTING = "-A " + ENTRY + " ";

    private IptablesMasquerade() {}

    /**
     * Adds what is missing for an attachment.
     *
     * @param saved the table
     * @param addresses of one family, with the length of their subnet
     */
    static List<String> setUp(List<String> saved, Attachment attachment, List<IpPrefix> addresses) {
        String chain = chain(attachment);
        List<String> changes = new ArrayList<>();
        boolean there = saved.stream().anyMatch(line -> line.startsWith(":" + chain + " "));
        if (!there) {
            changes.add(":" + chain + " - [0:0]");
        }
        for (String rule : chainRules(attachment, addresses)) {
            if (!saved.contains("-A " + rule)) {
                // A subnet that is let pass must come before the masquerade of another interface.
                boolean first = there && rule.endsWith("-j ACCEPT");
                changes.add((first ? "-I " : "-A ") + rule);
            }
        }
        for (IpPrefix address : addresses) {
            String jump = jump(attachment, IpPrefix.host(address.address()));
            if (!saved.contains(jump)) {
                changes.add(jump);
            }
        }
        return changes;
    }

    /** What an attachment's addresses lack of their rules; empty when nothing. */
    static List<String> missing(
            List<String> saved, Attachment attachment, List<IpPrefix> addresses) {
        List<String> missing = new ArrayList<>();
        chainRules(attachment, addresses).forEach(rule -> missing.add("-A " + rule));
        for (IpPrefix address : addresses) {
            missing.add(jump(attachment, IpPrefix.host(address.address())));
        }
        missing.removeAll(saved);
        return missing;
    }

    /** The rules of the chain, without the command. */
    private static List<String> chainRules(Attachment attachment, List<IpPrefix> addresses) {
        Set<String> rules = new LinkedHashSet<>();
        String chain = chain(attachment);
        String comment = comment(attachment);
        for (IpPrefix address : addresses) {
            rules.add(chain + " -d " + address.network() + comment + " -j ACCEPT");
        }
        for (IpPrefix address : addresses) {
            String multicast = address.isIpv4() ? "224.0.0.0/4" : "ff00::/8";
            rules.add(chain + " ! -d " + multicast + comment + " -j MASQUERADE");
        }
        return List.copyOf(rules);
    }

    /**
     * Removes the jumps of an attachment's addresses, and with the last jump the chain.
     *
     * @param addresses of one family; none if they are not known: all jumps of the container go
     *     then
     */
    static List<String> tearDown(
            List<String> saved, Attachment attachment, List<IpPrefix> addresses) {
        String chain = chain(attachment);
        Set<String> sources = new TreeSet<>();
        for (IpPrefix address : addresses) {
            sources.add(" -s " + IpPrefix.host(address.address()) + " ");
            // Old versions of the reference plugins wrote the subnet.
            sources.add(" -s " + address.network() + " ");
        }
        List<String> changes = new ArrayList<>();
        boolean used = false;
        for (String line : jumps(saved, chain)) {
            if (sources.isEmpty() || sources.stream().anyMatch(line::contains)) {
                changes.add("-D" + line.substring(2));
            } else {
                used = true;
            }
        }
        if (!used) {
            removeChain(changes, saved, chain);
        }
        return changes;
    }

    /** Removes what belongs to containers of a network that have no valid attachment. */
    static List<String> collect(List<String> saved, String network, List<CniAttachment> valid) {
        Set<String> living = new TreeSet<>();
        for (CniAttachment attachment : valid) {
            living.add(chain(Attachment.of(network, attachment)));
        }
        List<String> changes = new ArrayList<>();
        Set<String> chains = new TreeSet<>();
        String ofNetwork = " --comment \"name: " + quote(network) + " id: ";
        for (String line : saved) {
            String chain = line.substring(line.lastIndexOf(' ') + 1);
            if (line.startsWith(POSTROUTING)
                    && line.contains(ofNetwork)
                    && chain.startsWith(CHAIN_PREFIX)
                    && !living.contains(chain)) {
                changes.add("-D" + line.substring(2));
                chains.add(chain);
            }
        }
        chains.forEach(chain -> removeChain(changes, saved, chain));
        return changes;
    }

    private static List<String> jumps(List<String> saved, String chain) {
        List<String> jumps = new ArrayList<>();
        for (String line : saved) {
            if (line.startsWith(POSTROUTING) && line.endsWith(" -j " + chain)) {
                jumps.add(line);
            }
        }
        return jumps;
    }

    private static void removeChain(List<String> changes, List<String> saved, String chain) {
        if (saved.stream().anyMatch(line -> line.startsWith(":" + chain + " "))) {
            changes.add("-F " + chain);
            changes.add("-X " + chain);
        }
    }

    private static String jump(Attachment attachment, IpPrefix source) {
        return POSTROUTING + "-s " + source + comment(attachment) + " -j " + chain(attachment);
    }

    /** The chain's name. */
    static String chain(Attachment attachment) {
        return CHAIN_PREFIX
                + Sha512.hex(
                        attachment.network() + attachment.containerId(),
                        CHAIN_LENGTH - CHAIN_PREFIX.length());
    }

    private static String comment(Attachment attachment) {
        return " -m comment --comment \"name: "
                + quote(attachment.network())
                + " id: "
                + quote(attachment.containerId())
                + "\"";
    }

    /** As iptables-save writes the quotation marks of a comment. */
    private static String quote(String text) {
        return "\\\"" + text + "\\\"";
    }
}
