package dev.kakehashi.cli;

import dev.kakehashi.cni.runtime.RuntimeConf;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.Optional;

/** What names an attachment: the network, the namespace, the interface. */
final class CniAttachmentOptions {
    @Mixin CniOptions where = new CniOptions();

    @Parameters(index = "0", paramLabel = "NETWORK", description = "Name of the network.")
    String network = "";

    @Parameters(
            index = "1",
            paramLabel = "NETNS",
            description = "Path of the network namespace, for example /run/netns/one.")
    String netns = "";

    @Option(
            names = {"-i", "--ifname"},
            paramLabel = "NAME",
            description = "Name of the interface in the namespace ($$CNI_IFNAME, else eth0).")
    Optional<String> ifName = Optional.empty();

    @Option(
            names = "--container-id",
            paramLabel = "ID",
            description = "The container (else made of the path NETNS, as cnitool does).")
    Optional<String> containerId = Optional.empty();

    @Option(
            names = "--args",
            paramLabel = "K=V[;K=V...]",
            description = "Arguments for all plugins ($$CNI_ARGS).")
    Optional<String> args = Optional.empty();

    @Option(
            names = "--capability-args",
            paramLabel = "JSON",
            description =
                    "Values by capability, for example '{\"mac\": \"02:00:00:00:00:01\"}'"
                            + " ($$CAP_ARGS).")
    Optional<String> capabilityArgs = Optional.empty();

    RuntimeConf conf() {
        CniEnvironment environment = where.environment();
        String path = CniContainer.netns(netns);
        return new RuntimeConf(
                containerId.orElseGet(() -> CniContainer.idOf(path)),
                path,
                ifName.orElseGet(environment::ifName),
                args.map(CniEnvironment::args).orElseGet(environment::args),
                capabilityArgs
                        .map(CniEnvironment::capabilityArgs)
                        .orElseGet(environment::capabilityArgs));
    }
}
