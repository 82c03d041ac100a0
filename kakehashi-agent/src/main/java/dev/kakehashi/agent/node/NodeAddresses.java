package dev.kakehashi.agent.node;

import dev.kakehashi.agent.status.AddressRange;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.ipam.HeldBlock;
import dev.kakehashi.cluster.ipam.Ledger;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.ipam.HostLocal;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How many of a node's addresses pods have: what its ledger says, or the files of host-local. */
final class NodeAddresses {
    private final Ledgers ledgers;

    NodeAddresses(Ledgers ledgers) {
        this.ledgers = ledgers;
    }

    /** The node's blocks or subnets; none where their use cannot be read. */
    List<AddressRange> of(Network network, List<IpPrefix> subnets) {
        try {
            return network.spec().usesPools() ? blocks(network) : subnets(network, subnets);
        } catch (IOException | DirectoryIteratorException e) {
            return List.of();
        }
    }

    private List<AddressRange> blocks(Network network) throws IOException {
        Ledger ledger = ledgers.of(network.name()).read();
        List<AddressRange> ranges = new ArrayList<>();
        for (HeldBlock block : ledger.blocks().values()) {
            ranges.add(
                    new AddressRange(
                            block.cidr(),
                            block.pool(),
                            AddressRange.forPods(block.cidr()),
                            ledger.used(block),
                            block.leaving()));
        }
        return ranges;
    }

    private static List<AddressRange> subnets(Network network, List<IpPrefix> subnets)
            throws IOException {
        List<InetAddress> used = reserved(Path.of(HostLocal.DEFAULT_DATA_DIR, network.name()));
        List<AddressRange> ranges = new ArrayList<>();
        for (IpPrefix subnet : subnets) {
            long inUse = used.stream().filter(subnet::contains).count();
            ranges.add(new AddressRange(subnet, "", AddressRange.forPods(subnet), inUse, false));
        }
        return ranges;
    }

    /** The files whose name is an address. */
    private static List<InetAddress> reserved(Path directory) throws IOException {
        List<InetAddress> addresses = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return addresses;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                addressOf(file.getFileName().toString()).ifPresent(addresses::add);
            }
        }
        return addresses;
    }

    /** Beside addresses there are a lock and marks of what was given last. */
    private static Optional<InetAddress> addressOf(String name) {
        try {
            return Optional.of(IpAddresses.parse(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
