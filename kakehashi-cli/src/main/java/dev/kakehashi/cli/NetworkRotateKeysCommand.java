package dev.kakehashi.cli;

import dev.kakehashi.cluster.KeyRotation;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cluster.flannel.FlannelNodes;
import dev.kakehashi.cluster.migration.RotationAdmission;
import dev.kakehashi.cluster.store.Store;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code kakehashi network rotate-keys}. */
@Command(
        name = "rotate-keys",
        mixinStandardHelpOptions = true,
        description = {
            "Gives nodes new WireGuard keys under running pods, and shows how far they are: every",
            "node makes a second device beside the first, each pair turns to it when it is found to",
            "work, and the first goes with its key when nobody sends by it.",
            "Exit status 0 when every node has the new device and no other; 1 when not in time (the",
            "nodes go on by themselves), or when refused."
        })
final class NetworkRotateKeysCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "Name of the Network.")
    String name = "";

    @Option(
            names = "--node",
            paramLabel = "NODE",
            description =
                    "Only this node makes a new key (may be given several times); the others take"
                            + " part with the one they have.")
    List<String> nodes = new ArrayList<>();

    @Option(
            names = {"--undo", "--rollback"},
            description =
                    "Back to the device of before, while not all nodes have left it: those that"
                            + " still have its key keep it.")
    boolean undo;

    @Mixin LookOnOption look = new LookOnOption();

    @Mixin StoreOption store = new StoreOption();

    @Override
    public Integer call() throws Exception {
        try (Store opened = store.open()) {
            NetworkEdit edit = this::turned;
            Network turned = edit.in(opened, name).after();
            TunnelDevice device = KeyRotation.of(turned).device();
            System.err.println(
                    "network "
                            + name
                            + ": WireGuard device "
                            + device.other().number()
                            + " -> "
                            + device.number());
            return look.at(opened, turned, true);
        }
    }

    private Network turned(Network network, List<Node> known) throws IOException {
        Instant time = Instant.now();
        Network now = FlannelNodes.at(network, known, time);
        List<String> problems = RotationAdmission.problems(now, nodes, undo, known);
        if (!problems.isEmpty()) {
            throw new IOException(
                    "network "
                            + name
                            + " keeps its keys, nothing is changed: "
                            + String.join("; ", problems));
        }
        return KeyRotation.next(now, nodes, time);
    }
}
