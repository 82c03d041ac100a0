package dev.kakehashi.cli;

import dev.kakehashi.cluster.ipam.LedgerDisk;
import dev.kakehashi.cluster.ipam.Ledgers;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;

/** Where a node's own part is. */
final class IpamNodeOptions {
    @Option(
            names = "--state",
            paramLabel = "DIRECTORY",
            defaultValue = "/var/lib/kakehashi",
            description = "What the node's agent keeps (default: ${DEFAULT-VALUE}).")
    Path state = Path.of("");

    LedgerDisk ledger(String network) throws IOException {
        return Ledgers.in(state).of(network);
    }
}
