package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * ADD and DEL of a usual chain of plugins, each plugin a whole process with the result of the one
 * before it, as a runtime executes them: with nftables and with iptables behind the rules, beside
 * the reference plugins with their defaults.
 */
final class ChainBench {
    private static final int WARM_UP = 60;
    private static final int AT_ONCE = 50;
    private static final int ROUNDS = 40;
    private static final int BURSTS = 3;

    private final Spawner spawner;
    private final Path work;
    private final Subject ours;
    private final Subject peer;
    private final Subject least;

    ChainBench(Spawner spawner, Path work, Subject ours, Subject peer, Subject least) {
        this.spawner = spawner;
        this.work = work;
        this.ours = ours;
        this.peer = peer;
        this.least = least;
    }

    List<Result> run(Effort effort) throws IOException {
        List<Result> results = new ArrayList<>();
        results.addAll(oneAtATime(effort, "nftables", 20, 8));
        results.addAll(oneAtATime(effort, "iptables", 6, 6));
        results.addAll(atOnce(effort.rounds(BURSTS)));
        return results;
    }

    private List<Result> oneAtATime(Effort effort, String backend, double add, double del)
            throws IOException {
        Sample ourAdd = new Sample();
        Sample ourDel = new Sample();
        Sample peerAdd = new Sample();
        Sample peerDel = new Sample();
        Sample leastAdd = new Sample();
        Sample leastDel = new Sample();
        for (int i = 0; i < effort.rounds(WARM_UP); i++) {
            round(new Chain(spawner, work, ours, backend), 1, i, new Sample(), new Sample());
        }
        for (int i = 0; i < effort.rounds(ROUNDS); i++) {
            round(new Chain(spawner, work, peer, ""), 1, i, peerAdd, peerDel);
            round(new Chain(spawner, work, ours, backend), 1, i, ourAdd, ourDel);
            if (backend.equals("nftables")) {
                round(new Chain(spawner, work, peer, ""), 1, i, new Sample(), new Sample());
                round(new Chain(spawner, work, least, ""), 1, i, leastAdd, leastDel);
            }
        }
        List<Result> results =
                new ArrayList<>(
                        List.of(
                                new Result(
                                        "chain, " + backend + ": ADD",
                                        "ms",
                                        ourAdd,
                                        peerAdd,
                                        new Target.Faster(add)),
                                new Result(
                                        "chain, " + backend + ": DEL",
                                        "ms",
                                        ourDel,
                                        peerDel,
                                        new Target.Faster(del))));
        if (backend.equals("nftables")) {
            results.add(Least.beside("chain, nftables: ADD", leastAdd, peerAdd, add));
            results.add(Least.beside("chain, nftables: DEL", leastDel, peerDel, del));
        }
        return results;
    }

    private List<Result> atOnce(int bursts) throws IOException {
        Sample ourTotal = new Sample();
        Sample peerTotal = new Sample();
        Sample leastTotal = new Sample();
        for (int repeat = 0; repeat < bursts; repeat++) {
            peerTotal.add(both(new Chain(spawner, work, peer, ""), repeat));
            ourTotal.add(both(new Chain(spawner, work, ours, "nftables"), repeat));
            leastTotal.add(both(new Chain(spawner, work, least, ""), repeat));
        }
        String what = AT_ONCE + " chains at once, ADD and DEL";
        return List.of(
                new Result(what, "ms", ourTotal, peerTotal, new Target.Faster(20)),
                Least.beside(what, leastTotal, peerTotal, 20));
    }

    private static double both(Chain chain, int repeat) throws IOException {
        Sample add = new Sample();
        Sample del = new Sample();
        round(chain, AT_ONCE, repeat, add, del);
        return add.median() + del.median();
    }

    private static void round(Chain chain, int count, int number, Sample add, Sample del)
            throws IOException {
        List<Container> containers = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                containers.add(Container.make("chain-" + count + "-" + number + "-" + i));
            }
            add.add(chain.add(containers));
            del.add(chain.del(containers));
        } finally {
            for (Container container : containers) {
                container.close();
            }
        }
    }
}
