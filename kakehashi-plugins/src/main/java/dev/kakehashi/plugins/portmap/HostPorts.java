package dev.kakehashi.plugins.portmap;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.iptables.Iptables;
import dev.kakehashi.linux.iptables.IptablesException;
import dev.kakehashi.linux.iptables.IptablesFamily;
import dev.kakehashi.linux.iptables.SavedTable;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.InstalledTable;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.Nft;
import dev.kakehashi.linux.nft.NftException;
import dev.kakehashi.linux.nft.NftSet;
import dev.kakehashi.linux.nft.SetContents;
import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.linux.nft.TransportProtocol;
import dev.kakehashi.linux.program.ProgramException;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.attachment.RuleComment;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.chain.Skeleton;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.plugins.cleanup.Parts;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.NftElements;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.engine.Applied;
import dev.kakehashi.state.engine.Step;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The published ports of a host in its packet filter, for one call. */
final class HostPorts {

    private static final int ATTEMPTS = 10;
    private static final String TAKING_BACK = "failed to take back published ports";

    private final Netns host;
    private final Workplace workplace;

    HostPorts(Netns host, Workplace workplace) {
        this.host = host;
        this.workplace = workplace;
    }

    /**
     * Publishes in nftables.
     *
     * @param switches what it needs besides
     */
    void publishInNftables(DesiredState switches, List<Published> all, Undo undo)
            throws CniException {
        Published one = all.getFirst();
        DesiredState.Builder state = DesiredState.builder().add(switches);
        // What is deleted only to be made again costs an RCU grace period.
        if (!isComplete(table(one))) {
            table(one).skeleton().forEach(state::host);
        }
        table(one).elements(all).forEach(state::host);
        workplace.make(state.build(), "failed to publish ports", undo);
        if (one.config().isConditional()) {
            PortTable table = table(one);
            try {
                if (!PortConditions.areIn(
                        KernelNft.of(host).rules(table.table().id()), one.config())) {
                    PortConditions.apply(host, table, one.config());
                }
            } catch (NftException e) {
                throw Failures.of("failed to look for the conditions of published ports", e);
            } catch (ProgramException e) {
                throw Failures.of("failed to set the conditions of published ports", e);
            }
        }
    }

    private boolean isComplete(PortTable table) throws CniException {
        try {
            return KernelNft.of(host)
                    .rules(table.table().id())
                    .map(installed -> Skeleton.isIn(installed, "", table::skeleton))
                    .orElse(false);
        } catch (NftException e) {
            throw Failures.of("failed to look for published ports", e);
        }
    }

    /** The table that the ports of an attachment are in. */
    static PortTable table(Published one) {
        return one.config().isConditional()
                ? PortTable.of(one.attachment().network())
                : PortTable.common();
    }

    /** Publishes in iptables. */
    void publishInIptables(Published one, Undo undo) throws CniException {
        Iptables iptables = iptables(one.isIpv4());
        try {
            // Where others have published ports already, no program is needed, but for conditions,
            // which are words of iptables' own.
            if (one.config().isConditional()
                    || !iptables.append(
                            IptablesPorts.TABLE,
                            IptablesPorts.common(one),
                            List.of(),
                            IptablesPorts.own(one))) {
                iptables.change(IptablesPorts.TABLE, saved -> IptablesPorts.setUp(saved, one));
            }
        } catch (IptablesException e) {
            throw Failures.of("failed to publish ports", e);
        }
        undo.add(failure -> {
            try {
                unpublishInIptables(one.isIpv4(), one.attachment(), Optional.of(one.target()));
            } catch (CniException e) {
                failure.addSuppressed(e);
            }
        });
    }

    private Iptables iptables(boolean v4) {
        return Iptables.in(host, v4 ? IptablesFamily.IPV4 : IptablesFamily.IPV6);
    }

    /**
     * Takes back all that is published for an attachment, in either backend, by us or by the
     * reference plugin.
     *
     * @param addresses of the container, if they are known
     * @param expected what ADD has published, as far as it is known
     * @return the UDP ports that it was
     */
    Set<Integer> unpublish(
            Attachment attachment, List<InetAddress> addresses, List<Published> expected)
            throws CniException {
        Set<Integer> udp = new LinkedHashSet<>();
        Parts parts = new Parts();
        parts.attempt(() -> {
            Set<TableId> tables = tables();
            if (expected.isEmpty() || !unpublish(expected, udp)) {
                unpublishWhateverThereIs(attachment, tables, udp);
            }
            for (TableId table : List.of(ReferencePorts.V4, ReferencePorts.V6)) {
                if (tables.contains(table)) {
                    parts.attempt(() -> unpublishReference(table, attachment, addresses));
                }
            }
        });
        for (boolean v4 : new boolean[] {true, false}) {
            if (!iptables(v4).mayHave(IptablesPorts.TABLE)) {
                continue;
            }
            Optional<InetAddress> address =
                    addresses.stream().filter(a -> a instanceof Inet4Address == v4).findFirst();
            for (Published one : expected) {
                if (one.isIpv4() == v4 && unpublishInIptables(one)) {
                    udp.addAll(UdpConnections.ports(one.config().mappings()));
                }
            }
            parts.attempt(() -> udp.addAll(unpublishInIptables(v4, attachment, address)));
        }
        parts.finish();
        return udp;
    }

    /**
     * Takes back what ADD has published without a look at what others have: however many ports
     * there are, it takes the time of the container's own.
     *
     * @return whether it was all that is published for the attachment
     */
    private boolean unpublish(List<Published> expected, Set<Integer> udp) throws CniException {
        List<NftElements> known = table(expected.getFirst()).elements(expected);
        Applied applied =
                workplace.remove(
                        DesiredState.builder().host(known.toArray(Resource[]::new)).build(),
                        TAKING_BACK);
        addUdpPorts(applied, udp);
        Map<String, Set<Element>> removed = new HashMap<>();
        for (Step step : applied.steps()) {
            if (step instanceof Step.Remove && step.resource() instanceof NftElements elements) {
                removed.put(elements.set().name(), Set.copyOf(elements.elements()));
            }
        }
        for (NftElements elements : known) {
            if (!Set.copyOf(elements.elements()).equals(removed.get(elements.set().name()))) {
                return false;
            }
        }
        return !known.isEmpty();
    }

    private void unpublishWhateverThereIs(
            Attachment attachment, Set<TableId> tables, Set<Integer> udp) throws CniException {
        DesiredState.Builder gone = DesiredState.builder();
        for (PortTable table : List.of(PortTable.common(), PortTable.of(attachment.network()))) {
            if (tables.contains(table.table().id())) {
                table.all(attachment).forEach(gone::host);
            }
        }
        addUdpPorts(workplace.remove(gone.build(), TAKING_BACK), udp);
    }

    private Set<TableId> tables() throws CniException {
        try {
            return Set.copyOf(KernelNft.of(host).tables());
        } catch (NftException e) {
            return Set.of(); // without nftables there is nothing in it
        }
    }

    private static void addUdpPorts(Applied applied, Set<Integer> udp) {
        for (Step step : applied.steps()) {
            if (step instanceof Step.Remove && step.resource() instanceof NftElements elements) {
                udp.addAll(PortTable.hostPorts(elements, TransportProtocol.UDP));
            }
        }
    }

    private void unpublishReference(
            TableId table, Attachment attachment, List<InetAddress> addresses) throws CniException {
        Nft nft = KernelNft.of(host);
        for (int attempt = 1; ; attempt++) {
            try {
                Optional<InstalledTable> installed = nft.rules(table);
                if (installed.isPresent()) {
                    nft.apply(
                            ReferencePorts.tearDown(
                                    installed.get(), attachment.containerId(), addresses));
                }
                return;
            } catch (NftException e) {
                if (!e.isStale() || attempt == ATTEMPTS) {
                    throw Failures.of(TAKING_BACK, e);
                }
            }
        }
    }

    /** Takes back what ADD has published, if it is just that, without a run of a program. */
    private boolean unpublishInIptables(Published expected) {
        return iptables(expected.isIpv4())
                .removeChain(
                        IptablesPorts.TABLE,
                        PortChains.of(expected.attachment()),
                        IptablesPorts.ENTRY,
                        IptablesPorts.portsOfJumps(expected).stream()
                                .map(Iptables::ports)
                                .toList());
    }

    private List<Integer> unpublishInIptables(
            boolean v4, Attachment attachment, Optional<InetAddress> address) throws CniException {
        List<Integer> udp = new ArrayList<>();
        changeIptables(
                v4,
                PortChains.all(attachment),
                saved -> {
                    List<String> changes = IptablesPorts.tearDown(saved, attachment, address);
                    udp.addAll(IptablesPorts.udpPorts(changes));
                    return changes;
                });
        return udp;
    }

    /** Changes what iptables publishes, if it may have one of some chains. */
    private void changeIptables(
            boolean v4, List<String> chains, Function<SavedTable, List<String>> change)
            throws CniException {
        Iptables iptables = iptables(v4);
        if (!iptables.mayHave(IptablesPorts.TABLE, chains)) {
            return;
        }
        try {
            iptables.change(IptablesPorts.TABLE, change);
        } catch (IptablesException e) {
            // Where it does not work it has nothing.
            if (iptables.isUsable()) {
                throw Failures.of(TAKING_BACK, e);
            }
        }
    }

    /** Takes back what is published for attachments of a network that are not valid any more. */
    void collect(String network, List<CniAttachment> valid) throws CniException {
        List<Attachment> living = new ArrayList<>(valid.size());
        List<String> comments = new ArrayList<>(valid.size());
        for (CniAttachment one : valid) {
            Attachment attachment = Attachment.of(network, one);
            living.add(attachment);
            comments.add(RuleComment.comment(attachment));
        }
        Parts parts = new Parts();
        parts.attempt(() -> {
            DesiredState.Builder gone = DesiredState.builder();
            for (PortTable table : List.of(PortTable.common(), PortTable.of(network))) {
                for (String comment : comments(table)) {
                    if (comment.startsWith(RuleComment.ofNetwork(network) + "-")
                            && !comments.contains(comment)) {
                        table.all(comment).forEach(gone::host);
                    }
                }
            }
            workplace.remove(gone.build(), TAKING_BACK);
        });
        for (boolean v4 : new boolean[] {true, false}) {
            parts.attempt(() ->
                    changeIptables(
                            v4,
                            List.of(IptablesPorts.ENTRY),
                            saved -> IptablesPorts.collect(saved, network, living)));
        }
        parts.finish();
    }

    private Set<String> comments(PortTable table) throws CniException {
        Set<String> comments = new LinkedHashSet<>();
        Nft nft = KernelNft.of(host);
        try {
            for (NftSet set : PortTable.sets()) {
                Optional<SetContents> contents = nft.set(table.table().id(), set.name());
                for (Element element : contents.map(SetContents::elements).orElse(List.of())) {
                    comments.add(element.comment());
                }
            }
        } catch (NftException e) {
            return comments; // without nftables there is nothing in it
        }
        return comments;
    }

    /** What publishing in nftables makes. */
    static DesiredState state(List<Published> all) {
        DesiredState.Builder state = DesiredState.builder();
        PortTable table = table(all.getFirst());
        for (Resource resource : table.skeleton()) {
            state.host(resource);
        }
        table.elements(all).forEach(state::host);
        return state.build();
    }
}
