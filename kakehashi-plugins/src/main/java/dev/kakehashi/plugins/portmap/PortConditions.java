package dev.kakehashi.plugins.portmap;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.InstalledRule;
import dev.kakehashi.linux.nft.InstalledTable;
import dev.kakehashi.linux.program.HostProgram;
import dev.kakehashi.linux.program.ProgramException;
import dev.kakehashi.plugins.attachment.Sha512;

import java.util.List;
import java.util.Optional;

/**
 * The rules that lead to a network's published ports under its conditions. These are in the words
 * of nft, which is asked to read them; it runs when they are new or have changed, not for each ADD.
 */
final class PortConditions {
    static final String REMEDY = "conditions are in its words; install the package nftables";

    private static final int RUN_SECONDS = 30;
    private static final List<String> CHAINS = List.of(PortTable.PREROUTING, PortTable.OUTPUT);

    private PortConditions() {}

    /** What the rules are known by. */
    private static String comment(PortmapConfig config) {
        return "conditions "
                + Sha512.hex(
                        String.join(" ", config.conditionsV4())
                                + "\n"
                                + String.join(" ", config.conditionsV6()),
                        16);
    }

    /** Whether a table has the rules. */
    static boolean areIn(Optional<InstalledTable> installed, PortmapConfig config) {
        for (String chain : CHAINS) {
            List<InstalledRule> rules =
                    installed
                            .flatMap(table -> table.chain(chain))
                            .map(found -> found.rules())
                            .orElse(List.of());
            if (rules.size() != 2
                    || !rules.getFirst().rule().comment().equals(comment(config))
                    || !rules.getLast().rule().comment().equals(comment(config))) {
                return false;
            }
        }
        return true;
    }

    /** The commands of nft that put the rules in the place of those of before. */
    static String commands(PortTable table, PortmapConfig config) {
        StringBuilder text = new StringBuilder();
        for (String chain : CHAINS) {
            String where = " " + table.table().id() + " " + chain;
            text.append("flush chain").append(where).append('\n');
            for (boolean v4 : new boolean[] {true, false}) {
                text.append("add rule").append(where);
                text.append(" meta nfproto ").append(v4 ? "ipv4" : "ipv6");
                for (String token : config.conditions(v4)) {
                    text.append(' ').append(token);
                }
                text.append(" fib daddr type local jump ").append(PortTable.PORTS);
                text.append(" comment \"").append(comment(config)).append("\"\n");
            }
        }
        return text.toString();
    }

    /**
     * Puts the rules into a table that is there.
     *
     * @throws ProgramException when nft is missing or does not take the conditions
     */
    static void apply(Netns host, PortTable table, PortmapConfig config) throws ProgramException {
        nft(host).run(commands(table, config), "-f", "-");
    }

    /** Whether there is somebody to read conditions. */
    static boolean areReadable(Netns host) {
        return nft(host).isInstalled();
    }

    private static HostProgram nft(Netns host) {
        return HostProgram.in(host, "nft", REMEDY, RUN_SECONDS);
    }
}
