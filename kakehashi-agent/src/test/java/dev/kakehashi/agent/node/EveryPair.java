package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.testing.PodTraffic;
import dev.kakehashi.testing.UdpFlow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Counted packets and a connection from the pod of every node to that of every other, in each
 * family they have.
 */
record EveryPair(PodTraffic traffic) {
    /** What the emulated virtual machine can carry beside agents is less. */
    static final int PER_SECOND = NodesBed.EMULATED ? 50 : UdpFlow.PER_SECOND;

    private static final int ENOUGH = 100;

    /** Starts them. */
    static EveryPair start(NodesBed bed, int nodes) throws IOException {
        return start(bed, nodes, PER_SECOND);
    }

    /** The same with so many packets from each to each. */
    static EveryPair start(NodesBed bed, int nodes, int perSecond) throws IOException {
        List<PodTraffic.Pod> pods = new ArrayList<>();
        for (int i = 1; i <= nodes; i++) {
            List<String> addresses = new ArrayList<>();
            for (boolean ipv4 : bed.families().each()) {
                addresses.add(NodesBed.address(i, 2, ipv4));
            }
            pods.add(new PodTraffic.Pod(bed.pod(i), addresses));
        }
        return new EveryPair(PodTraffic.start(pods, perSecond));
    }

    /** Ends them: nothing was lost, nothing broke. */
    void assertNothingIsLost() throws Exception {
        PodTraffic.Result result = traffic.end();
        assertThat(result.packets()).allMatch(flow -> flow.sent() > ENOUGH);
        assertThat(result.connections()).allMatch(flow -> flow.answered() > ENOUGH);
        assertThat(result.packets()).allMatch(flow -> flow.lost() == 0);
        assertThat(result.broken()).isEmpty();
    }
}
