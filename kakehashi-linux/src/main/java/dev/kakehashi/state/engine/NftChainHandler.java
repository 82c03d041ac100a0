package dev.kakehashi.state.engine;

import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.Relation;

import java.util.List;

/** Chains in tables that others use too. */
final class NftChainHandler extends NftHandler<NftChain> {
    @Override
    boolean same(NftChain wanted, NftChain found) {
        return wanted.chain().base().equals(found.chain().base())
                && (wanted.rules().isEmpty() || wanted.rules().equals(found.rules()));
    }

    /** Whoever made a shared chain, what is in it is agreed upon by its name. */
    @Override
    boolean replaceable(Observed found) {
        return true;
    }

    @Override
    void diff(NamespaceId namespace, NftChain wanted, Scene scene) {
        for (Observed object : scene.observed(namespace).objects(wanted.key())) {
            NftChain found = (NftChain) object.resource();
            if (!wanted.chain().base().equals(found.chain().base())) {
                scene.conflict(namespace, wanted, "it exists already with another hook or none");
                return;
            }
        }
        super.diff(namespace, wanted, scene);
    }

    @Override
    void declare(NftChain chain, NftTransaction.Builder transaction) {
        transaction.addTable(chain.table());
        transaction.addChain(chain.table().id(), chain.chain());
        if (!chain.rules().isEmpty()) {
            transaction.flushChain(chain.table().id(), chain.chain().name());
        }
    }

    @Override
    void fill(NftChain chain, NftTransaction.Builder transaction) {
        for (Rule rule : chain.rules()) {
            transaction.addRule(chain.table().id(), chain.chain().name(), rule);
        }
    }

    /** An owned chain is ours by its name, whatever is in it. */
    @Override
    void retire(NamespaceId namespace, NftChain unwanted, Scene scene) {
        if (unwanted.relation() == Relation.OWNED
                && !scene.observed(namespace).objects(unwanted.key()).isEmpty()) {
            scene.remove(new Step.Remove(namespace, unwanted));
        }
    }

    @Override
    List<String> removeCommands(NamespaceId namespace, NftChain chain) {
        NftTransaction.Builder transaction = NftTransaction.builder();
        remove(chain, transaction);
        return commands(namespace, transaction);
    }

    static void remove(NftChain chain, NftTransaction.Builder transaction) {
        transaction.flushChain(chain.table().id(), chain.chain().name());
        transaction.deleteChain(chain.table().id(), chain.chain().name());
    }
}
