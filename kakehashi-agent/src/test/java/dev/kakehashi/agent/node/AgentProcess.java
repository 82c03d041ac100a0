package dev.kakehashi.agent.node;

import dev.kakehashi.agent.pods.PodMtuTurn;
import dev.kakehashi.cluster.ipam.Ledgers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node's agent in a process of its own, so that it can be killed. */
final class AgentProcess {
    private AgentProcess() {}

    /** Runs until it is killed: NODE STORE STATE-DIRECTORY BIRD. */
    public static void main(String[] args) throws Exception {
        NodeAgent.start(
                NodeAgentOptions.of(args[0], Path.of(args[1]), "pods")
                        .withStateDirectory(Path.of(args[2]))
                        .withBird(args[3]),
                Ledgers.in(Path.of(args[2])),
                new PodMtuTurn());
        TimeUnit.DAYS.sleep(1);
    }

    /** Starts it in a namespace, given by a path. */
    static Process start(String netns, List<String> arguments) throws IOException {
        List<String> command =
                new java.util.ArrayList<>(
                        List.of(
                                "nsenter",
                                "--net=" + netns,
                                ProcessHandle.current().info().command().orElseThrow(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                AgentProcess.class.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command).inheritIO().start();
    }
}
