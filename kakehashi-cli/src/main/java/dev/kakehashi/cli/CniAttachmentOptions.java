package dev.kakehashi.cli;

import dev.kakehashi.cni.runtime.RuntimeConf;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.Optional;

/** What names an attachment: the network, the namespace, the interface. */
final class CniAttachmentOptions {
    @Mixin CniOptions where = new CniOptions();
    @Mixin CniCallOptions call = new CniCallOptions();

    @Parameters(index = "0", paramLabel = "NETWORK", description = "Name of the network.")
    String network = "";

    @Parameters(
            index = "1",
            paramLabel = "NETNS",
            description = "Path of the network namespace, for example /run/netns/one.")
    String netns = "";

    @Option(
            names = "--container-id",
            paramLabel = "ID",
            description = "The container (else made of the path NETNS, as cnitool does).")
    Optional<String> containerId = Optional.empty();

    RuntimeConf conf() {
        String path = CniContainer.netns(netns);
        return call.conf(
                where.environment(), containerId.orElseGet(() -> CniContainer.idOf(path)), path);
    }
}
