package dev.kakehashi.plugins.plan;

import dev.kakehashi.linux.iptables.Iptables;
import dev.kakehashi.linux.iptables.IptablesException;
import dev.kakehashi.linux.iptables.IptablesFamily;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.Command;
import dev.kakehashi.linux.nft.InstalledTable;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.Nft;
import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.linux.nft.TableId;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All netfilter rules of a namespace as the commands that make them. */
final class RuleCommands {

    private static final List<String> IPTABLES_TABLES = List.of("filter", "nat");

    private RuleCommands() {}

    static List<String> of(Netns netns) throws IOException {
        List<String> commands = new ArrayList<>();
        Set<String> ofIptables = new HashSet<>();
        for (IptablesFamily family : IptablesFamily.values()) {
            for (String table : IPTABLES_TABLES) {
                if (addIptables(Iptables.in(netns, family), family, table, commands)) {
                    ofIptables.add((family == IptablesFamily.IPV4 ? "ip " : "ip6 ") + table);
                }
            }
        }
        Nft nft = KernelNft.of(netns);
        for (TableId id : nft.tables()) {
            if (!ofIptables.contains(id.toString())) {
                addNft(nft.table(id), commands);
            }
        }
        return commands;
    }

    /** Whether the table is one of iptables with something in it. */
    private static boolean addIptables(
            Iptables iptables, IptablesFamily family, String table, List<String> commands) {
        String program = family.program() + " -t " + table + " ";
        int before = commands.size();
        try {
            for (String line : iptables.save(table)) {
                if (line.startsWith("-A ")) {
                    commands.add(program + line);
                } else if (line.startsWith(":") && line.contains(" - [")) {
                    commands.add(program + "-N " + line.substring(1, line.indexOf(' ')));
                }
            }
        } catch (IptablesException e) {
            return false; // without the program there is nothing of it
        }
        return commands.size() > before;
    }

    private static void addNft(Optional<InstalledTable> table, List<String> commands) {
        if (table.isPresent()) {
            NftTransaction whole = NftTransaction.builder().add(table.get().ruleset()).build();
            for (Command command : whole.commands()) {
                commands.add("nft '" + command.text() + "'");
            }
        }
    }
}
