package dev.kakehashi.plugins.portmap;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.iptables.SavedTable;
import dev.kakehashi.plugins.attachment.Attachment;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Published ports in iptables, table {@code nat}: {@code CNI-HOSTPORT-DNAT}, which packets for
 * addresses of this host go to, jumps for the ports of an attachment to its own chain, which
 * translates them. Connections whose answers would not come back through the host are marked there,
 * and masqueraded by the mark. Pure: from the lines of iptables-save to those for iptables-restore.
 */
final class IptablesPorts {

    static final String TABLE = "nat";

    /** What packets for addresses of this host go through. */
    static final String ENTRY = "CNI-HOSTPORT-DNAT";

    private static final String SET_MARK = "CNI-HOSTPORT-SETMARK";
    private static final String MASQUERADE = "CNI-HOSTPORT-MASQ";
    private static final String LOCAL = " -m addrtype --dst-type LOCAL -j " + ENTRY;

    /** XT_MULTI_PORTS, linux/netfilter/xt_multiport.h. */
    private static final int MULTIPORT_MAX = 15;

    private IptablesPorts() {}

    /** Publishes; what was published for the attachment before is replaced. */
    static List<String> setUp(SavedTable saved, Published published) {
        PortmapConfig config = published.config();
        String chain = PortChains.of(published.attachment());
        List<String> changes = new ArrayList<>();
        if (config.snat() && config.setMarkChain().isEmpty()) {
            shared(saved, SET_MARK, List.of(), setMark(config), changes);
            shared(saved, MASQUERADE, List.of(), masquerade(config), changes);
            String entry = masqueradeEntry();
            if (!saved.has(entry)) {
                changes.add("-I" + entry.substring(2));
            }
        }
        shared(saved, ENTRY, entries(), List.of(), changes);
        for (String jump : saved.jumpsTo(chain)) {
            changes.add(SavedTable.deletion(jump));
        }
        changes.addAll(own(published));
        return changes;
    }

    /** What is made for an attachment alone: its chain, and what leads there. */
    static List<String> own(Published published) {
        String chain = PortChains.of(published.attachment());
        List<String> own = new ArrayList<>();
        own.add(":" + chain + " - [0:0]");
        own.addAll(translations(published, chain));
        own.addAll(jumps(published, chain));
        return own;
    }

    /** The rules that all attachments share, and this one needs. */
    static List<String> common(Published published) {
        PortmapConfig config = published.config();
        List<String> common = new ArrayList<>(entries());
        if (config.snat() && config.setMarkChain().isEmpty()) {
            common.addAll(setMark(config));
            common.addAll(masquerade(config));
            common.add(masqueradeEntry());
        }
        return common;
    }

    /** Makes a chain that others use too, with what leads to it and what is in it. */
    private static void shared(
            SavedTable saved,
            String chain,
            List<String> entries,
            List<String> rules,
            List<String> changes) {
        if (!saved.hasChain(chain)) {
            // Fails, unlike ":CHAIN", when somebody else has made and filled it meanwhile.
            changes.add("-N " + chain);
        }
        for (String rule : rules) {
            if (!saved.has(rule)) {
                changes.add(rule);
            }
        }
        for (String entry : entries) {
            if (!saved.has(entry)) {
                changes.add(entry);
            }
        }
    }

    private static List<String> entries() {
        return List.of("-A PREROUTING" + LOCAL, "-A OUTPUT" + LOCAL);
    }

    private static String mark(PortmapConfig config) {
        String bit = "0x" + Integer.toHexString(1 << config.markBit());
        return bit + "/" + bit;
    }

    private static List<String> setMark(PortmapConfig config) {
        return List.of(
                "-A "
                        + SET_MARK
                        + " -m comment --comment \"CNI portfwd masquerade mark\" -j MARK --set-xmark "
                        + mark(config));
    }

    private static List<String> masquerade(PortmapConfig config) {
        return List.of("-A " + MASQUERADE + " -m mark --mark " + mark(config) + " -j MASQUERADE");
    }

    private static String masqueradeEntry() {
        return "-A POSTROUTING -m comment --comment \"CNI portfwd requiring masquerade\" -j "
                + MASQUERADE;
    }

    /**
     * What an attachment lacks of its rules, ours or those of the reference plugin, whose chain has
     * another name; empty when nothing.
     */
    static List<String> missing(SavedTable saved, Published published) {
        Attachment attachment = published.attachment();
        List<String> ours = missing(saved, published, PortChains.of(attachment));
        String theirs = PortChains.ofReference(attachment).getFirst();
        return ours.isEmpty()
                        || (saved.hasChain(theirs) && missing(saved, published, theirs).isEmpty())
                ? List.of()
                : ours;
    }

    private static List<String> missing(SavedTable saved, Published published, String chain) {
        List<String> missing = common(published);
        missing.addAll(translations(published, chain));
        missing.removeIf(saved::has);
        // Conditions are printed otherwise than written: the jumps are counted.
        List<String> jumps = jumps(published, chain);
        int there = 0;
        for (String rule : saved.jumpsTo(chain)) {
            there += rule.startsWith("-A " + ENTRY + " ") ? 1 : 0;
        }
        if (there < jumps.size()) {
            missing.addAll(jumps.subList(there, jumps.size()));
        }
        return missing;
    }

    /** The rules of the attachment's chain, as iptables-save prints them. */
    private static List<String> translations(Published published, String name) {
        PortmapConfig config = published.config();
        String chain = "-A " + name;
        List<String> rules = new ArrayList<>();
        for (PortMapping mapping : PortMapping.mostSpecificFirst(published.mappings())) {
            String protocol = mapping.protocol().text();
            String to =
                    mapping.onlyAddress().map(a -> " -d " + IpPrefix.host(a)).orElse("")
                            + " -p "
                            + protocol
                            + " -m "
                            + protocol
                            + " --dport "
                            + mapping.hostPort()
                            + " -j ";
            if (config.snat()) {
                String marks = to + config.setMarkChain().orElse(SET_MARK);
                if (config.masqueradeAll()) {
                    rules.add(chain + marks);
                } else {
                    rules.add(chain + " -s " + published.address().network() + marks);
                    if (published.isIpv4()) {
                        rules.add(chain + " -s 127.0.0.1/32" + marks);
                    }
                }
            }
            rules.add(
                    chain
                            + to
                            + "DNAT --to-destination "
                            + endpoint(published.target(), mapping.containerPort()));
        }
        return rules;
    }

    private static String endpoint(InetAddress address, int port) {
        String text = IpAddresses.format(address);
        return (address instanceof Inet4Address ? text : "[" + text + "]") + ":" + port;
    }

    /** The rules that lead to the attachment's chain. */
    private static List<String> jumps(Published published, String chain) {
        List<String> jumps = new ArrayList<>();
        ports(published)
                .forEach((protocol, groups) ->
                        groups.forEach(some -> jumps.add(jump(published, chain, protocol, some))));
        return jumps;
    }

    /** The ports of the host of each of the rules that lead to an attachment's chain. */
    static List<List<Integer>> portsOfJumps(Published published) {
        return ports(published).values().stream().flatMap(List::stream).toList();
    }

    /** Protocols, and for each the ports of the host, as many together as a rule can have. */
    private static Map<String, List<List<Integer>>> ports(Published published) {
        Map<String, Set<Integer>> ports = new TreeMap<>();
        for (PortMapping mapping : published.config().mappings()) {
            ports.computeIfAbsent(mapping.protocol().text(), _ -> new LinkedHashSet<>())
                    .add(mapping.hostPort());
        }
        Map<String, List<List<Integer>>> groups = new TreeMap<>();
        ports.forEach((protocol, some) -> {
            List<Integer> all = List.copyOf(some);
            for (int start = 0; start < all.size(); start += MULTIPORT_MAX) {
                int end = Math.min(start + MULTIPORT_MAX, all.size());
                groups.computeIfAbsent(protocol, _ -> new ArrayList<>())
                        .add(all.subList(start, end));
            }
        });
        return groups;
    }

    private static String jump(
            Published published, String chain, String protocol, List<Integer> ports) {
        StringBuilder rule = new StringBuilder("-A " + ENTRY + " -p " + protocol);
        rule.append(" -m comment --comment ")
                .append(quoted(PortChains.comment(published.attachment())))
                .append(" -m multiport --dports ");
        for (int i = 0; i < ports.size(); i++) {
            rule.append(i == 0 ? "" : ",").append(ports.get(i).intValue());
        }
        for (String token : published.config().conditions(published.isIpv4())) {
            rule.append(' ').append(isPlain(token) ? token : quoted(token));
        }
        return rule.append(" -j ").append(chain).toString();
    }

    private static boolean isPlain(String token) {
        for (int i = 0; i < token.length(); i++) {
            if (" \"'\\\t".indexOf(token.charAt(i)) >= 0) {
                return false;
            }
        }
        return !token.isEmpty();
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    /**
     * Takes back what was published for an attachment, by us or by the reference plugin.
     *
     * @param address of the container, if it is known
     */
    static List<String> tearDown(
            SavedTable saved, Attachment attachment, Optional<InetAddress> address) {
        List<String> chains = new ArrayList<>();
        chains.add(PortChains.of(attachment));
        for (String chain : PortChains.ofReference(attachment)) {
            // That name has no interface in it: it may be of another one of the same container.
            if (address.isEmpty() || leadsTo(saved, chain, address.get())) {
                chains.add(chain);
            }
        }
        return remove(saved, chains);
    }

    private static boolean leadsTo(SavedTable saved, String chain, InetAddress address) {
        String destination = " --to-destination " + endpoint(address, 0);
        String start = destination.substring(0, destination.length() - 1);
        List<String> rules = saved.rules(chain);
        for (String rule : rules) {
            if (rule.contains(start)) {
                return true;
            }
        }
        return rules.isEmpty() || chain.startsWith(PortChains.OLD_PREFIX);
    }

    /** Takes back what is published for attachments of a network that are not valid any more. */
    static List<String> collect(SavedTable saved, String network, List<Attachment> valid) {
        List<String> living = new ArrayList<>();
        for (Attachment attachment : valid) {
            living.add(PortChains.of(attachment));
            living.addAll(PortChains.ofReference(attachment));
        }
        String ofNetwork = " --comment " + unclosed(quoted(PortChains.ofNetwork(network)));
        List<String> dead = new ArrayList<>();
        for (String rule : saved.rules(ENTRY)) {
            String chain = rule.substring(rule.lastIndexOf(' ') + 1);
            if (rule.contains(ofNetwork)
                    && chain.startsWith(PortChains.PREFIX)
                    && !living.contains(chain)
                    && !dead.contains(chain)) {
                dead.add(chain);
            }
        }
        return remove(saved, dead);
    }

    private static String unclosed(String quoted) {
        return quoted.substring(0, quoted.length() - 1);
    }

    private static List<String> remove(SavedTable saved, List<String> chains) {
        List<String> changes = new ArrayList<>();
        List<String> there = new ArrayList<>();
        for (String chain : chains) {
            if (saved.hasChain(chain)) {
                there.add(chain);
                saved.jumpsTo(chain).forEach(jump -> changes.add(SavedTable.deletion(jump)));
            }
        }
        there.forEach(chain -> changes.add("-F " + chain));
        there.forEach(chain -> changes.add("-X " + chain));
        return changes;
    }

    /** The UDP ports of the host that changes no longer publish. */
    static List<Integer> udpPorts(List<String> changes) {
        List<Integer> ports = new ArrayList<>();
        for (String change : changes) {
            int at = change.indexOf(" --dports ");
            if (change.startsWith("-D " + ENTRY + " -p udp ") && at > 0) {
                int start = at + " --dports ".length();
                int end = change.indexOf(' ', start);
                for (String port : change.substring(start, end).split(",", -1)) {
                    ports.add(Integer.valueOf(port));
                }
            }
        }
        return ports;
    }
}
