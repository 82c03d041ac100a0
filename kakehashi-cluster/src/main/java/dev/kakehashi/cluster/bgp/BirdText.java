package dev.kakehashi.cluster.bgp;

import dev.kakehashi.cluster.Community;
import dev.kakehashi.cluster.IpFamily;
import dev.kakehashi.cluster.PrefixRange;
import dev.kakehashi.cluster.carrier.RouteMtus;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes the configuration of BIRD 2 ("BIRD 2.0 User's Guide", sections 3 to 6). */
final class BirdText {
    /** RFC 4271, section 10. */
    private static final int HOLD_SECONDS = 90;

    private static final int LOG_OCTETS = 1 << 20;

    private final BirdConfig config;
    private final Optional<String> log;
    private final StringBuilder text = new StringBuilder();

    BirdText(BirdConfig config, Optional<String> log) {
        this.config = config;
        this.log = log;
    }

    String write() {
        line(
                "# Node "
                        + config.node()
                        + ", network "
                        + config.network()
                        + ": written by Kakehashi,");
        line("# which writes it anew whenever the cluster changes.");
        String to =
                log.map(file -> "\"%1$s\" %2$d \"%1$s.1\"".formatted(file, LOG_OCTETS))
                        .orElse("stderr");
        line("log " + to + " { info, warning, error, fatal, bug };");
        line("timeformat protocol iso long;");
        line("router id " + IpAddresses.format(config.routerId()) + ";");
        // A neighbour that is gone for good must not keep the others waiting for long.
        line("graceful restart wait 20;");
        for (boolean ipv4 : families()) {
            define("PODS", ipv4, config.ranges(ipv4));
            if (!config.own(ipv4).isEmpty()) {
                define("OWN", ipv4, config.own(ipv4));
            }
            if (!config.lent(ipv4).isEmpty()) {
                define("LENT", ipv4, config.lent(ipv4));
            }
        }
        line("");
        line("protocol device { }");
        if (config.sessions().stream().anyMatch(BirdSession::bfd)) {
            bfd();
        }
        connected();
        families().forEach(this::kernel);
        if (findsByIpv6Alone()) {
            kernelToLookAt();
        }
        families().forEach(this::own);
        config.sessions().forEach(this::session);
        return text.toString();
    }

    /**
     * Found within 900 ms where the router says three times too (RFC 5880, 6.8.4: it is the
     * sender's number that counts). BIRD's own (100 ms, five times) takes a process that waits half
     * a second for a processor for a path that is lost.
     */
    private void bfd() {
        line("protocol bfd {");
        for (String sessions : List.of("interface \"*\"", "multihop")) {
            line("    " + sessions + " { interval 300 ms; multiplier 3; };");
        }
        line("}");
    }

    private List<Boolean> families() {
        return List.of(true, false).stream()
                .filter(ipv4 -> !config.ranges(ipv4).isEmpty())
                .toList();
    }

    /** Whether there are next hops of IPv6 to be found, and no pods of IPv6. */
    private boolean findsByIpv6Alone() {
        return config.isIpv4ByIpv6() && config.ranges(false).isEmpty();
    }

    private static String family(boolean ipv4) {
        return ipv4 ? "4" : "6";
    }

    private void define(String name, boolean ipv4, List<IpPrefix> prefixes) {
        line("define " + name + family(ipv4) + " = " + set(prefixes, prefix -> prefix + "+") + ";");
    }

    private static <T> String set(List<T> elements, Function<T, String> element) {
        return elements.stream().map(element).collect(Collectors.joining(", ", "[ ", " ]"));
    }

    /** By the node's own networks the next hops of others' routes are found. */
    private void connected() {
        line("protocol direct connected {");
        for (boolean ipv4 : families()) {
            line("    ipv" + family(ipv4) + " { import where net !~ PODS" + family(ipv4) + "; };");
        }
        if (findsByIpv6Alone()) {
            line("    ipv6;");
        }
        line("}");
    }

    /**
     * Routes stay when BIRD ends, and are looked at every second: BIRD hears of one that somebody
     * took away or changed only when it looks, which the agent makes it do at once for what is
     * taken away. Of the routes with its number it takes those of another metric for somebody
     * else's.
     */
    private void kernel(boolean ipv4) {
        String family = family(ipv4);
        line("protocol kernel " + BirdConfig.kernelProtocol(ipv4) + " {");
        line("    persist;");
        line("    scan time 1;");
        line("    metric " + BirdConfig.metric(ipv4) + ";");
        line("    learn;");
        line("    graceful restart;");
        line("    merge paths;");
        line("    ipv" + family + " {");
        line("        import where net !~ PODS" + family + ";");
        if (config.mtus(ipv4).isEmpty()) {
            line("        export where source = RTS_BGP;");
        } else {
            mtus(ipv4);
        }
        line("    };");
        line("}");
    }

    /** What is not in the node's own networks is behind a router that the kernel knows. */
    private void kernelToLookAt() {
        line("protocol kernel " + BirdConfig.kernelProtocol(false) + " {");
        line("    scan time 1;");
        line("    metric " + BirdConfig.metric(false) + ";");
        line("    learn;");
        line("    ipv6 {");
        line("        import all;");
        line("        export none;");
        line("    };");
        line("}");
    }

    /** By the address that a node tells for its pods, also where a router is between. */
    private void mtus(boolean ipv4) {
        line("        export filter {");
        line("            if source != RTS_BGP then reject;");
        line("            if net ~ PODS" + family(ipv4) + " then {");
        config.mtus(ipv4)
                .forEach((node, mtu) ->
                        line(
                                "                if bgp_next_hop = "
                                        + IpAddresses.format(node)
                                        + " then krt_mtu = "
                                        + RouteMtus.ofRoute(ipv4, mtu)
                                        + ";"));
        line("            }");
        line("            accept;");
        line("        };");
    }

    private void own(boolean ipv4) {
        String family = family(ipv4);
        line("protocol static own" + family + " {");
        line("    ipv" + family + ";");
        for (IpPrefix prefix : config.own(ipv4)) {
            line("    route " + prefix + " unreachable;");
        }
        line("}");
    }

    private void session(BirdSession session) {
        line("");
        line("protocol bgp " + session.protocol() + " {");
        line("    description \"" + session.peer() + "\";");
        line(
                "    local "
                        + IpAddresses.format(session.local().address())
                        + " port "
                        + session.local().port()
                        + " as "
                        + session.local().asNumber()
                        + ";");
        line(
                "    neighbor "
                        + IpAddresses.format(session.remote().address())
                        + " port "
                        + session.remote().port()
                        + " as "
                        + session.remote().asNumber()
                        + ";");
        switch (session.reach()) {
            case BirdSession.Reach.Direct() -> line("    direct;");
            case BirdSession.Reach.Multihop(int hops) ->
                    line("    multihop" + (hops == 0 ? "" : " " + hops) + ";");
        }
        if (session.passive()) {
            line("    passive;");
        }
        session.password().ifPresent(password -> line("    password \"" + password + "\";"));
        if (session.bfd()) {
            line("    bfd;");
        }
        line("    hold time " + HOLD_SECONDS + ";");
        line("    connect delay time 1;");
        line("    connect retry time 2;");
        line("    error wait time 1, 10;");
        if (session.restartTime() > 0) {
            line("    graceful restart;");
            line("    graceful restart time " + session.restartTime() + ";");
        } else {
            line("    graceful restart off;");
        }
        session.reflector()
                .ifPresent(cluster -> {
                    line("    rr client;");
                    line("    rr cluster id " + IpAddresses.format(cluster) + ";");
                });
        session.channels().forEach(channel -> channel(session, channel));
        line("}");
    }

    private void channel(BirdSession session, BirdSession.Channel channel) {
        boolean ipv4 = channel.family() == IpFamily.IPV4;
        line("    ipv" + family(ipv4) + " {");
        if (ipv4 && session.isIpv4ByIpv6()) {
            line("        extended next hop;");
        }
        channel.nextHop()
                .ifPresent(
                        own -> line("        next hop address " + IpAddresses.format(own) + ";"));
        if (session.keepNextHop()) {
            line("        next hop keep;");
        }
        importing(session, ipv4);
        exporting(session, ipv4);
        line("    };");
    }

    private void importing(BirdSession session, boolean ipv4) {
        String family = family(ipv4);
        line("        import filter {");
        if (!config.own(ipv4).isEmpty()) {
            String but = config.lent(ipv4).isEmpty() ? "" : " && net !~ LENT" + family;
            line("            if net ~ OWN" + family + but + " then reject;");
        }
        if (session.imports().isPresent()) {
            accept(session.imports().get(), ipv4);
        } else if (session.internal()) {
            line("            if net ~ PODS" + family + " then accept;");
        } else {
            line("            accept;");
        }
        if (session.internal() || session.imports().isPresent()) {
            line("            reject;");
        }
        line("        };");
    }

    private void exporting(BirdSession session, boolean ipv4) {
        String family = family(ipv4);
        line("        export filter {");
        if (session.exports().isPresent()) {
            line("            if source !~ [ RTS_STATIC, RTS_BGP ] then reject;");
        } else if (session.internal() && !session.isExternal()) {
            // Of what came by BGP only a reflector hands something on (RFC 4456).
            line("            if source !~ [ RTS_STATIC, RTS_BGP ] then reject;");
            line("            if net !~ PODS" + family + " then reject;");
        } else {
            line("            if source != RTS_STATIC then reject;");
        }
        for (Community community : session.communities()) {
            String parts =
                    community.parts().stream()
                            .map(String::valueOf)
                            .collect(Collectors.joining(", "));
            line(
                    "            bgp_"
                            + (community.isLarge() ? "large_" : "")
                            + "community.add(("
                            + parts
                            + "));");
        }
        if (session.exports().isPresent()) {
            accept(session.exports().get(), ipv4);
            line("            reject;");
        } else {
            line("            accept;");
        }
        line("        };");
    }

    /** An empty list lets nothing pass; BIRD knows no empty set. */
    private void accept(List<PrefixRange> ranges, boolean ipv4) {
        List<PrefixRange> ofFamily =
                ranges.stream().filter(range -> range.cidr().isIpv4() == ipv4).toList();
        if (!ofFamily.isEmpty()) {
            line("            if net ~ " + set(ofFamily, BirdText::range) + " then accept;");
        }
    }

    private static String range(PrefixRange range) {
        return range.maxLength() == range.cidr().length()
                ? range.cidr().toString()
                : range.cidr() + "{" + range.cidr().length() + "," + range.maxLength() + "}";
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
