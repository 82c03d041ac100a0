package dev.kakehashi.conformance.scenario;

import java.util.ArrayList;
import java.util.List;

/** All scenarios. */
public final class Scenarios {
    private static final List<Scenario> ALL = collect();

    private Scenarios() {}

    /** Every scenario: the specification's first, then plugin by plugin. */
    public static List<Scenario> all() {
        return ALL;
    }

    private static List<Scenario> collect() {
        List<Scenario> all = new ArrayList<>();
        all.addAll(Protocol.scenarios());
        all.addAll(Attaching.scenarios());
        all.addAll(Detaching.scenarios());
        all.addAll(Upkeep.scenarios());
        all.addAll(Delegation.scenarios());
        all.addAll(Corners.scenarios());
        all.addAll(DualStack.scenarios());
        all.addAll(BridgeBehaviour.scenarios());
        all.addAll(BridgeTraffic.scenarios());
        all.addAll(PtpBehaviour.scenarios());
        all.addAll(PairTraffic.scenarios());
        all.addAll(LinkBehaviour.scenarios());
        all.addAll(AddressBehaviour.scenarios());
        all.addAll(StaticBehaviour.scenarios());
        all.addAll(ChainedBehaviour.scenarios());
        all.addAll(FilterBehaviour.scenarios());
        all.addAll(DhcpBehaviour.scenarios());
        all.addAll(DhcpOptions.scenarios());
        return List.copyOf(all);
    }
}
