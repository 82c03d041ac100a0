package dev.kakehashi.cli;

import dev.kakehashi.agent.adopt.FlannelAdoption;
import dev.kakehashi.agent.adopt.FlannelFiles;
import dev.kakehashi.agent.adopt.RunningDaemons;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code kakehashi adopt flannel}. */
@Command(
        name = "flannel",
        mixinStandardHelpOptions = true,
        description = {
            "Takes this node over from Flannel (vxlan, host-gw) under traffic: shows what is there",
            "and what would be marked as ours, and does it with --yes. flanneld must have ended,",
            "the agent of this node not have started. With --undo the other way round."
        })
final class AdoptFlannelCommand implements Callable<Integer> {
    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "The Network that the node will be in (default: ${DEFAULT-VALUE}).")
    String network = "";

    @Option(
            names = "--subnet-file",
            paramLabel = "FILE",
            defaultValue = "/run/flannel/subnet.env",
            description = "Where Flannel tells the node's subnets (default: ${DEFAULT-VALUE}).")
    Path subnetFile = Path.of("");

    @Option(names = "--undo", description = "Give the node back to Flannel.")
    boolean undo;

    @Option(names = "--dry-run", description = "Only show what would be done, also with --yes.")
    boolean dryRun;

    @Option(
            names = {"-y", "--yes"},
            description = "Do it.")
    boolean yes;

    @Override
    public Integer call() throws Exception {
        FlannelFiles usual = FlannelFiles.usual();
        FlannelFiles files = new FlannelFiles(subnetFile, usual.pods(), usual.addresses());
        try (Netns host = Netns.current();
                RtNetlink kernel = RtNetlink.open(host)) {
            FlannelAdoption adoption =
                    undo
                            ? FlannelAdoption.planUndo(files, kernel)
                            : FlannelAdoption.plan(files, kernel, network);
            adoption.found().forEach(System.out::println);
            System.out.println();
            adoption.commands().forEach(System.out::println);
            if (!yes || dryRun) {
                System.out.println("# nothing was changed: --yes does it");
                return 0;
            }
            refuseBesideDaemons();
            adoption.run(host, kernel);
            System.out.println(
                    undo
                            ? "# given back: start flanneld now"
                            : "# taken over: start the agent of this node now");
            return 0;
        }
    }

    private void refuseBesideDaemons() throws IOException {
        Optional<Long> flanneld = RunningDaemons.flanneld();
        if (!undo && flanneld.isPresent()) {
            throw running("flanneld", flanneld.get(), "traffic goes on without it");
        }
        Optional<Long> agent = RunningDaemons.nodeAgent();
        if (undo && agent.isPresent()) {
            throw running("the node's agent", agent.get(), "it would take the node back");
        }
    }

    private static IOException running(String who, long process, String why) {
        return new IOException(who + " (process " + process + ") still runs: end it first; " + why);
    }
}
