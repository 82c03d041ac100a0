package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A subject beside the others: a C program that makes only the kernel's calls of each plugin. It
 * says how much of a call is the kernel and the start of a process, which no plugin can save.
 */
final class Least {
    private Least() {}

    /**
     * The subject, with a bridge of its own.
     *
     * @param bridge name of the bridge, which is made
     * @param work where its reserved addresses are
     * @param plugins the folder with its binaries
     */
    static Subject subject(String bridge, Path work, Path plugins) throws IOException {
        Path folder = Files.createDirectory(work.resolve(bridge));
        Command.of("ip", "link", "add", bridge, "up", "type", "bridge").run();
        Command.of("ip", "address", "add", "10.97.0.1/16", "dev", bridge).run();
        Command.of("nft", "add", "table", "inet", "least").run();
        Command.of("nft", "add set inet least ports { type inet_service; }").run();
        Command.of("nft", "add set inet least admitted { type ipv4_addr; }").run();
        return new Subject(
                "least",
                plugins,
                Map.of("LEAST_BRIDGE", bridge, "LEAST_FOLDER", folder.toString()),
                bridge,
                "10.97.0.0/16");
    }

    /**
     * The same, but DEL returns when the pair is off the bridge and its end in the container has
     * lost its name. Pairs are gone with their containers.
     */
    static Subject leaving(Subject least) {
        Map<String, String> environment = new LinkedHashMap<>(least.environment());
        environment.put("LEAST_DELETE", "later");
        return new Subject(
                "leaving", least.plugins(), environment, least.network(), least.subnet());
    }

    /** How far it comes of what is wanted of ours. */
    static Result beside(String what, Sample least, Sample peer, double target) {
        return beside(what, "only the kernel's calls", least, peer, target);
    }

    /**
     * How far it comes of what is wanted of ours.
     *
     * @param how what it does
     */
    static Result beside(String what, String how, Sample least, Sample peer, double target) {
        return new Result(
                what + ": " + how + ", in C", "ms", least, peer, new Target.Faster(target));
    }
}
