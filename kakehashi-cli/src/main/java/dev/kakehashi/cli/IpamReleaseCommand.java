package dev.kakehashi.cli;

import dev.kakehashi.agent.node.AttachmentsInKernel;
import dev.kakehashi.cluster.ipam.HandRelease;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.linux.BootClock;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.concurrent.Callable;

/** {@code kakehashi ipam release}. */
@Command(
        name = "release",
        mixinStandardHelpOptions = true,
        description = {
            "Gives back by hand: an address of this node whose pod is gone, or, with --fenced, a",
            "block of a node that is gone. What is in use is refused."
        })
final class IpamReleaseCommand implements Callable<Integer> {
    @Mixin IpamOptions options = new IpamOptions();
    @Mixin IpamNodeOptions local = new IpamNodeOptions();

    @Parameters(
            paramLabel = "ADDRESS|BLOCK",
            description = "10.244.3.70, or 10.244.3.64/26 with --fenced.")
    String what = "";

    @Option(
            names = "--fenced",
            description =
                    "The block's node does not run, and will not run again with what it has: its"
                            + " pods' addresses may be given to others at once.")
    boolean fenced;

    @Override
    public Integer call() throws Exception {
        IpPrefix prefix = prefix();
        boolean block = what.contains("/");
        if (block != fenced) {
            throw wrong(
                    block
                            ? "a block is given back only with --fenced: its node must not run"
                            : "--fenced is about a block, such as 10.244.3.64/26");
        }
        if (block) {
            try (Store store = options.open()) {
                String node = HandRelease.fencedBlock(store, prefix);
                System.out.println("gave block " + prefix + " of node " + node + " back");
            }
            return 0;
        }
        try (RtNetlink kernel = RtNetlink.open()) {
            String handle =
                    HandRelease.address(
                            local.ledger(options.network),
                            prefix.address(),
                            new AttachmentsInKernel(kernel, options.network),
                            new BootClock());
            System.out.println("took " + what + " back from " + handle);
        }
        return 0;
    }

    private IpPrefix prefix() {
        try {
            return IpPrefix.parse(what);
        } catch (IllegalArgumentException e) {
            throw wrong("'" + what + "' is neither an address nor a block");
        }
    }

    private CommandLine.ParameterException wrong(String message) {
        return new CommandLine.ParameterException(options.spec.commandLine(), message);
    }
}
