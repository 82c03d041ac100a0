package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The next ADD on a host that is full already, beside the first one on an empty host. */
final class ScaleBench {
    private static final double MILLI = 1e6;
    private static final int ROUNDS = 40;
    private static final int PORTS = 5_000;
    private static final int ADDRESSES = 60_000;

    /** Ours may take 1.2 times as long: the ratio of empty to full. */
    private static final double FLAT = 1 / 1.2;

    private final Spawner spawner;
    private final Path work;
    private final Subject ours;
    private final Subject peer;

    ScaleBench(Spawner spawner, Path work, Subject ours, Subject peer) {
        this.spawner = spawner;
        this.work = work;
        this.ours = ours;
        this.peer = peer;
    }

    List<Result> run() throws IOException {
        return List.of(ports(), addresses());
    }

    private Result ports() throws IOException {
        try (Container container = Container.make("ports");
                Container full = Container.make("full")) {
            Sample _ = publish(container, 1); // warm
            Sample empty = publish(container, 1);
            run(portmap("ADD", full, 2, PORTS));
            Sample filled = publish(container, 1);
            run(portmap("DEL", full, 2, PORTS));
            return new Result(
                    "portmap with " + PORTS + " ports published: ADD (peer: with none)",
                    "ms",
                    filled,
                    empty,
                    new Target.Faster(FLAT));
        }
    }

    private Sample publish(Container container, int firstPort) throws IOException {
        Sample sample = new Sample();
        for (int i = 0; i < ROUNDS; i++) {
            sample.add(run(portmap("ADD", container, firstPort, 1)));
            run(portmap("DEL", container, firstPort, 1));
        }
        return sample;
    }

    private Job portmap(String command, Container container, int firstPort, int count)
            throws IOException {
        StringBuilder ports = new StringBuilder();
        for (int port = firstPort; port < firstPort + count; port++) {
            ports.append(ports.isEmpty() ? "" : ", ")
                    .append("{\"hostPort\": ")
                    .append(20_000 + port)
                    .append(", \"containerPort\": ")
                    .append(port)
                    .append(", \"protocol\": \"tcp\"}");
        }
        String configuration =
                """
                {%s, "backend": "nftables", "runtimeConfig": {"portMappings": [%s]},
                 "prevResult": {"cniVersion": "1.0.0",
                   "interfaces": [{"name": "eth0", "sandbox": "%s"}],
                   "ips": [{"address": "10.95.0.%d/16", "interface": 0}]}}
                """
                        .formatted(ours.head("portmap"), ports, container.netns(), 2 + firstPort);
        return ours.job(work, command, container, "portmap", configuration);
    }

    private Result addresses() throws IOException {
        fill(ours);
        fill(peer);
        Sample ourNext = new Sample();
        Sample peerNext = new Sample();
        try (Container container = Container.make("address")) {
            next(ours, container, ROUNDS, new Sample()); // the resident agent has read the folder
            next(peer, container, 5, peerNext);
            next(ours, container, ROUNDS, ourNext);
        }
        return new Result(
                "host-local with " + ADDRESSES + " addresses taken: ADD",
                "ms",
                ourNext,
                peerNext,
                new Target.Faster(1));
    }

    private void next(Subject subject, Container container, int rounds, Sample sample)
            throws IOException {
        String configuration =
                "{%s, \"ipam\": {\"type\": \"host-local\", \"ranges\": [[{\"subnet\": \"%s\"}]]}}"
                        .formatted(subject.head("host-local"), subject.subnet());
        for (int i = 0; i < rounds; i++) {
            sample.add(run(subject.job(work, "ADD", container, "host-local", configuration)));
            run(subject.job(work, "DEL", container, "host-local", configuration));
        }
    }

    /** Files as the plugins write them. */
    private static void fill(Subject subject) throws IOException {
        Path folder = Path.of("/var/lib/cni/networks", subject.network());
        Files.createDirectories(folder);
        String prefix = subject.subnet().replaceFirst("0\\.0/16$", "");
        for (int i = 0; i < ADDRESSES; i++) {
            int number = i + 2;
            String address = prefix + number / 256 + "." + number % 256;
            Files.writeString(folder.resolve(address), "taken-" + i + "\r\neth0");
        }
        int last = ADDRESSES + 1;
        Files.writeString(
                folder.resolve("last_reserved_ip.0"), prefix + last / 256 + "." + last % 256);
    }

    private double run(Job job) throws IOException {
        return spawner.run(List.of(job)).total() / MILLI;
    }
}
