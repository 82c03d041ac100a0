package dev.kakehashi.state.engine;

import dev.kakehashi.state.Address;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Filter;
import dev.kakehashi.state.Link;
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

/** The handler of each kind of resource. */
final class Handlers {
    private static final AddressHandler ADDRESS = new AddressHandler();
    private static final RouteHandler ROUTE = new RouteHandler();
    private static final PolicyRuleHandler RULE = new PolicyRuleHandler();
    private static final NeighbourHandler NEIGHBOUR = new NeighbourHandler();
    private static final FdbHandler FDB = new FdbHandler();
    private static final QdiscHandler QDISC = new QdiscHandler();
    private static final FilterHandler FILTER = new FilterHandler();
    private static final SysctlHandler SYSCTL = new SysctlHandler();

    private static final NftTableHandler NFT_TABLE = new NftTableHandler();
    private static final NftChainHandler NFT_CHAIN = new NftChainHandler();
    private static final NftRulesHandler NFT_RULES = new NftRulesHandler();
    private static final NftElementsHandler NFT_ELEMENTS = new NftElementsHandler();

    private Handlers() {}

    /**
     * The handler of a resource other than a link.
     *
     * @throws IllegalArgumentException for a link
     */
    @SuppressWarnings("unchecked") // each handler is of the type it is chosen by
    static <R extends Resource> Handler<R> of(R resource) {
        return (Handler<R>)
                switch ((Resource) resource) {
                    case Address _ -> ADDRESS;
                    case Route _ -> ROUTE;
                    case PolicyRule _ -> RULE;
                    case Neighbour _ -> NEIGHBOUR;
                    case FdbEntry _ -> FDB;
                    case Qdisc _ -> QDISC;
                    case Filter _ -> FILTER;
                    case Sysctl _ -> SYSCTL;
                    case NftTable _ -> NFT_TABLE;
                    case NftChain _ -> NFT_CHAIN;
                    case NftRules _ -> NFT_RULES;
                    case NftElements _ -> NFT_ELEMENTS;
                    case Link link -> throw new IllegalArgumentException(link.toString());
                };
    }
}
