package dev.kakehashi.plugins.firewall;

import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.InstalledChain;
import dev.kakehashi.linux.nft.InstalledTable;
import dev.kakehashi.linux.nft.Nft;
import dev.kakehashi.linux.nft.NftException;
import dev.kakehashi.linux.nft.SetContents;
import dev.kakehashi.linux.nft.TableId;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The tables of a host that matter to the forwarding of containers' packets. */
final class HostTables {

    private static final int ATTEMPTS = 10;

    private final Nft nft;

    HostTables(Nft nft) {
        this.nft = nft;
    }

    /**
     * A chain that refuses what nothing in it accepts.
     *
     * @param installed its table
     * @param chain its name
     */
    record Refusing(InstalledTable installed, String chain) {
        TableId table() {
            return installed.table().id();
        }

        /** Whether it is kept by iptables, and to be changed by that only. */
        boolean isOfIptables() {
            return installed
                    .chain(chain)
                    .map(found -> NftFirewall.isOfIptables(table(), found.chain()))
                    .orElse(false);
        }
    }

    /** The chains of others that refuse to forward. */
    List<Refusing> refusing() throws NftException {
        List<Refusing> all = new ArrayList<>(1);
        for (TableId table : nft.tables()) {
            if (isOfOthers(table) && nft.chains(table).stream().anyMatch(NftFirewall::forwards)) {
                Optional<InstalledTable> installed = nft.rules(table);
                for (InstalledChain chain :
                        installed.map(InstalledTable::chains).orElse(List.of())) {
                    if (NftFirewall.refuses(chain, table.family())) {
                        all.add(new Refusing(installed.orElseThrow(), chain.chain().name()));
                    }
                }
            }
        }
        return all;
    }

    private static boolean isOfOthers(TableId table) {
        return !table.equals(NftFirewall.OWN)
                && (table.family() == Family.INET
                        || table.family() == Family.IP
                        || table.family() == Family.IP6);
    }

    /** Leads a refusing chain to the admission in its table. */
    void enter(Refusing refusing) throws NftException {
        InstalledTable installed = refusing.installed();
        for (int attempt = 1; ; attempt++) {
            try {
                nft.apply(NftFirewall.entrance(installed, refusing.chain()));
                return;
            } catch (NftException e) {
                Optional<InstalledTable> now = nft.rules(refusing.table());
                if (!e.isStale() || attempt == ATTEMPTS || now.isEmpty()) {
                    throw e;
                }
                installed = now.get();
            }
        }
    }

    /** The tables that containers are admitted in, ours among them. */
    List<TableId> admitting() throws NftException {
        List<TableId> all = new ArrayList<>(2);
        for (TableId table : nft.tables()) {
            if (table.family() == Family.INET
                    || table.family() == Family.IP
                    || table.family() == Family.IP6) {
                for (Chain chain : nft.chains(table)) {
                    if (chain.name().equals(NftFirewall.ENTRY)
                            && nft.set(table, setOf(table)).isPresent()) {
                        all.add(table);
                    }
                }
            }
        }
        return all;
    }

    /** A set that an admitting table has, and a table of iptables has not. */
    private static String setOf(TableId table) {
        return NftFirewall.admitted(NftFirewall.sees(table, true)).name();
    }

    /** The comments of what is admitted in a table. */
    Set<String> comments(TableId table) throws NftException {
        Set<String> comments = new LinkedHashSet<>();
        for (boolean v4 : new boolean[] {true, false}) {
            if (NftFirewall.sees(table, v4)) {
                Optional<SetContents> contents = nft.set(table, NftFirewall.admitted(v4).name());
                for (Element element : contents.map(SetContents::elements).orElse(List.of())) {
                    comments.add(element.comment());
                }
            }
        }
        return comments;
    }
}
