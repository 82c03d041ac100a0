package dev.kakehashi.state.engine;

import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Resource;

import java.util.ArrayList;
import java.util.List;

/**
 * What the kinds of nftables have in common: all of a namespace's changes are one transaction, made
 * of declarations, then contents, then removals.
 */
abstract class NftHandler<R extends Resource> extends Handler<R> {
    @Override
    Phase phase(R resource) {
        return Phase.NFT;
    }

    /** Tables, chains and sets that must be there before anything refers to them. */
    abstract void declare(R resource, NftTransaction.Builder transaction);

    /** What is in them. */
    abstract void fill(R resource, NftTransaction.Builder transaction);

    @Override
    List<String> createCommands(NamespaceId namespace, R resource, boolean replace) {
        NftTransaction.Builder transaction = NftTransaction.builder();
        declare(resource, transaction);
        fill(resource, transaction);
        return commands(namespace, transaction);
    }

    static List<String> commands(NamespaceId namespace, NftTransaction.Builder transaction) {
        List<String> commands = new ArrayList<>();
        transaction
                .build()
                .text()
                .lines()
                .forEach(line -> commands.add(Commands.in(namespace) + "nft '" + line + "'"));
        return commands;
    }
}
