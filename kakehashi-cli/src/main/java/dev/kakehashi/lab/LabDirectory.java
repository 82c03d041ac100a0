package dev.kakehashi.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a lab keeps what must outlive the command that made it. Names are fixed by the lab's own
 * name, so that {@code lab down} finds everything even when {@code lab up} was killed half-way.
 *
 * <pre>
 * /run/kakehashi-lab/NAME/spec.json          what was asked for
 *                        /store/             the cluster's directory store
 *                        /made               folders that were made on the machine, a line each
 *                        /nodes/NODE/mnt     the node's mount namespace, pinned
 *                        /nodes/NODE/agent.log
 *                        /nodes/NODE/...     what the node sees as /run/kakehashi and so on
 *                        /pods/POD.json      the pod's node and the result of its ADD
 * </pre>
 */
record LabDirectory(String lab) {
    static final Path ROOT = Path.of("/run/kakehashi-lab");
    private static final Path NETNS = Path.of("/run/netns");

    static final List<Path> HIDDEN =
            List.of(
                    Path.of("/run/netns"),
                    Path.of("/run/kakehashi"),
                    Path.of("/etc/cni/net.d"),
                    Path.of("/var/lib/cni"),
                    Path.of("/var/lib/kakehashi"));

    /** The names of all labs that have a folder. */
    static List<String> all() throws IOException {
        if (!Files.isDirectory(ROOT)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(ROOT)) {
            return entries.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    Path path() {
        return ROOT.resolve(lab);
    }

    boolean exists() {
        return Files.isDirectory(path());
    }

    Path spec() {
        return path().resolve("spec.json");
    }

    Path store() {
        return path().resolve("store");
    }

    Path made() {
        return path().resolve("made");
    }

    Path node(String node) {
        return path().resolve("nodes").resolve(node);
    }

    Path mountNamespace(String node) {
        return node(node).resolve("mnt");
    }

    Path agentLog(String node) {
        return node(node).resolve("agent.log");
    }

    Path pods() {
        return path().resolve("pods");
    }

    Path pod(String pod) {
        return pods().resolve(pod + ".json");
    }

    /** What the node sees in place of a folder of the machine. */
    Path inPlaceOf(String node, Path hidden) {
        return node(node).resolve(hidden.toString().substring(1).replace('/', '-'));
    }

    /** The pin of a namespace of the lab on the machine. */
    static Path netns(String name) {
        return NETNS.resolve(name);
    }
}
