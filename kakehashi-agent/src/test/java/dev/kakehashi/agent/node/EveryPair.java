package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Counted packets and a connection from the pod of every node to that of every other, in each
 * family they have.
 */
final class EveryPair {
    private static final int ENOUGH = 100;

    private final List<UdpFlow> packets = new ArrayList<>();
    private final List<TcpFlow> connections = new ArrayList<>();

    /** Starts them. */
    static EveryPair start(NodesBed bed, int nodes) throws IOException {
        EveryPair all = new EveryPair();
        for (int from = 1; from <= nodes; from++) {
            for (int to = 1; to <= nodes; to++) {
                if (from != to) {
                    all.add(bed, from, to);
                }
            }
        }
        return all;
    }

    private void add(NodesBed bed, int from, int to) throws IOException {
        for (boolean ipv4 : bed.families().each()) {
            String target = NodesBed.address(to, 2, ipv4);
            packets.add(UdpFlow.start(bed.pod(from), bed.pod(to), target, from));
            connections.add(TcpFlow.start(bed.pod(from), bed.pod(to), target, from));
        }
    }

    /** Ends them: nothing was lost, nothing broke. */
    void assertNothingIsLost() throws Exception {
        List<String> losses = new ArrayList<>();
        for (UdpFlow flow : packets) {
            UdpFlow.Result result = flow.end();
            assertThat(result.sent()).isGreaterThan(ENOUGH);
            if (result.lost() > 0) {
                losses.add(result.toString());
            }
        }
        for (TcpFlow flow : connections) {
            TcpFlow.Result result = flow.end();
            assertThat(result.answered()).isGreaterThan(ENOUGH);
            if (!result.failure().isEmpty()) {
                losses.add(result.toString());
            }
        }
        assertThat(losses).isEmpty();
    }
}
