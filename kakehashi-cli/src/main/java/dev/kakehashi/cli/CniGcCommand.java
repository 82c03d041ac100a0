package dev.kakehashi.cli;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.runtime.CachedAttachment;
import dev.kakehashi.cni.runtime.CniRuntime;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/** {@code kakehashi cni gc}. */
@Command(
        name = "gc",
        mixinStandardHelpOptions = true,
        description = {
            "Deletes the attachments of a network that are remembered but not valid, and has every"
                    + " plugin remove what belongs to none of the valid ones.",
            "Say which are valid by --valid or --existing; --all says that none is."
        })
final class CniGcCommand implements Callable<Integer> {
    @Mixin CniOptions where = new CniOptions();

    @Parameters(index = "0", paramLabel = "NETWORK", description = "Name of the network.")
    String network = "";

    @Option(
            names = "--valid",
            paramLabel = "NETNS|ID[:IFNAME]",
            description =
                    "An attachment that stays, by the path of its namespace (cnitool's) or by its"
                            + " container id; may be repeated. IFNAME: $$CNI_IFNAME, else eth0.")
    List<String> valid = List.of();

    @Option(
            names = "--existing",
            description = "Every remembered attachment whose namespace is still there stays.")
    boolean existing;

    @Option(names = "--all", description = "Nothing stays.")
    boolean all;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        if (all == (existing || !valid.isEmpty())) {
            throw new ParameterException(
                    spec.commandLine(),
                    "say either what stays, by --valid or --existing, or --all");
        }
        Cancellation.whenTold(() -> collect(where, network, valid, existing));
        return 0;
    }

    /** Spares the attachments that are named and, if wanted, those whose namespace exists. */
    static void collect(CniOptions where, String name, List<String> valid, boolean existing)
            throws CniException {
        CniRuntime runtime = where.runtime();
        NetworkConfigList network = where.network(name);
        Set<CniAttachment> spared = new LinkedHashSet<>();
        for (String text : valid) {
            spared.add(CniContainer.attachment(text, where.environment().ifName()));
        }
        if (existing) {
            List<Path> unreadable = runtime.cache().unreadable(name);
            if (!unreadable.isEmpty()) {
                throw new CniException(
                        CniException.DECODING_FAILURE,
                        "what is remembered in "
                                + unreadable
                                + " cannot be read: its attachment would be taken for dead. Remove"
                                + " the file, or say by --valid what stays");
            }
            for (CachedAttachment cached : runtime.cache().attachments("")) {
                String netns = cached.conf().netns();
                if (cached.networkName().equals(name)
                        && !netns.isEmpty()
                        && Files.exists(Path.of(netns))) {
                    spared.add(cached.conf().attachment());
                }
            }
        }
        runtime.gc(network, spared);
    }
}
