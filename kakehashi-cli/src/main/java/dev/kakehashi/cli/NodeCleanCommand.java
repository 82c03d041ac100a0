package dev.kakehashi.cli;

import dev.kakehashi.agent.install.NodeClean;
import dev.kakehashi.linux.netns.Netns;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.List;
import java.util.concurrent.Callable;

/** {@code kakehashi node clean}. */
@Command(
        name = "clean",
        mixinStandardHelpOptions = true,
        description = {
            "Takes away what Kakehashi made on this node: devices, addresses, routes, rules and",
            "tables that bear our marks, the CNI configuration, the agent's state. It says first",
            "what it does, as commands. What others made or use stays. Run it when the agent has",
            "gone and the node is drained."
        })
final class NodeCleanCommand implements Callable<Integer> {
    @Mixin NodeRootOption node = new NodeRootOption();

    @Option(
            names = "--dry-run",
            description = "Only say what would be done; exit status 1 if there is something.")
    boolean dryRun;

    @Option(
            names = "--programs",
            description = "Plugins, commands and runtime too; plugins that ours replaced are back.")
    boolean programs;

    @Option(names = "--force", description = "Even if pods lose their network.")
    boolean force;

    @Override
    public Integer call() throws Exception {
        try (Netns host = Netns.current()) {
            NodeClean clean = new NodeClean(node.paths(), host, programs, force);
            List<String> plan = clean.plan();
            plan.forEach(System.out::println);
            if (plan.isEmpty()) {
                System.out.println("# nothing of ours is here");
            }
            if (dryRun) {
                return plan.isEmpty() ? 0 : 1;
            }
            clean.run();
            return 0;
        }
    }
}
