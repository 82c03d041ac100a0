package dev.kakehashi.state.engine;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.PolicyRule;
import dev.kakehashi.state.PolicyRuleBuilder;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.ResourceKey;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.Sysctl;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * States of two namespaces beside a {@link Scenery}, drawn from seeds: one for each link and for
 * each group of other things, so that a state can be varied in part of them.
 */
final class GeneratedState {
    private static final int SLOTS = GeneratedLinks.SLOTS + 4;

    private final Map<NamespaceId, Map<ResourceKey, Resource>> resources = new LinkedHashMap<>();
    private final Map<NamespaceId, List<NextHop>> gateways = new HashMap<>();

    private GeneratedState() {}

    static long[] seeds(RandomGenerator random) {
        return random.longs(SLOTS).toArray();
    }

    /** Other seeds, of which about half are the same. */
    static long[] vary(long[] seeds, RandomGenerator random) {
        long[] varied = seeds.clone();
        for (int i = 0; i < varied.length; i++) {
            if (random.nextBoolean()) {
                varied[i] = random.nextLong();
            }
        }
        return varied;
    }

    static DesiredState of(long[] seeds) {
        GeneratedState state = new GeneratedState();
        new GeneratedLinks(state).add(seeds);
        state.multipath(new Draw(seeds[GeneratedLinks.SLOTS]));
        state.rules(new Draw(seeds[GeneratedLinks.SLOTS + 1]));
        state.sysctls(new Draw(seeds[GeneratedLinks.SLOTS + 2]));
        new GeneratedNft(state, new Draw(seeds[GeneratedLinks.SLOTS + 3])).add();
        DesiredState.Builder built = DesiredState.builder();
        state.resources.forEach(
                (namespace, all) -> built.add(namespace, all.values().toArray(Resource[]::new)));
        return built.build();
    }

    /** Adds resources; of two with one key the first counts. */
    void add(NamespaceId namespace, Resource... more) {
        for (Resource resource : more) {
            resources
                    .computeIfAbsent(namespace, n -> new LinkedHashMap<>())
                    .putIfAbsent(resource.key(), resource);
        }
    }

    boolean has(NamespaceId namespace, String link) {
        return resources.getOrDefault(namespace, Map.of()).containsKey(new Link.Key(link));
    }

    void offerGateway(NamespaceId namespace, NextHop gateway) {
        gateways.computeIfAbsent(namespace, n -> new ArrayList<>()).add(gateway);
    }

    private void multipath(Draw draw) {
        gateways.forEach((namespace, all) -> {
            multipath(draw, namespace, all, true);
            multipath(draw, namespace, all, false);
        });
        if (draw.coin()) {
            add(
                    NamespaceId.HOST,
                    Route.of(
                                    draw.of(RouteType.BLACKHOLE, RouteType.UNREACHABLE),
                                    IpPrefix.parse(draw.of("10.250.0.0/16", "fd02::/32")))
                            .metric(draw.of(7, 8))
                            .build());
        }
    }

    private void multipath(Draw draw, NamespaceId namespace, List<NextHop> all, boolean ipv4) {
        List<NextHop> hops =
                all.stream()
                        .filter(hop -> hop.via().orElseThrow() instanceof Inet4Address == ipv4)
                        .toList();
        if (hops.size() >= 2 && draw.chance(70)) {
            add(
                    namespace,
                    Route.to(
                                    IpPrefix.parse(ipv4 ? "10.200.0.0/16" : "fd03::/48"),
                                    List.of(
                                            hops.getFirst().withWeight(1 + draw.below(9)),
                                            hops.getLast().withWeight(1 + draw.below(9))))
                            .build());
        }
        for (NextHop hop : hops) {
            if (draw.chance(20)) {
                IpPrefix all0 = IpPrefix.parse(ipv4 ? "0.0.0.0/0" : "::/0");
                add(namespace, Route.to(all0, hop).prepend().build());
            }
        }
    }

    /** None of them decides how gateways are reached: they match by source, or look in main. */
    private void rules(Draw draw) {
        for (int i = draw.below(6); i > 0; i--) {
            boolean ipv4 = draw.coin();
            int priority = 1000 + 10 * i + draw.below(3);
            boolean all = draw.chance(30);
            int table = all ? Route.MAIN : draw.of(100, 101, 254, 1000);
            PolicyRuleBuilder rule =
                    all || draw.chance(70)
                            ? ipv4
                                    ? PolicyRule.ipv4(priority, table)
                                    : PolicyRule.ipv6(priority, table)
                            : PolicyRule.of(
                                    ipv4,
                                    priority,
                                    draw.of(
                                            PolicyRule.Action.BLACKHOLE,
                                            PolicyRule.Action.UNREACHABLE,
                                            PolicyRule.Action.PROHIBIT));
            if (!all) {
                rule.from(IpPrefix.parse(ipv4 ? "10.9.0.0/16" : "fd09::/32"));
            } else if (draw.coin()) {
                rule.not();
            }
            if (draw.chance(30)) {
                rule.to(IpPrefix.parse(ipv4 ? "10.8.0.1/32" : "fd08::1/128"));
            }
            if (draw.chance(30)) {
                rule.mark(draw.below(1000), draw.of(-1, 0xffff));
            }
            if (draw.chance(30)) {
                rule.inputInterface(draw.of("near0", "absent0"));
            }
            if (draw.chance(20)) {
                rule.outputInterface("near1");
            }
            add(draw.of(NamespaceId.HOST, NamespaceId.CONTAINER), rule.build());
        }
    }

    private void sysctls(Draw draw) {
        if (draw.coin()) {
            add(NamespaceId.HOST, Sysctl.owned("net/ipv4/ip_default_ttl", draw.of("63", "65")));
        }
        if (draw.coin()) {
            add(NamespaceId.HOST, Sysctl.owned("net/ipv4/conf/all/rp_filter", draw.of("1", "2")));
        }
        if (draw.coin()) {
            add(NamespaceId.HOST, Sysctl.owned("net/ipv4/ping_group_range", "0 " + draw.of(7, 9)));
        }
        if (draw.coin()) {
            add(NamespaceId.CONTAINER, Sysctl.owned("net/ipv6/conf/default/accept_ra", "0"));
        }
    }
}
