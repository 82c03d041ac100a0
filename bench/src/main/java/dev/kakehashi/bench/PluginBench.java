package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * ADD and DEL of bridge with host-local as whole processes: one at a time, ours and the peer's in
 * turn, then many at once. A third subject, a C program that makes only the kernel's objects, says
 * how much of it is the kernel and the start of a process, which no plugin can save.
 */
final class PluginBench {
    private static final double MILLI = 1e6;

    /** What is measured is an agent that has been running for a while. */
    private static final int WARM_UP = 200;

    private static final int ROUNDS = 100;
    private static final int BURSTS = 7;

    private final Spawner spawner;
    private final Path work;
    private final Subject ours;
    private final Subject peer;
    private final Subject least;

    PluginBench(Spawner spawner, Path work, Subject ours, Subject peer, Subject least) {
        this.spawner = spawner;
        this.work = work;
        this.ours = ours;
        this.peer = peer;
        this.least = least;
    }

    List<Result> run(Effort effort) throws IOException {
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < effort.rounds(WARM_UP); i++) {
            round(ours, "warm" + i, new Sample(), new Sample());
        }
        results.addAll(oneAtATime(effort.rounds(ROUNDS)));
        results.addAll(addAtOnce(100, effort.rounds(BURSTS)));
        results.addAll(delAtOnce(50, effort.rounds(BURSTS)));
        return results;
    }

    private List<Result> oneAtATime(int rounds) throws IOException {
        Sample ourAdd = new Sample();
        Sample ourDel = new Sample();
        Sample peerAdd = new Sample();
        Sample peerDel = new Sample();
        Sample leastAdd = new Sample();
        Sample leastDel = new Sample();
        for (int i = 0; i < rounds; i++) {
            round(peer, "one" + i, peerAdd, peerDel);
            round(ours, "one" + i, ourAdd, ourDel);
            round(peer, "two" + i, new Sample(), new Sample());
            round(least, "one" + i, leastAdd, leastDel);
        }
        return List.of(
                new Result("ADD, one at a time", "ms", ourAdd, peerAdd, new Target.Faster(8)),
                Least.beside("ADD, one at a time", leastAdd, peerAdd, 8),
                new Result("DEL, one at a time", "ms", ourDel, peerDel, new Target.Faster(1)),
                Least.beside("DEL, one at a time", leastDel, peerDel, 1));
    }

    private void round(Subject subject, String id, Sample add, Sample del) throws IOException {
        try (Container container = Container.make(subject.name() + "-" + id)) {
            add.add(total(subject, "ADD", List.of(container)));
            del.add(total(subject, "DEL", List.of(container)));
        }
    }

    private List<Result> addAtOnce(int count, int bursts) throws IOException {
        Sample ourTotal = new Sample();
        Sample peerTotal = new Sample();
        Sample leastTotal = new Sample();
        for (int repeat = 0; repeat < bursts; repeat++) {
            burst(peer, count, repeat, peerTotal, new Sample());
            burst(ours, count, repeat, ourTotal, new Sample());
            burst(least, count, repeat, leastTotal, new Sample());
        }
        String what = count + " ADD at once, total";
        return List.of(
                new Result(what, "ms", ourTotal, peerTotal, new Target.Faster(5)),
                Least.beside(what, leastTotal, peerTotal, 5));
    }

    private List<Result> delAtOnce(int count, int bursts) throws IOException {
        Sample ourTotal = new Sample();
        Sample peerTotal = new Sample();
        Sample leastTotal = new Sample();
        Sample leavingTotal = new Sample();
        for (int repeat = 0; repeat < bursts; repeat++) {
            burst(peer, count, repeat, new Sample(), peerTotal);
            burst(ours, count, repeat, new Sample(), ourTotal);
            burst(least, count, repeat, new Sample(), leastTotal);
            burst(Least.leaving(least), count, repeat, new Sample(), leavingTotal);
        }
        String what = count + " DEL at once, total";
        return List.of(
                new Result(what, "ms", ourTotal, peerTotal, new Target.Faster(10)),
                Least.beside(what, leastTotal, peerTotal, 10),
                Least.beside(
                        what, "only off the bridge and the name", leavingTotal, peerTotal, 10));
    }

    private void burst(Subject subject, int count, int repeat, Sample add, Sample del)
            throws IOException {
        List<Container> containers = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                containers.add(
                        Container.make(subject.name() + "-b" + count + "-" + repeat + "-" + i));
            }
            add.add(total(subject, "ADD", containers));
            del.add(total(subject, "DEL", containers));
        } finally {
            for (Container container : containers) {
                container.close();
            }
        }
    }

    private double total(Subject subject, String command, List<Container> containers)
            throws IOException {
        List<Job> jobs = new ArrayList<>();
        for (Container container : containers) {
            jobs.add(subject.job(work, command, container));
        }
        return spawner.run(jobs).total() / MILLI;
    }
}
