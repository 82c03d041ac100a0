package dev.kakehashi.plugins.firewall;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.iptables.Iptables;
import dev.kakehashi.linux.iptables.IptablesException;
import dev.kakehashi.linux.iptables.IptablesFamily;
import dev.kakehashi.linux.iptables.SavedTable;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.NftException;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.attachment.RuleComment;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.plugins.cleanup.Parts;
import dev.kakehashi.plugins.masquerade.Netfilter;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.NftElements;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.engine.Step;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The admission of containers by a host's packet filter, for one call. */
final class HostFirewall {

    private static final String TAKING_BACK = "failed to take back a container's admission";

    /**
     * What keeps a network apart goes with its last container: nobody may come while that is found
     * out.
     */
    private static final Object LAST_OF_NETWORK = new Object();

    private final Netns host;
    private final Workplace workplace;
    private final Netfilter netfilter;
    private final HostTables tables;

    HostFirewall(Netns host, Workplace workplace, Netfilter netfilter) {
        this.host = host;
        this.workplace = workplace;
        this.netfilter = netfilter;
        this.tables = new HostTables(KernelNft.of(host));
    }

    private Iptables iptables(boolean v4) {
        return Iptables.in(host, v4 ? IptablesFamily.IPV4 : IptablesFamily.IPV6);
    }

    private interface Change {
        void make() throws CniException, NftException;
    }

    private static void withNft(String doing, Change change) throws CniException {
        try {
            synchronized (LAST_OF_NETWORK) {
                change.make();
            }
        } catch (NftException e) {
            throw Failures.of(doing, e);
        }
    }

    /** Admits in iptables, the families that the container has. */
    void admitInIptables(Admission admission, Undo undo) throws CniException {
        for (boolean v4 : new boolean[] {true, false}) {
            if (!admission.addresses(v4).isEmpty()) {
                admitInIptables(admission, v4, undo);
            }
        }
    }

    private void admitInIptables(Admission admission, boolean v4, Undo undo) throws CniException {
        Iptables iptables = iptables(v4);
        try {
            // Where others have been admitted already, no program is needed.
            if (!iptables.append(
                    IptablesFirewall.TABLE,
                    IptablesFirewall.common(admission),
                    List.of(RuleComment.ofAttachment(admission.attachment())),
                    IptablesFirewall.rules(admission, v4))) {
                iptables.change(
                        IptablesFirewall.TABLE,
                        saved -> IptablesFirewall.setUp(saved, admission, v4));
            }
        } catch (IptablesException e) {
            throw Failures.of("failed to admit a container", e);
        }
        undo.add(failure -> {
            try {
                dismissInIptables(v4, admission.attachment(), List.of());
            } catch (CniException e) {
                failure.addSuppressed(e);
            }
        });
    }

    /** Admits in nftables. Tables that iptables keeps there are left to iptables. */
    void admitInNftables(Admission admission, Undo undo) throws CniException {
        withNft(
                "failed to admit a container",
                () -> {
                    isolate(admission, undo);
                    DesiredState.Builder state = DesiredState.builder();
                    own(admission).forEach(state::host);
                    List<HostTables.Refusing> refusing = tables.refusing();
                    for (HostTables.Refusing one : refusing) {
                        if (one.isOfIptables()) {
                            boolean v4 = NftFirewall.sees(one.table(), true);
                            if (!admission.addresses(v4).isEmpty()) {
                                admitInIptables(withoutBridge(admission), v4, undo);
                            }
                        } else {
                            in(one.installed().table(), admission).forEach(state::host);
                        }
                    }
                    workplace.make(state.build(), "failed to admit a container", undo);
                    for (HostTables.Refusing one : refusing) {
                        if (!one.isOfIptables()) {
                            tables.enter(one);
                        }
                    }
                });
    }

    /** What an admission needs in our table: often nothing but its elements. */
    private List<? extends Resource> own(Admission admission) throws NftException {
        // What is deleted only to be made again costs an RCU grace period.
        List<Resource> all = NftFirewall.own(admission);
        return tables.isReady(all) ? elements(NftFirewall.OWN_TABLE, admission) : all;
    }

    /** What an admission needs in a table of others. */
    private List<? extends Resource> in(Table table, Admission admission) throws NftException {
        return tables.isReady(table.id(), NftFirewall.entry(table, admission))
                ? elements(table, admission)
                : NftFirewall.admission(table, admission);
    }

    private static List<? extends Resource> elements(Table table, Admission admission) {
        return NftFirewall.elements(
                table, RuleComment.comment(admission.attachment()), admission.addresses());
    }

    private static Admission withoutBridge(Admission admission) {
        return new Admission(
                admission.attachment(),
                admission.addresses(),
                admission.config(),
                Optional.empty());
    }

    /** Keeps the bridge of a network apart, in nftables. */
    void isolate(Admission admission, Undo undo) throws CniException {
        List<Resource> isolation = NftFirewall.isolation(admission);
        if (isolation.isEmpty()) {
            return;
        }
        DesiredState.Builder state = DesiredState.builder();
        NftFirewall.own(withoutAddresses(admission)).forEach(state::host);
        DesiredState skeleton = state.build();
        DesiredState rules =
                DesiredState.builder().host(isolation.toArray(Resource[]::new)).build();
        synchronized (LAST_OF_NETWORK) {
            try {
                workplace.engine().reconcile(skeleton);
                workplace.engine().reconcile(rules);
            } catch (IOException e) {
                throw Failures.of("failed to keep containers apart", e);
            }
        }
        undo.add(failure -> {
            try {
                reuniteIfUnused(admission.attachment().network());
            } catch (CniException e) {
                failure.addSuppressed(e);
            }
        });
    }

    private static Admission withoutAddresses(Admission admission) {
        return new Admission(
                admission.attachment(), List.of(), admission.config(), admission.bridge());
    }

    private void reuniteIfUnused(String network) throws CniException {
        withNft(
                TAKING_BACK,
                () -> {
                    if (!tables.isApart(network)) {
                        return;
                    }
                    String prefix = RuleComment.ofNetwork(network) + "-";
                    for (String comment : tables.comments(NftFirewall.OWN)) {
                        if (comment.startsWith(prefix)) {
                            return;
                        }
                    }
                    workplace.remove(
                            DesiredState.builder()
                                    .host(NftFirewall.reunion(network).toArray(Resource[]::new))
                                    .build(),
                            TAKING_BACK);
                });
    }

    /** Verifies the rules of iptables. */
    void checkIptables(Admission admission) throws CniException {
        for (boolean v4 : new boolean[] {true, false}) {
            if (admission.addresses(v4).isEmpty()) {
                continue;
            }
            List<String> missing;
            try {
                missing =
                        IptablesFirewall.missing(
                                SavedTable.of(iptables(v4).save(IptablesFirewall.TABLE)),
                                admission,
                                v4);
            } catch (IptablesException e) {
                throw Failures.of("failed to look for a container's admission", e);
            }
            if (!missing.isEmpty()) {
                throw new CniException(
                        CniException.INTERNAL,
                        "a rule of "
                                + (v4 ? "iptables" : "ip6tables")
                                + " is missing: "
                                + missing.getFirst());
            }
        }
    }

    /** Verifies what nftables admits. */
    void checkNftables(Admission admission) throws CniException {
        withNft(
                "failed to look for a container's admission",
                () -> {
                    checkIsolation(admission);
                    DesiredState.Builder state = DesiredState.builder();
                    own(admission).forEach(state::host);
                    for (HostTables.Refusing one : tables.refusing()) {
                        if (one.isOfIptables()) {
                            if (!admission
                                    .addresses(NftFirewall.sees(one.table(), true))
                                    .isEmpty()) {
                                checkIptables(withoutBridge(admission));
                            }
                        } else {
                            in(one.installed().table(), admission).forEach(state::host);
                            if (!one.installed()
                                    .chain(one.chain())
                                    .map(NftFirewall::hasEntrance)
                                    .orElse(false)) {
                                throw new CniException(
                                        CniException.INTERNAL,
                                        "chain "
                                                + one.chain()
                                                + " of nft table "
                                                + one.table()
                                                + " refuses to forward and does not lead to "
                                                + NftFirewall.ENTRY);
                            }
                        }
                    }
                    workplace.verify(
                            state.build(), "the container's admission is not as ADD left it");
                });
    }

    /** Verifies that a bridge is kept apart in nftables. */
    void checkIsolation(Admission admission) throws CniException {
        List<Resource> isolation = NftFirewall.isolation(admission);
        if (!isolation.isEmpty()) {
            workplace.verify(
                    DesiredState.builder().host(isolation.toArray(Resource[]::new)).build(),
                    "containers are not kept apart as ADD left them");
        }
    }

    /**
     * Takes back whatever admits an attachment, in either backend, by us or, where its addresses
     * are known, by the reference plugin.
     */
    void dismiss(Attachment attachment, List<InetAddress> addresses) throws CniException {
        Parts parts = new Parts();
        parts.attempt(() -> withNft(TAKING_BACK, () -> dismissInNftables(attachment, addresses)));
        parts.attempt(() -> reuniteIfUnused(attachment.network()));
        for (boolean v4 : new boolean[] {true, false}) {
            parts.attempt(
                    () -> dismissInIptables(v4, attachment, Admission.ofFamily(addresses, v4)));
        }
        parts.finish();
    }

    /**
     * By its addresses, where they are known: they are looked up, however many containers there
     * are. If that is not what there is, all is looked at.
     */
    private void dismissInNftables(Attachment attachment, List<InetAddress> addresses)
            throws CniException, NftException {
        String comment = RuleComment.comment(attachment);
        if (addresses.isEmpty() || !netfilter.hasNftables(host)) {
            dismissInNftables(Set.of(comment));
            return;
        }
        DesiredState.Builder known = DesiredState.builder();
        int count = 0;
        for (TableId id : tables.admitting()) {
            Table table = Table.of(id.family(), id.name());
            for (NftElements elements : NftFirewall.elements(table, comment, addresses)) {
                known.host(elements);
                count += elements.elements().size();
            }
        }
        for (Step step : workplace.remove(known.build(), TAKING_BACK).steps()) {
            if (step.resource() instanceof NftElements elements) {
                count -= elements.elements().size();
            }
        }
        if (count != 0) {
            dismissInNftables(Set.of(comment));
        }
    }

    private void dismissInNftables(Set<String> comments) throws CniException, NftException {
        if (!netfilter.hasNftables(host)) {
            return;
        }
        DesiredState.Builder gone = DesiredState.builder();
        for (TableId id : tables.admitting()) {
            Table table = Table.of(id.family(), id.name());
            for (boolean v4 : new boolean[] {true, false}) {
                for (String comment : comments) {
                    if (NftFirewall.sees(id, v4)) {
                        gone.host(NftElements.all(table, NftFirewall.admitted(v4), comment));
                    }
                }
            }
        }
        workplace.remove(gone.build(), TAKING_BACK);
    }

    private void dismissInIptables(boolean v4, Attachment attachment, List<InetAddress> addresses)
            throws CniException {
        iptables(v4)
                .removeRules(
                        IptablesFirewall.TABLE,
                        IptablesFirewall.ENTRY,
                        RuleComment.ofAttachment(attachment));
        changeIptables(
                v4,
                attachment.network(),
                IptablesFirewall.words(attachment, addresses),
                saved -> IptablesFirewall.tearDown(saved, attachment, addresses));
    }

    /**
     * Changes what iptables admits, if a rule may have one of some words or be of a network's
     * isolation.
     */
    private void changeIptables(
            boolean v4,
            String network,
            List<byte[]> words,
            Function<SavedTable, List<String>> change)
            throws CniException {
        Iptables iptables = iptables(v4);
        List<byte[]> ofNetwork = IptablesFirewall.words(network);
        List<String> entry = List.of(IptablesFirewall.ENTRY);
        if (!iptables.mayMention(IptablesFirewall.TABLE, entry, words)
                // What keeps bridges apart stays while the network has other containers.
                && (iptables.mayMention(IptablesFirewall.TABLE, entry, ofNetwork)
                        || !iptables.mayMention(
                                IptablesFirewall.TABLE, IptablesFirewall.STAGES, ofNetwork))) {
            return;
        }
        try {
            iptables.change(IptablesFirewall.TABLE, change);
        } catch (IptablesException e) {
            // Where it does not work it has nothing.
            if (iptables.isUsable()) {
                throw Failures.of(TAKING_BACK, e);
            }
        }
    }

    /** Takes back what admits attachments of a network that are not valid any more. */
    void collect(String network, List<CniAttachment> valid) throws CniException {
        List<String> living = new ArrayList<>(valid.size());
        for (CniAttachment one : valid) {
            living.add(RuleComment.comment(Attachment.of(network, one)));
        }
        Parts parts = new Parts();
        parts.attempt(() ->
                withNft(
                        TAKING_BACK,
                        () -> {
                            Set<String> dead = new LinkedHashSet<>();
                            if (netfilter.hasNftables(host)) {
                                for (TableId table : tables.admitting()) {
                                    for (String comment : tables.comments(table)) {
                                        if (comment.startsWith(RuleComment.ofNetwork(network) + "-")
                                                && !living.contains(comment)) {
                                            dead.add(comment);
                                        }
                                    }
                                }
                            }
                            dismissInNftables(dead);
                        }));
        parts.attempt(() -> reuniteIfUnused(network));
        for (boolean v4 : new boolean[] {true, false}) {
            parts.attempt(() ->
                    changeIptables(
                            v4,
                            network,
                            IptablesFirewall.words(network),
                            saved -> IptablesFirewall.collect(saved, network, valid)));
        }
        parts.finish();
    }
}
