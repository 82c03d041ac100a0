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

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.util.List;

/** What the commands about addresses have in common. */
final class IpamOptions {
    @Spec(Spec.Target.MIXEE)
    CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--store",
            required = true,
            paramLabel = "STORE",
            description =
                    "Where pools and blocks are: a directory, or etcd://HOST:PORT,… as for"
                            + " kakehashi-agent.")
    String store = "";

    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "The Network (default: ${DEFAULT-VALUE}).")
    String network = "";

    Store open() throws StoreException {
        try {
            return Stores.open(StoreAddress.parse(store), StoreOption.WRITER);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
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
