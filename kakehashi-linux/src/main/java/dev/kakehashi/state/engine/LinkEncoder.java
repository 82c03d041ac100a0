package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.BridgePorts;
import dev.kakehashi.linux.rtnetlink.BridgeVlan;
import dev.kakehashi.linux.rtnetlink.BridgeVlans;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.Veth;
import dev.kakehashi.state.BridgePort;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.LinkSettings;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.Relation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Steps about links as messages. */
final class LinkEncoder {
    private final Indexes indexes;
    private final Function<NamespaceId, Netns> namespaces;

    LinkEncoder(Indexes indexes, Function<NamespaceId, Netns> namespaces) {
        this.indexes = indexes;
        this.namespaces = namespaces;
    }

    /** A link of a kind, with everything that can be told it in its own namespace. */
    List<NetlinkRequest> create(Step.Create step) throws IOException {
        Link link = (Link) step.resource();
        NamespaceId namespace = step.namespace();
        LinkOrigin.Created created = (LinkOrigin.Created) link.origin();
        LinkSpec.Builder spec = LinkSpec.builder(link.name(), created.kind());
        if (link.parent().isPresent()) {
            LinkRef parent = link.parent().get();
            spec.parent(indexes.of(parent.namespace(), parent.name()));
        }
        atCreation(spec, namespace, link);
        List<NetlinkRequest> requests = new ArrayList<>(3);
        if (!step.executedIn().equals(namespace)) {
            spec.netns(namespaces.apply(namespace).fd()).group(Ownership.NASCENT_GROUP);
            requests.add(Links.create(spec.build()));
            return requests;
        }
        // The address generation mode must be known before the link goes up.
        boolean upLater = step.up() && link.settings().addrGenMode().isPresent();
        if (step.up() && !upLater) {
            spec.up(true);
        }
        master(spec, namespace, link);
        more(spec, link.settings());
        requests.add(Links.create(spec.build()));
        details(requests, namespace, link, Optional.empty());
        if (upLater) {
            requests.add(change(namespace, link.name(), LinkSpec.builder().up(true)));
        }
        return requests;
    }

    /**
     * A pair, the near end with everything, the far one with what can be told it at its making. One
     * queue each: the kernel would make one for every processor, each with its own entries in
     * sysfs, which takes it longer than all the rest of the pair.
     */
    List<NetlinkRequest> createPair(Step.CreatePair pair) throws IOException {
        Link near = pair.resource();
        Link far = pair.peer();
        LinkSpec.Builder peer = LinkSpec.builder().name(far.name()).txQueues(1).rxQueues(1);
        atCreation(peer, pair.peerNamespace(), far);
        if (!pair.peerNamespace().equals(pair.namespace())) {
            peer.netns(namespaces.apply(pair.peerNamespace()).fd());
        }
        LinkSpec.Builder spec =
                LinkSpec.builder(near.name(), Veth.withPeer(peer.build())).txQueues(1).rxQueues(1);
        atCreation(spec, pair.namespace(), near);
        boolean upLater = near.settings().addrGenMode().isPresent();
        boolean up = near.settings().wantsUp();
        if (up && !upLater) {
            spec.up(true);
        }
        master(spec, pair.namespace(), near);
        more(spec, near.settings());
        List<NetlinkRequest> requests = new ArrayList<>(3);
        requests.add(Links.create(spec.build()));
        details(requests, pair.namespace(), near, Optional.empty());
        if (up && upLater) {
            requests.add(change(pair.namespace(), near.name(), LinkSpec.builder().up(true)));
        }
        return requests;
    }

    /** All the rest of a link that an earlier step made. */
    List<NetlinkRequest> configure(Step.Configure step) throws IOException {
        Link link = step.resource();
        List<NetlinkRequest> requests = new ArrayList<>(2);
        boolean mode = link.settings().addrGenMode().isPresent();
        LinkSpec.Builder spec = LinkSpec.builder();
        master(spec, step.namespace(), link);
        more(spec, link.settings());
        alias(spec, link);
        if (mode) {
            details(requests, step.namespace(), link, Optional.empty());
            link.settings().up().ifPresent(spec::up);
            requests.add(change(step.namespace(), link.name(), spec));
        } else {
            link.settings().up().ifPresent(spec::up);
            requests.add(change(step.namespace(), link.name(), spec));
            port(requests, step.namespace(), link, Optional.empty());
        }
        return requests;
    }

    /** What differs between two sayings about one link. */
    List<NetlinkRequest> change(Step.Change step) throws IOException {
        Link link = (Link) step.resource();
        Link before = (Link) step.before();
        List<NetlinkRequest> requests = new ArrayList<>(2);
        LinkSettings settings = link.settings();
        LinkSpec.Builder spec = LinkSpec.builder();
        settings.mac().ifPresent(spec::mac);
        settings.mtu().ifPresent(spec::mtu);
        more(spec, settings);
        settings.addrGenMode().ifPresent(spec::addrGenMode);
        settings.up().ifPresent(spec::up);
        if (!link.master().equals(before.master())) {
            spec.master(
                    link.master().isPresent()
                            ? indexes.of(step.namespace(), link.master().get())
                            : 0);
        }
        LinkSpec changes = spec.build();
        if (!changes.isEmpty()) {
            requests.add(Links.change(indexes.of(step.namespace(), link.name()), changes));
        }
        // Some kinds refuse other changes together with their own (vxlan_nl2conf()).
        if (!link.origin().equals(before.origin())
                && link.origin() instanceof LinkOrigin.Created created) {
            requests.add(
                    change(step.namespace(), link.name(), LinkSpec.builder().kind(created.kind())));
        }
        port(requests, step.namespace(), link, before.port().vlans());
        return requests;
    }

    /**
     * Takes a link out of everybody's sight at once: down and under another name; what is left is
     * deleted with others of its group. Down comes first: older kernels rename only links that are
     * down.
     */
    List<NetlinkRequest> hide(NamespaceId namespace, String name) throws IOException {
        int index = indexes.of(namespace, name);
        return List.of(
                down(namespace, name),
                Links.change(
                        index, LinkSpec.builder().name(Ownership.REAP_PREFIX + index).build()));
    }

    /**
     * Takes a port out of all traffic; what is left is deleted with others of its group. A port
     * that is disabled neither takes nor gives frames, as one that is down, but the kernel does not
     * wait for all processors to disable it. The group comes first: a change of the link enables
     * the port again.
     */
    List<NetlinkRequest> silence(NamespaceId namespace, String port) throws IOException {
        return List.of(leave(namespace, port), BridgePorts.disable(indexes.of(namespace, port)));
    }

    /**
     * Leaves a link as it is until it is deleted with others of its group: for an ifb, which has no
     * traffic of its own. What another link sends through it is shaped to the end.
     */
    NetlinkRequest leave(NamespaceId namespace, String name) throws IOException {
        return Links.change(
                indexes.of(namespace, name),
                LinkSpec.builder().group(Ownership.REAP_GROUP).build());
    }

    /** Takes a link down, which also takes a port out of its bridge's traffic. */
    NetlinkRequest down(NamespaceId namespace, String name) throws IOException {
        return Links.change(
                indexes.of(namespace, name),
                LinkSpec.builder().up(false).group(Ownership.REAP_GROUP).build());
    }

    NetlinkRequest delete(NamespaceId namespace, String name) throws IOException {
        return Links.delete(indexes.of(namespace, name));
    }

    List<NetlinkRequest> move(Step.Move step) throws IOException {
        LinkRef to = new LinkRef(step.namespace(), step.resource().name());
        int index = indexes.of(step.from().namespace(), step.from().name());
        LinkSpec.Builder spec =
                LinkSpec.builder()
                        .name(to.name())
                        .alias(step.mark() ? Ownership.alias(step.resource().owner()) : "")
                        .netns(namespaces.apply(step.namespace()).fd());
        indexes.move(step.from(), to);
        return List.of(Links.change(index, spec.build()));
    }

    private void atCreation(LinkSpec.Builder spec, NamespaceId namespace, Link link) {
        spec.index(indexes.assign(namespace, link.name()));
        LinkSettings settings = link.settings();
        settings.mtu().ifPresent(mtu -> spec.mtu(followsItsPorts(link) ? mtu - 1 : mtu));
        if (hasMac(link)) {
            spec.mac(indexes.assignMac(namespace, link.name(), settings.mac()));
        }
    }

    /**
     * Whether the kernel goes on to adapt the link's MTU: a bridge takes the least of its ports'
     * until somebody changes its own (br_change_mtu(), net/bridge/br_device.c), and only to another
     * value is a change.
     */
    private static boolean followsItsPorts(Link link) {
        return link.relation() == Relation.OWNED
                && link.origin() instanceof LinkOrigin.Created(Bridge _);
    }

    /** Whether a new link of this kind takes a hardware address of our choice. */
    private static boolean hasMac(Link link) {
        if (link.settings().mac().isPresent()) {
            return true;
        }
        return switch (link.origin()) {
            case LinkOrigin.VethEnd _ -> true;
            case LinkOrigin.Created created ->
                    switch (created.kind().name()) {
                        case "bridge", "vxlan", "macvlan", "dummy", "ifb" -> true;
                        default -> false; // others share their lower link's, or have none
                    };
            case LinkOrigin.Existing _, LinkOrigin.Moved _ -> false;
        };
    }

    private void master(LinkSpec.Builder spec, NamespaceId namespace, Link link)
            throws IOException {
        if (link.master().isPresent()) {
            spec.master(indexes.of(namespace, link.master().get()));
        }
    }

    private static void more(LinkSpec.Builder spec, LinkSettings settings) {
        settings.group().ifPresent(spec::group);
        settings.txQueueLength().ifPresent(spec::txQueueLength);
        settings.promiscuous().ifPresent(spec::promiscuous);
        settings.allMulticast().ifPresent(spec::allMulticast);
    }

    private static void alias(LinkSpec.Builder spec, Link link) {
        if (link.relation() == Relation.OWNED) {
            spec.alias(Ownership.alias(link.owner()));
        }
    }

    /** What the kernel ignores or refuses while it makes a link. */
    private void details(
            List<NetlinkRequest> requests,
            NamespaceId namespace,
            Link link,
            Optional<List<BridgeVlan>> vlansBefore)
            throws IOException {
        LinkSpec.Builder spec = LinkSpec.builder();
        alias(spec, link);
        if (followsItsPorts(link)) {
            link.settings().mtu().ifPresent(spec::mtu);
        }
        link.settings().addrGenMode().ifPresent(spec::addrGenMode);
        portOf(link.port()).ifPresent(spec::bridgePort);
        LinkSpec details = spec.build();
        if (!details.isEmpty()) {
            requests.add(Links.change(indexes.of(namespace, link.name()), details));
        }
        vlans(requests, namespace, link, vlansBefore);
    }

    private void port(
            List<NetlinkRequest> requests,
            NamespaceId namespace,
            Link link,
            Optional<List<BridgeVlan>> vlansBefore)
            throws IOException {
        Optional<dev.kakehashi.linux.rtnetlink.BridgePort> port = portOf(link.port());
        if (port.isPresent()) {
            requests.add(change(namespace, link.name(), LinkSpec.builder().bridgePort(port.get())));
        }
        vlans(requests, namespace, link, vlansBefore);
    }

    private static Optional<dev.kakehashi.linux.rtnetlink.BridgePort> portOf(BridgePort port) {
        if (port.hairpin().isEmpty() && port.isolated().isEmpty() && port.learning().isEmpty()) {
            return Optional.empty();
        }
        var builder = dev.kakehashi.linux.rtnetlink.BridgePort.builder();
        port.hairpin().ifPresent(builder::hairpin);
        port.isolated().ifPresent(builder::isolated);
        port.learning().ifPresent(builder::learning);
        return Optional.of(builder.build());
    }

    private void vlans(
            List<NetlinkRequest> requests,
            NamespaceId namespace,
            Link link,
            Optional<List<BridgeVlan>> before)
            throws IOException {
        if (link.port().vlans().isEmpty()) {
            return;
        }
        int index = indexes.of(namespace, link.name());
        List<BridgeVlan> wanted = link.port().vlans().get();
        // A new port is in the bridge's default VLAN, or in none.
        for (BridgeVlan vlan : before.orElse(List.of(BridgeVlan.access(1)))) {
            if (!wanted.contains(vlan)) {
                requests.add(BridgeVlans.delete(index, vlan, false));
            }
        }
        for (BridgeVlan vlan : wanted) {
            requests.add(BridgeVlans.add(index, vlan, false));
        }
    }

    private NetlinkRequest change(NamespaceId namespace, String name, LinkSpec.Builder spec)
            throws IOException {
        return Links.change(indexes.of(namespace, name), spec.build());
    }
}
