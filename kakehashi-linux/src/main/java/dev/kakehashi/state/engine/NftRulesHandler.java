package dev.kakehashi.state.engine;

import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NftRules;

import java.util.ArrayList;
import java.util.List;

/** Rules of ours in chains that others use too. */
final class NftRulesHandler extends NftHandler<NftRules> {
    @Override
    boolean same(NftRules wanted, NftRules found) {
        return wanted.rules().equals(found.rules());
    }

    @Override
    void declare(NftRules rules, NftTransaction.Builder transaction) {}

    @Override
    void fill(NftRules rules, NftTransaction.Builder transaction) {
        for (Rule rule : rules.rules()) {
            transaction.addRule(rules.table(), rules.chain(), rule);
        }
    }

    @Override
    List<String> changeCommands(NamespaceId namespace, NftRules rules, NftRules before) {
        List<String> commands = new ArrayList<>(removeCommands(namespace, before));
        commands.addAll(createCommands(namespace, rules, true));
        return commands;
    }

    /** nft deletes rules by handle only; the handle is looked up when it is done. */
    @Override
    List<String> removeCommands(NamespaceId namespace, NftRules rules) {
        List<String> commands = new ArrayList<>();
        for (Rule rule : rules.rules()) {
            commands.add(
                    Commands.in(namespace)
                            + "nft 'delete rule "
                            + rules.table()
                            + " "
                            + rules.chain()
                            + " handle ...' # "
                            + rule.text(rules.table().family()));
        }
        return commands;
    }
}
