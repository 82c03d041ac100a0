package dev.kakehashi.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The plugins {@code bridge}, {@code portmap}, {@code firewall}, {@code bandwidth} and {@code
 * tuning}, one after the other. Of several containers each plugin runs for all at once, then the
 * next one.
 */
final class Chain {
    private static final double MILLI = 1e6;
    private static final int FIRST_PORT = 20_000;

    private final Spawner spawner;
    private final Path work;
    private final Subject subject;
    private final String backend;
    private final Map<Container, String> results = new HashMap<>();

    /**
     * A chain of one subject.
     *
     * @param backend of the rules; empty for the plugins' own choice
     */
    Chain(Spawner spawner, Path work, Subject subject, String backend) {
        this.spawner = spawner;
        this.work = work;
        this.subject = subject;
        this.backend = backend;
    }

    /** A plugin and its own keys. */
    private record Member(String plugin, String keys) {}

    private List<Member> members(int number) {
        String choice = backend.isEmpty() ? "" : ", \"backend\": \"" + backend + "\"";
        String ports =
                """
                , "runtimeConfig": {"portMappings": [
                    {"hostPort": %d, "containerPort": 80, "protocol": "tcp"}]}
                """
                        .formatted(FIRST_PORT + number);
        return List.of(
                new Member("bridge", subject.bridge()),
                new Member("portmap", subject.head("portmap") + choice + ports),
                new Member("firewall", subject.head("firewall") + choice),
                new Member(
                        "bandwidth",
                        subject.head("bandwidth")
                                + ", \"ingressRate\": 100000000, \"ingressBurst\": 100000000"
                                + ", \"egressRate\": 100000000, \"egressBurst\": 100000000"),
                new Member(
                        "tuning",
                        subject.head("tuning")
                                + ", \"sysctl\": {\"net.ipv4.conf.IFNAME.arp_filter\": \"1\"}"));
    }

    /** Milliseconds of ADD of all containers. */
    double add(List<Container> containers) throws IOException {
        long nanos = 0;
        for (int i = 0; i < members(0).size(); i++) {
            List<Job> jobs = jobs("ADD", i, containers);
            nanos += spawner.run(jobs).total();
            for (int c = 0; c < containers.size(); c++) {
                results.put(containers.get(c), jobs.get(c).output());
            }
        }
        return nanos / MILLI;
    }

    /** Milliseconds of DEL of all containers, in the other order. */
    double del(List<Container> containers) throws IOException {
        long nanos = 0;
        for (int i = members(0).size() - 1; i >= 0; i--) {
            nanos += spawner.run(jobs("DEL", i, containers)).total();
        }
        return nanos / MILLI;
    }

    private List<Job> jobs(String command, int member, List<Container> containers)
            throws IOException {
        List<Job> jobs = new ArrayList<>();
        for (int c = 0; c < containers.size(); c++) {
            Container container = containers.get(c);
            Member of = members(c).get(member);
            String previous =
                    results.containsKey(container)
                            ? ", \"prevResult\": " + results.get(container)
                            : "";
            jobs.add(
                    subject.job(
                            work,
                            command,
                            container,
                            of.plugin(),
                            "{" + of.keys() + previous + "}"));
        }
        return jobs;
    }
}
