package dev.kakehashi.plugins.firewall;

import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.InstalledTable;
import dev.kakehashi.linux.nft.Nft;
import dev.kakehashi.linux.nft.NftException;
import dev.kakehashi.linux.nft.SetContents;
import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.plugins.chain.Skeleton;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.Resource;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The tables of a host that matter to the forwarding of containers' packets. */
final class HostTables {

    private static final int ATTEMPTS = 10;
    private static final Set<Family> FAMILIES = EnumSet.of(Family.INET, Family.IP, Family.IP6);

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

    /** The chains of others that refuse to forward; of all other chains only the names are read. */
    List<Refusing> refusing() throws NftException {
        List<Refusing> all = new ArrayList<>(1);
        for (Map.Entry<TableId, List<Chain>> chains : nft.chains(FAMILIES).entrySet()) {
            TableId table = chains.getKey();
            for (Chain chain :
                    table.equals(NftFirewall.OWN) ? List.<Chain>of() : chains.getValue()) {
                if (NftFirewall.forwards(chain)) {
                    Optional<InstalledTable> installed = nft.rules(table, chain.name());
                    if (installed
                            .flatMap(found -> found.chain(chain.name()))
                            .filter(found -> NftFirewall.refuses(found, table.family()))
                            .isPresent()) {
                        all.add(new Refusing(installed.orElseThrow(), chain.name()));
                    }
                }
            }
        }
        return all;
    }

    /** Whether all that containers of some administrator's chain share is in our table. */
    boolean isReady(String adminChain, Supplier<List<Resource>> own) throws NftException {
        return nft.rules(NftFirewall.OWN)
                .filter(installed -> Skeleton.isIn(installed, adminChain, own))
                .isPresent();
    }

    /**
     * Whether all that containers share is in a table of others, whose other chains may be many.
     */
    boolean isReady(TableId table, NftChain entry) throws NftException {
        return nft.rules(table, NftFirewall.ENTRY)
                .filter(installed -> Skeleton.isIn(installed, List.of(entry)))
                .isPresent();
    }

    /** Whether a network's bridges are kept apart. */
    boolean isApart(String network) throws NftException {
        Optional<InstalledTable> installed = nft.rules(NftFirewall.OWN, NftFirewall.STAGE_1);
        return installed.stream()
                .flatMap(table -> table.chain(NftFirewall.STAGE_1).stream())
                .flatMap(chain -> chain.rules().stream())
                .anyMatch(rule ->
                        rule.rule().comment().equals(NftFirewall.isolationComment(network)));
    }

    /** Leads a refusing chain to the admission in its table. */
    void enter(Refusing refusing) throws NftException {
        InstalledTable installed = refusing.installed();
        for (int attempt = 1; ; attempt++) {
            try {
                nft.apply(NftFirewall.entrance(installed, refusing.chain()));
                return;
            } catch (NftException e) {
                Optional<InstalledTable> now = nft.rules(refusing.table(), refusing.chain());
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
        for (Map.Entry<TableId, List<Chain>> chains : nft.chains(FAMILIES).entrySet()) {
            TableId table = chains.getKey();
            for (Chain chain : chains.getValue()) {
                if (chain.name().equals(NftFirewall.ENTRY)
                        && nft.set(table, setOf(table), List.of()).isPresent()) {
                    all.add(table);
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
