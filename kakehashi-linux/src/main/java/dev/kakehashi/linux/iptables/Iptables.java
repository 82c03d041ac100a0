package dev.kakehashi.linux.iptables;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.ForeignRules;
import dev.kakehashi.linux.nft.NftException;
import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.linux.program.HostProgram;
import dev.kakehashi.linux.program.ProgramException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * The iptables rules of one network namespace. Rules are the lines of {@code iptables-save(8)}, and
 * changes are lines for {@code iptables-restore(8)}: whole batches, since each run of a program
 * costs milliseconds, takes a lock that all share, and reads and writes whole tables.
 */
public final class Iptables {
    /**
     * Two changes of this process must not read the same table before the one or the other is made:
     * each of two that take back the last but one would leave what goes with the last.
     */
    private static final Object CHANGES = new Object();

    /** How long to wait for the lock that all users of iptables share, in seconds. */
    private static final int LOCK_SECONDS = 30;

    private static final int RUN_SECONDS = LOCK_SECONDS + 25;

    /** How often a change is computed anew when others have changed the table meanwhile. */
    private static final int ATTEMPTS = 10;

    private final Netns netns;
    private final IptablesFamily family;

    private Iptables(Netns netns, IptablesFamily family) {
        this.netns = netns;
        this.family = family;
    }

    /**
     * The rules of a namespace.
     *
     * @param netns stays owned by the caller
     */
    public static Iptables in(Netns netns, IptablesFamily family) {
        return new Iptables(netns, family);
    }

    /**
     * Whether the programs are installed and work here. Equivalent to: {@code iptables -S INPUT}.
     */
    public boolean isUsable() {
        try {
            run("", "", "--wait", "-S", "INPUT", "1");
            return true;
        } catch (IptablesException e) {
            return false;
        }
    }

    /**
     * A table's chains and rules, a line each. Equivalent to: {@code iptables-save -t TABLE}.
     *
     * @throws IptablesException when the program is missing or fails
     */
    public List<String> save(String table) throws IptablesException {
        return run("-save", "", "-t", table).lines().toList();
    }

    /**
     * Changes a table, all of it or nothing; no changes do nothing. Equivalent to: {@code
     * iptables-restore --noflush}.
     *
     * @param changes commands as {@code -A CHAIN …}, {@code -D CHAIN …}; {@code :CHAIN - [0:0]}
     *     makes a chain and empties one that is there
     * @throws IptablesException when the program is missing or refuses a line
     */
    public void restore(String table, List<String> changes) throws IptablesException {
        if (changes.isEmpty()) {
            return;
        }
        String input = "*" + table + "\n" + String.join("\n", changes) + "\nCOMMIT\n";
        run("-restore", input, "--noflush", "--wait", Integer.toString(LOCK_SECONDS));
    }

    /**
     * Changes a table from what is in it. When the change is refused and the table is another one
     * by then, it is computed anew: somebody else was faster.
     *
     * @param change from the table to changes for {@link #restore}
     * @return the table as it was before
     * @throws IptablesException when the program is missing or refuses a line
     */
    public SavedTable change(String table, Function<SavedTable, List<String>> change)
            throws IptablesException {
        synchronized (CHANGES) {
            return changeInTurn(table, change);
        }
    }

    private SavedTable changeInTurn(String table, Function<SavedTable, List<String>> change)
            throws IptablesException {
        List<String> saved = save(table);
        for (int attempt = 1; ; attempt++) {
            SavedTable before = SavedTable.of(saved);
            try {
                restore(table, change.apply(before));
                return before;
            } catch (IptablesException e) {
                List<String> now = save(table);
                if (attempt == ATTEMPTS || SavedTable.of(now).equals(before)) {
                    throw e;
                }
                saved = now;
            }
        }
    }

    /**
     * Adds chains and rules where iptables keeps its rules in nftables and what they build upon is
     * there as its programs write it; elsewhere nothing. Runs no program: it takes a twentieth of
     * the time. The programs read what it writes like rules of their own. Equivalent to: {@code
     * iptables-restore --noflush}.
     *
     * @param present rules that must be there
     * @param absent text that no rule must have of the chains that rules are added to
     * @param changes {@code :CHAIN - [0:0]} for chains that are not there yet, {@code -A CHAIN …}
     * @return whether they were added; if not, nothing has changed and {@link #change} is to do it
     */
    public boolean append(
            String table,
            Collection<String> present,
            Collection<String> absent,
            List<String> changes) {
        synchronized (CHANGES) {
            try {
                return !netns.<Boolean, IOException>call(() -> isInXtables(table))
                        && new NftIptables(foreign(table), id(table), family)
                                .append(present, absent, changes);
            } catch (IOException e) {
                return false; // for the program to do, or to say why it cannot
            }
        }
    }

    /**
     * Whether there may be a table: where not, no question about what is in it is worth asking.
     * Runs no program. True also where it is not known.
     */
    public boolean mayHave(String table) {
        return may(table, ForeignRules::isThere);
    }

    /**
     * Whether a table may have one of some chains. Runs no program: where iptables keeps its rules
     * in nftables, the answer is exact; where it does not, a table that was ever used may have it.
     */
    public boolean mayHave(String table, List<String> chains) {
        return may(
                table,
                rules -> {
                    for (String chain : chains) {
                        if (rules.hasChain(chain)) {
                            return true;
                        }
                    }
                    return false;
                });
    }

    /**
     * Whether a rule of some chains may contain one of some words. Runs no program: where iptables
     * keeps its rules in nftables, they are searched; where it does not, a table that was ever used
     * may have it.
     *
     * @param words text of comments, bytes of addresses
     */
    public boolean mayMention(String table, List<String> chains, List<byte[]> words) {
        return may(
                table,
                rules -> {
                    for (String chain : chains) {
                        if (rules.mention(chain, words)) {
                            return true;
                        }
                    }
                    return false;
                });
    }

    /**
     * Removes the rules of a chain that have a word in them, where iptables keeps its rules in
     * nftables; elsewhere nothing. Runs no program: one that deletes something waits for an RCU
     * grace period when it ends, 10 to 30 ms, and others that change rules with it. Equivalent to:
     * {@code iptables -t TABLE -D CHAIN …} for each.
     *
     * @param word that nothing else contains by accident
     */
    public void removeRules(String table, String chain, String word) {
        try {
            foreign(table).removeRules(chain, word.getBytes(StandardCharsets.UTF_8));
        } catch (NftException e) {
            // What is still there is for the program to remove, or to say why it cannot.
        }
    }

    /**
     * Removes a chain and what leads to it, where iptables keeps its rules in nftables and that is
     * as it is known to be; elsewhere nothing. Runs no program, as {@link #removeRules}. Equivalent
     * to: {@code iptables -t TABLE -D ENTRY … -j CHAIN}, {@code -F CHAIN}, {@code -X CHAIN}.
     *
     * @param chain a name that nothing else contains by accident
     * @param entry the chain whose rules lead there; others must not
     * @param words of each rule that leads there: an address, or {@link #ports}
     * @return whether it was there and is gone
     */
    public boolean removeChain(String table, String chain, String entry, Collection<byte[]> words) {
        try {
            return foreign(table).removeChain(chain, entry, words);
        } catch (NftException e) {
            return false;
        }
    }

    /**
     * What is in a rule with {@code -m multiport --dports}: the beginning of struct
     * xt_multiport_v1, linux/netfilter/xt_multiport.h.
     */
    public static byte[] ports(List<Integer> ports) {
        byte destination = 1; // XT_MULTIPORT_DESTINATION
        ByteBuffer bytes = ByteBuffer.allocate(2 + 2 * ports.size()).order(ByteOrder.nativeOrder());
        bytes.put(destination).put((byte) ports.size());
        ports.forEach(port -> bytes.putShort(port.shortValue()));
        return bytes.array();
    }

    private ForeignRules foreign(String table) {
        return ForeignRules.in(netns, id(table));
    }

    private TableId id(String table) {
        return new TableId(family == IptablesFamily.IPV4 ? Family.IP : Family.IP6, table);
    }

    private interface Look {
        boolean at(ForeignRules rules) throws NftException;
    }

    private boolean may(String table, Look look) {
        try {
            return look.at(foreign(table))
                    || netns.<Boolean, IOException>call(() -> isInXtables(table));
        } catch (IOException e) {
            return true;
        }
    }

    /** net/netfilter/x_tables.c: the names of the tables that were used in this namespace. */
    private boolean isInXtables(String table) throws IOException {
        String file = family == IptablesFamily.IPV4 ? "ip_tables_names" : "ip6_tables_names";
        try {
            return Files.readAllLines(Path.of("/proc/thread-self/net", file)).contains(table);
        } catch (NoSuchFileException e) {
            return false; // a kernel without them, or never used
        }
    }

    private String run(String suffix, String input, String... arguments) throws IptablesException {
        try {
            return HostProgram.in(
                            netns,
                            family.program() + suffix,
                            "install the package iptables, or use nftables",
                            RUN_SECONDS)
                    .run(input, arguments);
        } catch (ProgramException e) {
            throw new IptablesException(String.valueOf(e.getMessage()), e);
        }
    }
}
