package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;
import dev.kakehashi.testing.PodTraffic;
import dev.kakehashi.testing.TcpFlow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Three nodes whose pods send packets to each other and hold connections, first without a change of
 * the carrier and as long with changes from {@code vxlan} to {@code host-gw}, {@code bgp} and back.
 */
final class MigrateBench {
    private static final List<String> CARRIERS = List.of("host-gw", "bgp", "vxlan");
    private static final int NODES = 3;
    private static final int PACKETS = 10_000;
    private static final int ROUNDS = 3;

    /** Of the ends of flows, one after the other. */
    private static final int SETTLE_MILLIS = 1000;

    private final Path work;
    private final Path home;
    private final Path bird;

    MigrateBench(Path work, Path home, Path bird) {
        this.work = work;
        this.home = home;
        this.bird = bird;
    }

    /** What was lost of both runs of a round, by what happened to it. */
    private record Loss(int sent, int underWay, int atTheReceiver, int broken) {}

    List<Result> run(Effort effort) throws IOException {
        Sample lost = new Sample();
        Sample lostControl = new Sample();
        Sample broken = new Sample();
        Sample brokenControl = new Sample();
        for (int round = 0; round < effort.rounds(ROUNDS); round++) {
            try (NodeBed bed = new NodeBed(work.resolve("migrate-" + round), home, bird)) {
                bed.network("vxlan");
                bed.start(NODES);
                settle(bed, "vxlan");
                long start = System.nanoTime();
                Loss changed = under(bed, () -> changeCarriers(bed));
                int millis = (int) ((System.nanoTime() - start) / 1_000_000);
                Loss control = under(bed, () -> Processes.pause(millis));
                tell("with changes", changed, millis);
                tell("without", control, millis);
                lost.add(changed.underWay());
                lostControl.add(control.underWay());
                broken.add(changed.broken());
                brokenControl.add(control.broken());
            }
        }
        return List.of(
                new Result(
                        "changes of carrier: packets lost",
                        "",
                        lost,
                        lostControl,
                        new Target.NoMoreThanPeer()),
                new Result(
                        "changes of carrier: connections broken",
                        "",
                        broken,
                        brokenControl,
                        new Target.NoMoreThanPeer()));
    }

    private static void tell(String run, Loss loss, int millis) {
        System.err.printf(
                Locale.ROOT,
                "%s: %d packets in %d s, %d lost under way, %d at full receivers, %d connections broken%n",
                run,
                loss.sent(),
                millis / 1000,
                loss.underWay(),
                loss.atTheReceiver(),
                loss.broken());
    }

    /** What happens under traffic. */
    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    private static Loss under(NodeBed bed, Work work) throws IOException {
        int full = atFullReceivers(bed);
        PodTraffic traffic = PodTraffic.start(bed.pods(), PACKETS);
        PodTraffic.Result result;
        try {
            Processes.pause(SETTLE_MILLIS);
            work.run();
            Processes.pause(SETTLE_MILLIS);
        } finally {
            result = Processes.end(traffic);
        }
        full = atFullReceivers(bed) - full;
        int silent =
                (int)
                        result.connections().stream()
                                .mapToInt(TcpFlow.Result::answered)
                                .filter(n -> n == 0)
                                .count();
        return new Loss(result.sent(), result.lost() - full, full, result.broken().size() + silent);
    }

    private static void changeCarriers(NodeBed bed) throws IOException {
        for (String carrier : CARRIERS) {
            bed.network(carrier);
            settle(bed, carrier);
        }
    }

    private static void settle(NodeBed bed, String carrier) throws IOException {
        String settled = "{\"receives\":[\"%1$s\"],\"sends\":\"%1$s\"}".formatted(carrier);
        for (int i = 1; i <= NODES; i++) {
            int node = i;
            NodeBed.await(
                    "node-" + i + " settled with " + carrier,
                    () ->
                            bed.record(node).contains(settled)
                                    && bed.record(node).contains("reason: Settled"));
        }
    }

    /**
     * Packets that reached a pod and found its program's buffer full, which is the measurement's
     * own fault: RcvbufErrors of /proc/net/snmp.
     */
    private static int atFullReceivers(NodeBed bed) throws IOException {
        int sum = 0;
        for (PodTraffic.Pod pod : bed.pods()) {
            // /proc/net is that of the main thread.
            List<String> lines =
                    pod.netns()
                            .<List<String>, IOException>call(() ->
                                    Files.readAllLines(Path.of("/proc/thread-self/net/snmp")));
            List<String[]> udp =
                    lines.stream()
                            .filter(line -> line.startsWith("Udp:"))
                            .map(line -> line.split(" ", -1))
                            .toList();
            int column = List.of(udp.getFirst()).indexOf("RcvbufErrors");
            sum += Integer.parseInt(udp.getLast()[column]);
        }
        return sum;
    }
}
