package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniVersion;

import java.util.ArrayList;
import java.util.List;

/** What plugins do that come behind another one, and what all of them have in common. */
final class ChainedBehaviour {
    /** The node's end of the first container's pair. */
    static final String NODE_END = "cf1" + IF_NAME;

    private ChainedBehaviour() {}

    /** A scenario of one of these plugins. */
    static Scenario.Builder of(String type, String id, String requirement) {
        return Scenario.plugin(type, id, requirement).since(CniVersion.V0_4_0);
    }

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        for (String type : List.of("tuning", "bandwidth", "sbr", "vrf", "portmap", "firewall")) {
            all.add(
                    of(type, "not-first", "ADD without prevResult is refused")
                            .step(
                                    "ADD",
                                    stage ->
                                            stage.call(
                                                            stage.request(
                                                                            CniCommand.ADD,
                                                                            stage.pod())
                                                                    .withoutKey("prevResult"))
                                                    .failed())
                            .build());
        }
        all.addAll(TuningBehaviour.scenarios());
        all.addAll(BandwidthBehaviour.scenarios());
        all.addAll(SbrBehaviour.scenarios());
        all.addAll(VrfBehaviour.scenarios());
        return all;
    }
}
