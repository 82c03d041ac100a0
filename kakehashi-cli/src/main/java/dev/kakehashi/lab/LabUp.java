package dev.kakehashi.lab;

import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Brings a lab up, from nothing to pods with addresses. */
final class LabUp {
    private final LabTopology topology;
    private final LabFiles files;
    private final LabAgents agents;
    private final LabPods pods;
    private final Progress progress;

    LabUp(LabTopology topology, Installation installation, Progress progress) {
        this.topology = topology;
        this.files = new LabFiles(new LabDirectory(topology.spec().name()));
        this.agents = new LabAgents(files.directory(), installation);
        this.pods = new LabPods(files, installation);
        this.progress = progress;
    }

    void run() throws IOException {
        List<LabNode> nodes = topology.nodes();
        try (NodeSandboxes sandboxes = new NodeSandboxes(files.directory())) {
            progress.step("wiring " + nodes.size() + " nodes and the outside host");
            new LabFolders(files.directory()).make(nodes);
            files.writeSpec(topology.spec());
            for (String name : topology.namespaces()) {
                try (Netns netns = Netns.create()) {
                    netns.pin(LabDirectory.netns(name));
                }
            }
            new LabWires(topology).connect();
            new LabStore(files.directory()).writeNetwork(topology.spec());
            start(nodes, sandboxes);
        }
    }

    /** All nodes at once, each from its agent to its last pod. */
    private void start(List<LabNode> nodes, NodeSandboxes sandboxes) throws IOException {
        int perNode = topology.spec().podsPerNode();
        Tally ready = new Tally(progress, nodes.size(), "agents are ready");
        Tally attached = new Tally(progress, nodes.size() * perNode, "pods have addresses");
        List<Callable<Boolean>> work = new ArrayList<>();
        int number = 1;
        for (LabNode node : nodes) {
            NodeSandbox sandbox = sandboxes.create(node);
            int first = number;
            number += perNode;
            work.add(() -> {
                agents.awaitReady(node, agents.start(node, sandbox));
                ready.one();
                for (int i = first; i < first + perNode; i++) {
                    pods.add(new LabPod("pod" + i, node.name(), ""), sandbox);
                    attached.one();
                }
                return true;
            });
        }
        progress.step("starting " + nodes.size() + " agents");
        runAll(work);
    }

    /** Each on a thread of its own; the first failure of any. */
    static void runAll(List<Callable<Boolean>> work) throws IOException {
        // Each waits for other processes most of the time.
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofPlatform().name("lab-up-", 0).factory())) {
            for (Future<Boolean> done : threads.invokeAll(work)) {
                done.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
