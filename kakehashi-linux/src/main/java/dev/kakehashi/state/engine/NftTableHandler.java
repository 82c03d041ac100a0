package dev.kakehashi.state.engine;

import dev.kakehashi.linux.nft.ChainContents;
import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.SetContents;
import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NftTable;

import java.util.List;

/** Tables of our own. */
final class NftTableHandler extends NftHandler<NftTable> {
    @Override
    boolean same(NftTable wanted, NftTable found) {
        return wanted.ruleset().equals(found.ruleset());
    }

    @Override
    void declare(NftTable table, NftTransaction.Builder transaction) {
        TableId id = table.ruleset().id();
        transaction.addTable(table.ruleset().table());
        for (ChainContents contents : table.ruleset().chains()) {
            transaction.addChain(id, contents.chain());
        }
        for (SetContents contents : table.ruleset().sets()) {
            transaction.addSet(id, contents.set());
        }
    }

    @Override
    void fill(NftTable table, NftTransaction.Builder transaction) {
        TableId id = table.ruleset().id();
        for (SetContents contents : table.ruleset().sets()) {
            if (!contents.elements().isEmpty()) {
                transaction.addElements(id, contents.set(), contents.elements());
            }
        }
        for (ChainContents contents : table.ruleset().chains()) {
            for (Rule rule : contents.rules()) {
                transaction.addRule(id, contents.chain().name(), rule);
            }
        }
    }

    @Override
    List<String> changeCommands(NamespaceId namespace, NftTable table, NftTable before) {
        NftTransaction.Builder transaction = NftTransaction.builder();
        NftTableDiff.change(before.ruleset(), table.ruleset(), transaction);
        return commands(namespace, transaction);
    }

    @Override
    List<String> removeCommands(NamespaceId namespace, NftTable table) {
        return List.of(Commands.in(namespace) + "nft 'delete table " + table.ruleset().id() + "'");
    }
}
