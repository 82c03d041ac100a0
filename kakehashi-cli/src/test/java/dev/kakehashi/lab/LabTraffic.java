package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.PodTraffic;
import dev.kakehashi.testing.UdpFlow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counted packets and a connection from every pod of a lab to every other one. */
final class LabTraffic {
    private static final int PER_SECOND = 50;

    /** Fewer tell nothing of a change under them. */
    private static final int FEWEST = 500;

    private final List<LabPod> pods;
    private final PodTraffic traffic;
    private final List<Netns> places;

    private LabTraffic(List<LabPod> pods, PodTraffic traffic, List<Netns> places) {
        this.pods = pods;
        this.traffic = traffic;
        this.places = places;
    }

    static LabTraffic start(LabBed bed) throws IOException {
        return start(bed, PER_SECOND);
    }

    /**
     * Less or more of it.
     *
     * @param perSecond packets from each to each, and the most numbers by a connection
     */
    static LabTraffic start(LabBed bed, int perSecond) throws IOException {
        List<LabPod> all = new LabFiles(bed.directory()).pods();
        List<Netns> places = new ArrayList<>();
        List<PodTraffic.Pod> pods = new ArrayList<>();
        try (NodeSandboxes sandboxes = new NodeSandboxes(bed.directory())) {
            for (LabPod pod : all) {
                Netns place =
                        sandboxes.of(bed.node(pod.node())).call(() -> Netns.open(pod.netns()));
                places.add(place);
                pods.add(new PodTraffic.Pod(place, List.of(pod.address())));
            }
        }
        return new LabTraffic(all, PodTraffic.start(pods, perSecond), places);
    }

    /** Ends it; every packet was heard, and no connection broke. */
    void endedWithoutLoss() throws Exception {
        try {
            PodTraffic.Result result = traffic.end();
            assertThat(result.lost())
                    .as("lost of %s packets, %s", result.sent(), ways(result))
                    .isZero();
            assertThat(result.broken()).isEmpty();
            assertThat(result.sent()).isGreaterThan(FEWEST);
        } finally {
            places.forEach(Netns::close);
        }
    }

    /** How many were lost on which way; in the order in which they were started. */
    private Map<String, UdpFlow.Result> ways(PodTraffic.Result result) {
        Map<String, UdpFlow.Result> ways = new LinkedHashMap<>();
        Iterator<UdpFlow.Result> flows = result.packets().iterator();
        for (LabPod from : pods) {
            for (LabPod to : pods) {
                if (!from.equals(to)) {
                    ways.put(from + " to " + to, flows.next());
                }
            }
        }
        return ways;
    }
}
