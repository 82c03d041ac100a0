package dev.kakehashi.cli;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.runtime.CachedAttachment;
import dev.kakehashi.cni.runtime.CniRuntime;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code kakehashi cni list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "Lists the attachments that are remembered on this host, by whichever runtime uses libcni's"
                    + " cache (containerd, CRI-O, Podman and others)."
        })
final class CniListCommand implements Callable<Integer> {
    @Mixin CniOptions where = new CniOptions();

    @Option(names = "--network", paramLabel = "NAME", description = "Of this network only.")
    Optional<String> network = Optional.empty();

    @Option(names = "--container-id", paramLabel = "ID", description = "Of this container only.")
    Optional<String> containerId = Optional.empty();

    @Mixin OutputOption output = new OutputOption();

    @Override
    public Integer call() throws CniException {
        CniRuntime runtime = where.runtime();
        List<CachedAttachment> attachments =
                runtime.cache().attachments(containerId.orElse("")).stream()
                        .filter(a -> network.isEmpty() || network.get().equals(a.networkName()))
                        .toList();
        CniReport.attachments(System.out, output.format, runtime.cache(), attachments);
        return 0;
    }
}
