package dev.kakehashi.cli;

import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.cluster.store.Stores;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.Optional;

/** The cluster's store: the one that is named, else that of this node's agent. */
final class StoreOption {
    /**
     * Who changes objects by the command line, as {@code kubectl get --show-managed-fields} shows.
     */
    static final String WRITER = "kakehashi-cli";

    @Spec(Spec.Target.MIXEE)
    CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--store",
            paramLabel = "STORE",
            description =
                    "Where Nodes and Networks are: a directory, etcd://HOST:PORT,… or"
                            + " kubernetes://…, as for kakehashi-agent (default: the store of this"
                            + " node's agent).")
    Optional<String> store = Optional.empty();

    @Mixin AgentOption agent = new AgentOption();

    /**
     * Opens it.
     *
     * @throws IOException when it cannot be opened, or none is named and no agent has one
     */
    Store open() throws IOException {
        String address = store.isPresent() ? store.get() : ofAgent();
        try {
            return Stores.open(StoreAddress.parse(address), WRITER);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private String ofAgent() throws IOException {
        try {
            JsonObject node = agent.ask("status").object("node").orElse(JsonObject.EMPTY);
            String address = node.object("store").orElse(JsonObject.EMPTY).string("address", "");
            if (address.isEmpty()) {
                throw new IOException("the agent of this node has no store: name one with --store");
            }
            return address;
        } catch (JsonException e) {
            throw new IOException("the agent's answer cannot be read: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException(e.getMessage() + ". Or name the store with --store", e);
        }
    }
}
