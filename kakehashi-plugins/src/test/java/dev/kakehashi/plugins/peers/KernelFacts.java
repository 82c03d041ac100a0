package dev.kakehashi.plugins.peers;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonMember;
import dev.kakehashi.cni.json.JsonNumber;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What ip, nft, iptables-save and /proc/sys show of a namespace. Link-local addresses and what
 * follows from them are the kernel's own and come in its own time: they are left out.
 */
final class KernelFacts {

    /**
     * Numbers of the kernel's choice, clocks, counts of what packets have taught (newer versions of
     * ip show how many addresses a bridge has learned), and what follows from other fields.
     */
    private static final Set<String> MEANINGLESS =
            Set.of(
                    "ifindex",
                    "link_index",
                    "link_netnsid",
                    "operstate",
                    "ifname",
                    "link",
                    "bridge_id",
                    "root_id",
                    "root_port",
                    "designated_port",
                    "id",
                    "no",
                    "state",
                    "hold_timer",
                    "message_age_timer",
                    "forward_delay_timer",
                    "hello_timer",
                    "tcn_timer",
                    "topology_change_timer",
                    "topology_change",
                    "topology_change_detected",
                    "gc_timer",
                    "fdb_n_learned",
                    "handle",
                    "metainfo");

    /** RT_TABLE_LOCAL: follows from the addresses. */
    private static final String LOCAL_TABLE = "255";

    private static final Set<String> SWITCHES_V6 =
            Set.of("accept_ra", "accept_dad", "disable_ipv6", "enhanced_dad", "keep_addr_on_down");

    private final Netns netns;
    private final Names names;
    private final Facts facts;
    private final String prefix;

    private KernelFacts(Netns netns, Names names, Facts facts, String prefix) {
        this.netns = netns;
        this.names = names;
        this.facts = facts;
        this.prefix = prefix;
    }

    /** Adds them to the facts, below the prefix. */
    static void collect(Netns netns, Names names, Facts facts, String prefix)
            throws IOException, JsonException {
        KernelFacts kernel = new KernelFacts(netns, names, facts, prefix);
        kernel.awaitRemovals();
        List<String> links = kernel.links();
        kernel.addresses();
        kernel.routes("-4");
        kernel.routes("-6");
        kernel.nftables();
        kernel.iptables("iptables-save");
        kernel.iptables("ip6tables-save");
        kernel.switches(links);
    }

    private String run(String... command) throws IOException {
        return names.replaceIn(TestNamespaces.run(netns, command));
    }

    private List<JsonObject> objects(String... command) throws IOException, JsonException {
        String json = run(command).strip();
        return JsonParser.parseObject("{\"all\":" + (json.isEmpty() ? "[]" : json) + "}")
                .objects("all");
    }

    private static String text(JsonObject object, String name) throws JsonException {
        return switch (object.find(name).orElse(new JsonString(""))) {
            case JsonString string -> string.value();
            case JsonNumber number -> number.literal();
            default -> throw new JsonException(name + " of " + object);
        };
    }

    /** The members that mean something, a list of flags as one text. */
    private void put(String entity, JsonObject object, String... without) throws JsonException {
        put(entity, "", object, List.of(without));
    }

    private void put(String entity, String path, JsonObject object, List<String> without)
            throws JsonException {
        for (JsonMember member : object.members()) {
            String name = member.name();
            if (MEANINGLESS.contains(name) || without.contains(name)) {
                continue;
            }
            if (member.value() instanceof JsonObject inner) {
                put(entity, path + name + "/", inner, without);
            } else if (name.equals("flags")) {
                List<String> flags = new ArrayList<>(object.strings("flags"));
                flags.removeAll(List.of("LOWER_UP", "NO-CARRIER", "linkdown"));
                facts.put(
                        entity,
                        path + name,
                        (Object) String.join(" ", flags.stream().sorted().toList()));
            } else {
                facts.put(entity, path + name, member.value());
            }
        }
    }

    /** Links that we remove are out of the way at once and gone some milliseconds later. */
    private void awaitRemovals() throws IOException {
        for (int i = 0;
                i < 500 && run("ip", "-o", "link").contains("group " + Ownership.REAP_GROUP);
                i++) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    private List<String> links() throws IOException, JsonException {
        List<String> links = new ArrayList<>();
        for (JsonObject link : objects("ip", "-j", "-d", "link")) {
            String name = text(link, "ifname");
            links.add(name);
            put(prefix + " link " + name, link);
        }
        return links;
    }

    private void addresses() throws IOException, JsonException {
        for (JsonObject link : objects("ip", "-j", "address")) {
            for (JsonObject address : link.objects("addr_info")) {
                if (text(address, "local").startsWith("fe80:")) {
                    continue;
                }
                String name =
                        " address %s %s/%s"
                                .formatted(
                                        text(link, "ifname"),
                                        text(address, "local"),
                                        text(address, "prefixlen"));
                put(prefix + name, address, "local", "prefixlen", "tentative");
            }
        }
    }

    private void routes(String family) throws IOException, JsonException {
        Map<String, Integer> seen = new TreeMap<>();
        for (JsonObject route :
                objects("ip", "-j", "-N", family, "route", "show", "table", "all")) {
            String dst = text(route, "dst");
            String table = route.has("table") ? text(route, "table") : "main";
            if (dst.startsWith("fe80:") || table.equals(LOCAL_TABLE)) {
                continue;
            }
            String name =
                    " route %s dev %s table %s"
                            .formatted(
                                    dst.equals("default") ? "default " + family : dst,
                                    text(route, "dev"),
                                    table);
            int number = seen.merge(name, 1, Integer::sum);
            put(prefix + name + (number == 1 ? "" : " #" + number), route, "dst", "dev", "table");
        }
    }

    /** Tables of iptables, which lie in nftables too, are left to iptables. */
    private void nftables() throws IOException, JsonException {
        Map<String, Integer> seen = new TreeMap<>();
        for (JsonObject entry :
                JsonParser.parseObject(run("nft", "-j", "list", "ruleset")).objects("nftables")) {
            JsonMember member = entry.members().getFirst();
            if (!(member.value() instanceof JsonObject object)
                    || Set.of("ip", "ip6", "").contains(text(object, "family"))) {
                continue;
            }
            String name =
                    " nft %s %s %s"
                            .formatted(
                                    member.name(),
                                    text(object, "family"),
                                    text(object, object.has("table") ? "table" : "name"));
            if (member.name().equals("chain")) {
                name += " " + text(object, "name");
            } else if (member.name().equals("rule")) {
                name += " " + text(object, "chain");
                name += " #" + seen.merge(name, 1, Integer::sum);
            }
            put(prefix + name, object, "family", "table", "chain", "name");
        }
    }

    private void iptables(String program) throws IOException {
        Map<String, Integer> seen = new TreeMap<>();
        for (String table : List.of("nat", "filter")) {
            for (String line : run(program, "-t", table).lines().toList()) {
                if (line.startsWith("-A ") || line.startsWith(":CNI")) {
                    int number = seen.merge(line, 1, Integer::sum);
                    facts.put(prefix + " " + program + " " + line, "times", (Object) number);
                }
            }
        }
    }

    private void switches(List<String> links) throws IOException {
        List<String> files = new ArrayList<>();
        files.add("net/ipv4/ip_forward");
        files.add("net/ipv6/conf/all/forwarding");
        // Tunnels that a module brings into every namespace, like tunl0, have no IPv6.
        Set<String> ofIpv6 = Set.of(run("ls", "/proc/sys/net/ipv6/conf").split("\\s+"));
        for (String link : links) {
            files.add("net/ipv4/conf/" + link + "/arp_notify");
            files.add("net/ipv4/conf/" + link + "/route_localnet");
            if (ofIpv6.contains(names.originalIn(link))) {
                for (String name : SWITCHES_V6) {
                    files.add("net/ipv6/conf/" + link + "/" + name);
                }
            }
        }
        List<String> command = new ArrayList<>(List.of("head", "-v", "-n", "1"));
        for (String file : files) {
            command.add("/proc/sys/" + names.originalIn(file));
        }
        String name = "";
        for (String line : run(command.toArray(String[]::new)).lines().toList()) {
            if (line.startsWith("==> /proc/sys/")) {
                name = line.substring("==> /proc/sys/".length(), line.length() - " <==".length());
            } else if (!line.isEmpty()) {
                facts.put(prefix + " sysctl " + name, "value", (Object) line);
            }
        }
    }
}
