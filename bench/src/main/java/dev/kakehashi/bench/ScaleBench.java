package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The next ADD on a host that is full already, beside the first one on an empty host. */
final class ScaleBench {
    private static final double MILLI = 1e6;
    private static final int ROUNDS = 40;
    private static final int PEER_ROUNDS = 5;
    private static final int CONTAINERS = 50;
    private static final int EACH = 100;
    private static final int FIRST_PORT = 20_000;
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

    List<Result> run(Effort effort) throws IOException {
        List<Result> results = new ArrayList<>();
        results.add(ports(effort.rounds(ROUNDS)));
        results.addAll(addresses(effort));
        return results;
    }

    /** As many containers as publish all the ports are there; one more comes and goes. */
    private Result ports(int rounds) throws IOException {
        try (Container container = Container.make("ports");
                Container full = Container.make("full")) {
            publish(container, rounds); // warm
            Sample empty = publish(container, rounds);
            for (int i = 0; i < CONTAINERS; i++) {
                run(portmap("ADD", full.named("full-" + i), 1 + i * EACH, EACH));
            }
            Sample filled = publish(container, rounds);
            for (int i = 0; i < CONTAINERS; i++) {
                run(portmap("DEL", full.named("full-" + i), 1 + i * EACH, EACH));
            }
            return new Result(
                    "portmap, %d ports published: ADD (peer: none)".formatted(CONTAINERS * EACH),
                    "ms",
                    filled,
                    empty,
                    new Target.Faster(FLAT));
        }
    }

    private Sample publish(Container container, int rounds) throws IOException {
        Sample sample = new Sample();
        for (int i = 0; i < rounds; i++) {
            sample.add(run(portmap("ADD", container, 0, 1)));
            run(portmap("DEL", container, 0, 1));
        }
        return sample;
    }

    private Job portmap(String command, Container container, int firstPort, int count)
            throws IOException {
        StringBuilder ports = new StringBuilder();
        for (int port = firstPort; port < firstPort + count; port++) {
            ports.append(ports.isEmpty() ? "" : ", ")
                    .append("{\"hostPort\": ")
                    .append(FIRST_PORT + port)
                    .append(", \"containerPort\": ")
                    .append(1 + port)
                    .append(", \"protocol\": \"tcp\"}");
        }
        String configuration =
                """
                {%s, "backend": "nftables", "runtimeConfig": {"portMappings": [%s]},
                 "prevResult": {"cniVersion": "1.0.0",
                   "interfaces": [{"name": "eth0", "sandbox": "%s"}],
                   "ips": [{"address": "10.95.%d.2/16", "interface": 0}]}}
                """
                        .formatted(
                                ours.head("portmap"),
                                ports,
                                container.netns(),
                                (firstPort + EACH - 1) / EACH);
        return ours.job(work, command, container, "portmap", configuration);
    }

    private List<Result> addresses(Effort effort) throws IOException {
        Sample empty = new Sample();
        Sample ourNext = new Sample();
        Sample peerNext = new Sample();
        try (Container container = Container.make("address")) {
            next(ours, container, effort.rounds(ROUNDS), new Sample()); // warm
            next(ours, container, effort.rounds(ROUNDS), empty);
            fill(ours);
            fill(peer);
            next(ours, container, 1, new Sample()); // the resident agent reads the folder once
            next(ours, container, effort.rounds(ROUNDS), ourNext);
            next(peer, container, effort.rounds(PEER_ROUNDS), peerNext);
        }
        String what = "host-local, " + ADDRESSES + " addresses taken: ADD";
        return List.of(
                new Result(what + " (peer: none)", "ms", ourNext, empty, new Target.Faster(FLAT)),
                new Result(what, "ms", ourNext, peerNext, new Target.Faster(1)));
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
