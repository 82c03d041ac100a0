package dev.kakehashi.testing;

import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Counted packets and a connection from every pod to every other one. */
public final class PodTraffic {
    private final List<UdpFlow> packets = new ArrayList<>();
    private final List<TcpFlow> connections = new ArrayList<>();

    private PodTraffic() {}

    /**
     * Who talks.
     *
     * @param netns where the pod is
     * @param addresses its own, one of each family
     */
    public record Pod(Netns netns, List<String> addresses) {
        public Pod {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Starts it.
     *
     * @param perSecond packets from each to each, and the most numbers by a connection
     */
    public static PodTraffic start(List<Pod> pods, int perSecond) throws IOException {
        PodTraffic all = new PodTraffic();
        for (int from = 0; from < pods.size(); from++) {
            for (Pod to : pods) {
                Pod sender = pods.get(from);
                if (!sender.equals(to)) {
                    all.add(sender, to, from, perSecond);
                }
            }
        }
        return all;
    }

    private void add(Pod sender, Pod to, int number, int perSecond) throws IOException {
        for (String address : to.addresses()) {
            connections.add(TcpFlow.start(sender.netns(), to.netns(), address, number, perSecond));
            packets.add(UdpFlow.start(sender.netns(), to.netns(), address, number, perSecond));
        }
    }

    /** Ends it. */
    public Result end() throws IOException, InterruptedException {
        List<UdpFlow.Result> flows = new ArrayList<>();
        for (UdpFlow flow : packets) {
            flows.add(flow.end());
        }
        List<TcpFlow.Result> answers = new ArrayList<>();
        for (TcpFlow flow : connections) {
            answers.add(flow.end());
        }
        return new Result(flows, answers);
    }

    /**
     * What became of it.
     *
     * @param packets of each way
     * @param connections of each way
     */
    public record Result(List<UdpFlow.Result> packets, List<TcpFlow.Result> connections) {
        public Result {
            packets = List.copyOf(packets);
            connections = List.copyOf(connections);
        }

        /** Packets of all ways. */
        public int sent() {
            return packets.stream().mapToInt(UdpFlow.Result::sent).sum();
        }

        /** Packets of all ways that were not heard. */
        public int lost() {
            return packets.stream().mapToInt(UdpFlow.Result::lost).sum();
        }

        /** What broke connections. */
        public List<String> broken() {
            return connections.stream()
                    .map(TcpFlow.Result::failure)
                    .filter(failure -> !failure.isEmpty())
                    .toList();
        }
    }
}
