package dev.kakehashi.cli;

import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.store.Stores;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the commands about addresses have in common. */
final class IpamOptions {
    @Spec(Spec.Target.MIXEE)
    CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--store",
            required = true,
            paramLabel = "STORE",
            description =
                    "Where pools and blocks are: a directory, etcd://HOST:PORT,… or kubernetes://…"
                            + " as for kakehashi-agent.")
    String store = "";

    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "The Network (default: ${DEFAULT-VALUE}).")
    String network = "";

    /**
     * Opens the store, which must know the Network: of any other one nothing would be found, as
     * where all is well.
     */
    Store open() throws StoreException {
        Store opened;
        try {
            opened = Stores.open(StoreAddress.parse(store), StoreOption.WRITER);
        } catch (IllegalArgumentException e) {
            throw refused(String.valueOf(e.getMessage()), e);
        }
        boolean known = false;
        try {
            requireNetwork(opened);
            known = true;
        } finally {
            if (!known) {
                opened.close();
            }
        }
        return opened;
    }

    /** One that was deleted may have left pools and blocks, which can be looked at. */
    private void requireNetwork(Store opened) throws StoreException {
        Set<String> names = new TreeSet<>();
        opened.list(Kind.NETWORK).objects().forEach(one -> names.add(one.object().name()));
        pools(opened).forEach(pool -> names.add(pool.spec().network()));
        blocks(opened).forEach(block -> names.add(block.spec().network()));
        if (!names.contains(network)) {
            String there = names.isEmpty() ? "there is none at all" : "say --network, one of ";
            throw refused(
                    "no Network \"%s\" in the store %s, nor a pool or a block of it; %s%s"
                            .formatted(network, store, there, String.join(", ", names)),
                    null);
        }
    }

    private CommandLine.ParameterException refused(String why, @Nullable Throwable cause) {
        return new CommandLine.ParameterException(spec.commandLine(), why, cause);
    }

    static List<IpPool> pools(Store store) throws StoreException {
        return store.list(Kind.IP_POOL).objects().stream().map(Stored::object).toList();
    }

    static List<IpBlock> blocks(Store store) throws StoreException {
        return store.list(Kind.IP_BLOCK).objects().stream().map(Stored::object).toList();
    }

    static List<Node> nodes(Store store) throws StoreException {
        return store.list(Kind.NODE).objects().stream().map(Stored::object).toList();
    }
}
