package dev.kakehashi.plugins.firewall;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
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
import java.util.Set;

/** The admission of containers by a host's nftables, for one call. */
final class NftAdmissions {

    /**
     * What keeps a network apart goes with its last container: nobody may come while that is found
     * out.
     */
    private static final Object LAST_OF_NETWORK = new Object();

    private static final String KEEPING_APART = "failed to keep containers apart";
    private static final String NOT_APART = "containers are not kept apart as ADD left them";

    private final Netns host;
    private final Workplace workplace;
    private final Netfilter netfilter;
    private final IptablesAdmissions iptables;
    private final HostTables tables;

    /**
     * Admission for one call.
     *
     * @param iptables for the tables that iptables keeps in nftables
     */
    NftAdmissions(
            Netns host, Workplace workplace, Netfilter netfilter, IptablesAdmissions iptables) {
        this.host = host;
        this.workplace = workplace;
        this.netfilter = netfilter;
        this.iptables = iptables;
        this.tables = new HostTables(KernelNft.of(host));
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

    /** Admits in nftables. Tables that iptables keeps there are left to iptables. */
    void admit(Admission admission, Undo undo) throws CniException {
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
                                iptables.admit(admission.withoutBridge(), v4, undo);
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
        return tables.isReady(admission.config().adminChain(), () -> NftFirewall.own(admission))
                ? elements(NftFirewall.OWN_TABLE, admission)
                : NftFirewall.own(admission);
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

    /**
     * Keeps the bridge of a network apart for a container that somebody else admits, and knows it
     * by its addresses: what keeps bridges apart goes with the last container.
     */
    void keepApart(Admission admission, Undo undo) throws CniException {
        if (admission.bridge().isEmpty()) {
            return;
        }
        withNft(
                KEEPING_APART,
                () -> {
                    isolate(admission, undo);
                    workplace.make(members(admission), KEEPING_APART, undo);
                });
    }

    private static DesiredState members(Admission admission) {
        DesiredState.Builder state = DesiredState.builder();
        elements(NftFirewall.OWN_TABLE, admission).forEach(state::host);
        return state.build();
    }

    /** Keeps the bridge of a network apart. */
    private void isolate(Admission admission, Undo undo) throws CniException {
        List<Resource> isolation = NftFirewall.isolation(admission);
        if (isolation.isEmpty()) {
            return;
        }
        DesiredState.Builder state = DesiredState.builder();
        NftFirewall.own(admission.withoutAddresses()).forEach(state::host);
        DesiredState skeleton = state.build();
        DesiredState rules =
                DesiredState.builder().host(isolation.toArray(Resource[]::new)).build();
        synchronized (LAST_OF_NETWORK) {
            try {
                workplace.engine().reconcile(skeleton);
                workplace.engine().reconcile(rules);
            } catch (IOException e) {
                throw Failures.of(KEEPING_APART, e);
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

    private void reuniteIfUnused(String network) throws CniException {
        withNft(
                HostFirewall.TAKING_BACK,
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
                            HostFirewall.TAKING_BACK);
                });
    }

    /** Verifies what nftables admits. */
    void check(Admission admission) throws CniException {
        withNft(
                "failed to look for a container's admission",
                () -> {
                    verifyIsolation(admission);
                    DesiredState.Builder state = DesiredState.builder();
                    own(admission).forEach(state::host);
                    for (HostTables.Refusing one : tables.refusing()) {
                        if (one.isOfIptables()) {
                            if (!admission
                                    .addresses(NftFirewall.sees(one.table(), true))
                                    .isEmpty()) {
                                iptables.check(admission.withoutBridge());
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

    /**
     * Verifies that a bridge is kept apart for a container that somebody else admits: by {@link
     * #keepApart}, or by the reference plugin, which does it in iptables.
     */
    void checkIsolation(Admission admission) throws CniException {
        if (admission.bridge().isEmpty()) {
            return;
        }
        try {
            verifyIsolation(admission);
            DesiredState.Builder own = DesiredState.builder();
            NftFirewall.own(admission).forEach(own::host);
            workplace.verify(own.build(), NOT_APART);
        } catch (CniException e) {
            if (!iptables.keepsApart(admission)) {
                throw e;
            }
        }
    }

    private void verifyIsolation(Admission admission) throws CniException {
        List<Resource> isolation = NftFirewall.isolation(admission);
        if (!isolation.isEmpty()) {
            workplace.verify(
                    DesiredState.builder().host(isolation.toArray(Resource[]::new)).build(),
                    NOT_APART);
        }
    }

    /** Takes back whatever admits an attachment. */
    void dismiss(Attachment attachment, List<InetAddress> addresses) throws CniException {
        Parts parts = new Parts();
        parts.attempt(
                () -> withNft(HostFirewall.TAKING_BACK, () -> dismissNow(attachment, addresses)));
        parts.attempt(() -> reuniteIfUnused(attachment.network()));
        parts.finish();
    }

    /**
     * By its addresses, where they are known: they are looked up, however many containers there
     * are. If that is not what there is, all is looked at.
     */
    private void dismissNow(Attachment attachment, List<InetAddress> addresses)
            throws CniException, NftException {
        String comment = RuleComment.comment(attachment);
        if (addresses.isEmpty() || !netfilter.hasNftables(host)) {
            dismissNow(Set.of(comment));
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
        for (Step step : workplace.remove(known.build(), HostFirewall.TAKING_BACK).steps()) {
            if (step.resource() instanceof NftElements elements) {
                count -= elements.elements().size();
            }
        }
        if (count != 0) {
            dismissNow(Set.of(comment));
        }
    }

    private void dismissNow(Set<String> comments) throws CniException, NftException {
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
        workplace.remove(gone.build(), HostFirewall.TAKING_BACK);
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
                        HostFirewall.TAKING_BACK,
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
                            dismissNow(dead);
                        }));
        parts.attempt(() -> reuniteIfUnused(network));
        parts.finish();
    }
}
