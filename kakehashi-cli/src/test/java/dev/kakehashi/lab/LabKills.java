package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pods come and go on all nodes of a lab with pools while its processes are killed by SIGKILL at
 * random moments; then everybody rests, and store, disks and kernels say the same.
 */
final class LabKills {
    /** Side by side on each node. */
    private static final int CHURNS = 2;

    private static final Duration AT_REST = Duration.ofSeconds(90);

    private final LabBed bed;
    private final Lab lab;
    private final List<LabNode> nodes;
    private final Kills kills;
    private final Map<String, Integer> outcomes = new TreeMap<>();

    LabKills(LabBed bed, Lab lab, List<LabNode> nodes, int wanted) {
        this.bed = bed;
        this.lab = lab;
        this.nodes = nodes;
        this.kills = new Kills(wanted);
    }

    /** Kills as many as are wanted, and looks at what is left. */
    void run(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        ConcurrentMap<String, String> inUse = new ConcurrentHashMap<>();
        for (LabPod pod : new LabFiles(bed.directory()).pods()) {
            inUse.put(pod.address(), pod.name());
        }
        List<NodeSandbox> sandboxes = new ArrayList<>();
        List<PodChurn> churns = new ArrayList<>();
        List<Callable<Boolean>> work = new ArrayList<>();
        try {
            for (LabNode node : nodes) {
                AtomicInteger come = new AtomicInteger();
                for (int i = 1; i <= CHURNS; i++) {
                    churns.add(
                            new PodChurn(
                                    node.name() + "-" + i,
                                    node,
                                    sandbox(node, sandboxes),
                                    new LabFiles(bed.directory()),
                                    kills,
                                    random.split(),
                                    inUse,
                                    come));
                }
                work.add(
                        new AgentKiller(
                                bed,
                                node,
                                sandbox(node, sandboxes),
                                kills,
                                random.split(),
                                come::get));
            }
            work.addAll(churns);
            LabUp.runAll(work);
        } finally {
            sandboxes.forEach(NodeSandbox::close);
        }
        churns.forEach(
                churn -> churn.outcomes().forEach((k, n) -> outcomes.merge(k, n, Integer::sum)));
        assertThat(kills.left()).isZero();
        assertAtRest();
    }

    private NodeSandbox sandbox(LabNode node, List<NodeSandbox> all) throws IOException {
        NodeSandbox sandbox =
                NodeSandbox.open(
                        node.name(),
                        LabDirectory.netns(node.netns()),
                        bed.directory().mountNamespace(node.name()));
        all.add(sandbox);
        return sandbox;
    }

    private void assertAtRest() throws Exception {
        PoolsAtRest rest = new PoolsAtRest(bed.directory(), nodes);
        try {
            LabBed.await(
                    "rest",
                    AT_REST,
                    () ->
                            rest.findings().isEmpty()
                                    && rest.strayLinks().isEmpty()
                                    && rest.published().equals(rest.living()));
        } catch (AssertionError e) {
            // What differs is said below.
        }
        for (LabNode node : nodes) {
            assertThat(LabProcesses.find(bed.directory().lab(), node.name()))
                    .as(
                            "the agent of %s: %s",
                            node.name(), String.join("\n", bed.log(node.name(), 0)))
                    .isPresent();
        }
        assertThat(rest.living()).hasSizeGreaterThan(nodes.size() * CHURNS);
        assertThat(rest.inKernel()).as("in the kernels").isEqualTo(rest.living());
        assertThat(rest.given()).as("on the disks").isEqualTo(rest.living());
        assertThat(rest.published()).as("in the store").isEqualTo(rest.living());
        assertThat(rest.strayLinks()).isEmpty();
        assertThat(rest.findings()).isEmpty();
        rest.assertNothingTwice();
        assertThat(lab.reach(Progress.SILENT).failures()).isEmpty();
    }

    /** Who was killed, and what became of the calls. */
    @Override
    public String toString() {
        return "killed " + kills + ", calls " + outcomes;
    }
}
