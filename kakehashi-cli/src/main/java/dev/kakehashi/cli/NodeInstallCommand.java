package dev.kakehashi.cli;

import dev.kakehashi.agent.install.NodeInstall;
import dev.kakehashi.lab.Installation;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.List;
import java.util.concurrent.Callable;

/** {@code kakehashi node install}. */
@Command(
        name = "install",
        mixinStandardHelpOptions = true,
        description = {
            "Puts the plugins into /opt/cni/bin, and the programs that they start into",
            "/opt/kakehashi: the init step of the DaemonSet. Running pods and calls go on. A plugin",
            "of others that has the name of one of ours is kept in /opt/kakehashi/replaced.",
            "The CNI configuration comes from the agent, once pods may."
        })
final class NodeInstallCommand implements Callable<Integer> {
    @Mixin NodeRootOption node = new NodeRootOption();

    @Override
    public Integer call() throws Exception {
        List<String> done = NodeInstall.run(Installation.find().home(), node.paths());
        done.forEach(System.out::println);
        if (done.isEmpty()) {
            System.out.println("everything is there already");
        }
        return 0;
    }
}
