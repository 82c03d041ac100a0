package dev.kakehashi.lab;

import dev.kakehashi.cni.CniException;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * Pods of a node that come and go, as a kubelet has it: an ADD that failed is followed by DEL, and
 * a DEL that failed by another, until it succeeds. When nobody is killed any more, one more pod
 * comes. On one thread.
 */
final class PodChurn implements Callable<Boolean> {
    private static final int MOST = 4;
    private static final Duration CALL = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String name;
    private final LabNode node;
    private final NodeSandbox sandbox;
    private final LabPods pods;
    private final Kills kills;
    private final RandomGenerator random;
    private final ConcurrentMap<String, String> inUse;
    private final AtomicInteger come;
    private final List<LabPod> living = new ArrayList<>();
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private int made;

    /**
     * @param name of the first part of its pods' names
     * @param inUse the addresses of all nodes' pods, and whose they are
     * @param come counts the pods that have come
     */
    PodChurn(
            String name,
            LabNode node,
            NodeSandbox sandbox,
            LabFiles files,
            Kills kills,
            RandomGenerator random,
            ConcurrentMap<String, String> inUse,
            AtomicInteger come) {
        this.name = name;
        this.node = node;
        this.sandbox = sandbox;
        this.kills = kills;
        this.random = random;
        this.inUse = inUse;
        this.come = come;
        this.pods =
                new LabPods(
                        files,
                        LabBed.installation(),
                        usual ->
                                usual.timeout(CALL)
                                        .exec(limit -> new KilledPlugins(kills, random, limit)));
    }

    @Override
    public Boolean call() throws Exception {
        while (kills.left() > 0) {
            if (living.isEmpty() || (living.size() < MOST && random.nextBoolean())) {
                add();
            } else {
                del(living.remove(random.nextInt(living.size())));
            }
        }
        long begun = System.nanoTime();
        while (!add()) {
            if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                throw new IOException("no ADD on " + node.name() + " succeeds any more");
            }
        }
        return true;
    }

    /** How often what happened. */
    Map<String, Integer> outcomes() {
        return outcomes;
    }

    private boolean add() throws IOException {
        made++;
        LabPod pod = new LabPod(name + "-" + made, node.name(), "");
        try {
            LabPod ready = pods.add(pod, sandbox);
            String other = inUse.putIfAbsent(ready.address(), ready.name());
            if (other != null) {
                throw new AssertionError(
                        ready.address() + " was given to " + ready.name() + " and to " + other);
            }
            living.add(ready);
            come.incrementAndGet();
            count("ADD");
            return true;
        } catch (IOException e) {
            count("ADD failed" + code(e));
            del(pod);
            return false;
        }
    }

    private void del(LabPod pod) throws IOException {
        // Before, for the address is free as soon as DEL has begun.
        inUse.remove(pod.address(), pod.name());
        long begun = System.nanoTime();
        while (true) {
            try {
                pods.del(pod, sandbox);
                count("DEL");
                return;
            } catch (IOException e) {
                count("DEL failed" + code(e));
                if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                    throw new IOException("no DEL of " + pod + " succeeds", e);
                }
                Pause.shortly();
            }
        }
    }

    /** The CNI error's, which tells who ended: 11 the agent, 999 the plugin. */
    private static String code(Throwable failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (e instanceof CniException cni) {
                return " with " + cni.code();
            }
        }
        return "";
    }

    private void count(String outcome) {
        outcomes.merge(outcome, 1, Integer::sum);
    }
}
