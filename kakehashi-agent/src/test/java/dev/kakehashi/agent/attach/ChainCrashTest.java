package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.Seeds;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The agent is killed at any change that any plugin makes, alone and in a chain; what comes next
 * (its front binary's second attempt, DEL by the runtime, GC by the runtime) leaves host, container
 * and files as they were.
 */
@KernelTest
class ChainCrashTest {
    /** How many networks, and interruptions of each, a run without the soak tests has. */
    private static final int SAMPLED_NETWORKS = Integer.getInteger("test.crash.networks", 4);

    private static final int SAMPLED_POINTS = Integer.getInteger("test.crash.points", 2);

    /**
     * How often a point is tried to be come by when it is every one: threads share the work of an
     * agent otherwise each time, and the tracer counts the calls of each.
     */
    private static final int ATTEMPTS = Integer.getInteger("test.crash.attempts", 8);

    /** At which of the points to interrupt when it is every one: every first, every second … */
    private static final int STRIDE = Integer.getInteger("test.crash.stride", 1);

    /** What may come after an interruption, see {@link #interrupt}. */
    private static final int WAYS = 3;

    private static final String ONLY = System.getProperty("test.crash.only", "");

    @TempDir Path directory;

    @BeforeEach
    void needTheTracer() {
        CrashPoint.assumeTracer();
    }

    static Stream<CrashedNetwork> networks() {
        List<CrashedNetwork> all = new ArrayList<>(CrashedNetwork.single());
        all.add(CrashedNetwork.chain("nftables"));
        all.add(CrashedNetwork.chain("iptables"));
        return all.stream().filter(network -> network.name().contains(ONLY));
    }

    @Test
    void aFewOfThem(TestNamespaces namespaces) throws Exception {
        RandomGenerator random = Seeds.random();
        int killed = 0;
        List<CrashedNetwork> all = new ArrayList<>(networks().toList());
        for (int i = 0; i < SAMPLED_NETWORKS; i++) {
            CrashedNetwork network = all.remove(random.nextInt(all.size()));
            String victim = network.victims().get(random.nextInt(network.victims().size()));
            String command = random.nextBoolean() ? "ADD" : "DEL";
            Path own = Files.createDirectory(directory.resolve("" + i));
            try (CrashBed bed = CrashBed.make(network, namespaces, own)) {
                bed.prepare();
                List<CrashPoint> points = bed.points(victim, command);
                int offset = random.nextInt(points.size());
                killed +=
                        interrupt(
                                bed,
                                network,
                                victim,
                                command,
                                CrashPoint.sample(points, SAMPLED_POINTS, offset),
                                random.nextInt(WAYS),
                                1,
                                namespaces);
            }
        }
        assertThat(killed).as("agents that were killed").isPositive();
    }

    /**
     * The reference's bridge does its part by itself, with addresses by our host-local. It knows no
     * GC, so that only DEL comes next.
     */
    @Tag("peers")
    @ParameterizedTest
    @ValueSource(strings = {"nftables", "iptables"})
    void behindTheReferencesBridge(String backend, TestNamespaces namespaces) throws Exception {
        Path bridge = Path.of(System.getProperty("kakehashi.peers", ""), "reference/bridge");
        assumeThat(bridge).as("the reference's bridge, below -Dkakehashi.peers").isExecutable();
        RandomGenerator random = Seeds.random();
        CrashedNetwork network = CrashedNetwork.chain(backend).behindForeignBridge();
        int killed = 0;
        try (CrashBed bed = CrashBed.make(network, namespaces, directory)) {
            bed.agents().installation().replace("bridge", bridge);
            bed.prepare();
            List<String> victims = new ArrayList<>(network.victims());
            while (victims.size() > SAMPLED_POINTS) {
                victims.remove(random.nextInt(victims.size()));
            }
            for (String victim : victims) {
                String command = random.nextBoolean() ? "ADD" : "DEL";
                List<CrashPoint> points = bed.points(victim, command);
                List<CrashPoint> one = CrashPoint.sample(points, 1, random.nextInt(points.size()));
                int way = random.nextInt(2);
                killed += interrupt(bed, network, victim, command, one, way, ATTEMPTS, namespaces);
            }
        }
        assertThat(killed).as("agents that were killed").isEqualTo(SAMPLED_POINTS);
    }

    @Tag("soak")
    @ParameterizedTest
    @MethodSource("networks")
    void everyOne(CrashedNetwork network, TestNamespaces namespaces) throws Exception {
        try (CrashBed bed = CrashBed.make(network, namespaces, directory)) {
            bed.prepare();
            for (String victim : network.victims()) {
                for (String command : List.of("ADD", "DEL")) {
                    List<CrashPoint> points = bed.points(victim, command);
                    List<CrashPoint> every = CrashPoint.sample(points, points.size() / STRIDE, 0);
                    int killed =
                            interrupt(
                                    bed, network, victim, command, every, 0, ATTEMPTS, namespaces);
                    assertThat(killed).as("of %s", every).isEqualTo(every.size());
                }
            }
        }
    }

    /**
     * How often the agent was killed: a point is not always come by again.
     *
     * @param attempts at each point
     */
    private static int interrupt(
            CrashBed bed,
            CrashedNetwork network,
            String victim,
            String command,
            List<CrashPoint> points,
            int first,
            int attempts,
            TestNamespaces namespaces)
            throws Exception {
        int killed = 0;
        List<CrashPoint> missed = new ArrayList<>();
        int way = first;
        for (CrashPoint point : points) {
            try {
                boolean hit = false;
                for (int i = 0; !hit && i < attempts; i++) {
                    hit = interrupt(bed, victim, command, point, way % WAYS, namespaces);
                }
                if (hit) {
                    killed++;
                } else {
                    missed.add(point);
                }
                way++;
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        network
                                + ": killed in "
                                + command
                                + " of "
                                + victim
                                + " before "
                                + point
                                + ", way "
                                + way % WAYS
                                + ": "
                                + e.getMessage()
                                + "\n"
                                + bed.agents().log(),
                        e);
            }
        }
        System.out.println(
                network
                        + ", "
                        + command
                        + " of "
                        + victim
                        + ": killed at "
                        + killed
                        + " of "
                        + points.size()
                        + " changes, not at "
                        + missed);
        return killed;
    }

    private static boolean interrupt(
            CrashBed bed,
            String victim,
            String command,
            CrashPoint point,
            int way,
            TestNamespaces namespaces)
            throws Exception {
        boolean adds = command.equals("ADD");
        return switch (way) {
            case 0 -> adds ? bed.addGoesOn(victim, point) : bed.delGoesOn(victim, point);
            case 1 -> adds ? bed.addIsDeleted(victim, point) : bed.delIsRepeated(victim, point);
            default ->
                    adds
                            ? bed.addIsCollected(victim, point, namespaces)
                            : bed.delIsCollected(victim, point, namespaces);
        };
    }
}
