package dev.kakehashi.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;

/**
 * Kills the agents of a node at random moments, also while they start, and starts the node's own
 * again; in two of three cases not before another pod has come, else next to none would. On one
 * thread.
 */
final class AgentKiller implements Callable<Boolean> {
    private static final int LONGEST_LIFE_MILLIS = 1500;
    private static final int LONGEST_ABSENCE_MILLIS = 400;

    /** None may come: addresses rest, or all have died. */
    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LabBed bed;
    private final LabNode node;
    private final NodeSandbox sandbox;
    private final Kills kills;
    private final RandomGenerator random;
    private final IntSupplier pods;
    private ProcessHandle agent;

    /**
     * A killer.
     *
     * @param pods how many have come on the node so far
     */
    AgentKiller(
            LabBed bed,
            LabNode node,
            NodeSandbox sandbox,
            Kills kills,
            RandomGenerator random,
            IntSupplier pods)
            throws IOException {
        this.bed = bed;
        this.node = node;
        this.sandbox = sandbox;
        this.kills = kills;
        this.random = random;
        this.pods = pods;
        this.agent = bed.agent(node.name());
    }

    @Override
    public Boolean call() throws Exception {
        while (kills.left() > 0) {
            awaitPod();
            TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_LIFE_MILLIS));
            if (!agent.isAlive()) {
                throw new IOException(
                        "the agent of "
                                + node.name()
                                + " ended by itself:\n"
                                + LabProcesses.tail(bed.directory().agentLog(node.name()), 20));
            }
            if (kills.kill(Kills.Victim.AGENT, agent)) {
                agent.onExit().get();
                TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_ABSENCE_MILLIS));
                killOthers();
                agent =
                        new LabAgents(bed.directory(), LabBed.installation())
                                .start(node, sandbox)
                                .toHandle();
            }
        }
        return true;
    }

    private void awaitPod() throws InterruptedException {
        int before = pods.getAsInt();
        long begun = System.nanoTime();
        boolean waits = random.nextInt(3) > 0;
        while (waits
                && kills.left() > 0
                && pods.getAsInt() == before
                && System.nanoTime() - begun < LONGEST_WAIT_NANOS) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    /** The agents that front binaries have started, in one of three cases. */
    private void killOthers() throws IOException {
        if (random.nextInt(3) == 0) {
            for (ProcessHandle process : onDemand()) {
                kills.kill(Kills.Victim.AGENT_ON_DEMAND, process);
            }
        }
    }

    private List<ProcessHandle> onDemand() throws IOException {
        String here = LabDirectory.netns(node.netns()).toString();
        Object inode = Files.getAttribute(Path.of(here), "unix:ino");
        return LabProcesses.of(bed.directory().lab()).stream()
                .filter(process -> isOnDemand(process, inode))
                .toList();
    }

    private static boolean isOnDemand(ProcessHandle process, Object netns) {
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        try {
            String words = Files.readString(proc.resolve("cmdline"), StandardCharsets.ISO_8859_1);
            return words.contains("\0--on-demand\0")
                    && Files.getAttribute(proc.resolve("ns/net"), "unix:ino").equals(netns);
        } catch (IOException e) {
            return false; // it ended while we looked
        }
    }
}
