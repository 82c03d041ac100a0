package dev.kakehashi.state.engine;

import dev.kakehashi.state.Address;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Filter;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.NftElements;
import dev.kakehashi.state.NftRules;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.PolicyRule;
import dev.kakehashi.state.Qdisc;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.Sysctl;
import dev.kakehashi.state.WireguardInterface;
import dev.kakehashi.state.WireguardTunnel;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/** The handler of each kind of resource. */
final class Handlers {
    // A table and no switch: docs/adr/0008.
    private static final Map<Class<? extends Resource>, Handler<?>> BY_KIND =
            Map.ofEntries(
                    Map.entry(Address.class, new AddressHandler()),
                    Map.entry(Route.class, new RouteHandler()),
                    Map.entry(PolicyRule.class, new PolicyRuleHandler()),
                    Map.entry(Neighbour.class, new NeighbourHandler()),
                    Map.entry(FdbEntry.class, new FdbHandler()),
                    Map.entry(Qdisc.class, new QdiscHandler()),
                    Map.entry(Filter.class, new FilterHandler()),
                    Map.entry(Sysctl.class, new SysctlHandler()),
                    Map.entry(NftTable.class, new NftTableHandler()),
                    Map.entry(NftChain.class, new NftChainHandler()),
                    Map.entry(NftRules.class, new NftRulesHandler()),
                    Map.entry(NftElements.class, new NftElementsHandler()),
                    Map.entry(WireguardInterface.class, new WireguardInterfaceHandler()),
                    Map.entry(WireguardTunnel.class, new WireguardTunnelHandler()));

    private Handlers() {}

    /**
     * The handler of a resource other than a link.
     *
     * @throws IllegalArgumentException for a link
     */
    @SuppressWarnings("unchecked") // each handler is of the type it is found by
    static <R extends Resource> Handler<R> of(R resource) {
        @Nullable Handler<?> handler = BY_KIND.get(resource.getClass());
        if (handler == null) {
            throw new IllegalArgumentException(resource.toString());
        }
        return (Handler<R>) handler;
    }
}
