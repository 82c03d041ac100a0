package dev.kakehashi.state.engine;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.nft.InstalledChain;
import dev.kakehashi.linux.nft.InstalledRule;
import dev.kakehashi.linux.nft.InstalledTable;
import dev.kakehashi.linux.nft.Nft;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.SetContents;
import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.linux.rtnetlink.BridgePortVlans;
import dev.kakehashi.linux.rtnetlink.BridgeVlan;
import dev.kakehashi.linux.rtnetlink.Fdb;
import dev.kakehashi.linux.rtnetlink.Filters;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Neighbours;
import dev.kakehashi.linux.rtnetlink.Qdiscs;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.wireguard.WireguardDevice;
import dev.kakehashi.linux.wireguard.WireguardNetlink;
import dev.kakehashi.linux.wireguard.WireguardPeer;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Filter;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.NftRules;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.Qdisc;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.ResourceKey;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.Sysctl;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads from kernels what desired states talk about. */
final class Observer {
    /** Above so many links one list is cheaper than asking for each. */
    private static final int FEW_LINKS = 8;

    private final Kernel kernel;
    private final PriorValues priorValues;

    Observer(Kernel kernel, PriorValues priorValues) {
        this.kernel = kernel;
        this.priorValues = priorValues;
    }

    /** What the states talk about; namespaces that the engine does not know are empty. */
    ObservedState observe(DesiredState... states) throws IOException {
        Set<NamespaceId> all = new LinkedHashSet<>();
        for (DesiredState state : states) {
            all.addAll(state.namespaces());
        }
        Map<NamespaceId, ObservedNamespace> observed = new HashMap<>();
        for (NamespaceId namespace : all) {
            if (kernel.has(namespace)) {
                Interest interest = Interest.of(namespace, states);
                Kernel.Work<ObservedNamespace> work =
                        netlink -> new Reading(namespace, interest, netlink).run();
                observed.put(
                        namespace,
                        interest.needsThread()
                                ? kernel.enter(namespace, work)
                                : kernel.talk(namespace, work));
            }
        }
        return new ObservedState(observed);
    }

    /** One link by name. */
    Optional<ObservedLink> link(NamespaceId namespace, String name) throws IOException {
        return kernel.talk(
                namespace,
                netlink ->
                        netlink.link(name)
                                .map(link ->
                                        LinkView.of(
                                                link,
                                                index -> Optional.empty(),
                                                index -> Optional.empty())));
    }

    /** The reading of one namespace. */
    private final class Reading {
        private final NamespaceId namespace;
        private final Interest interest;
        private final RtNetlink netlink;
        private final ObservedNamespace.Builder seen = new ObservedNamespace.Builder();
        private final Map<String, Integer> indexes = new LinkedHashMap<>();
        private final Map<Integer, String> names = new HashMap<>();

        Reading(NamespaceId namespace, Interest interest, RtNetlink netlink) {
            this.namespace = namespace;
            this.interest = interest;
            this.netlink = netlink;
        }

        ObservedNamespace run() throws IOException {
            links();
            for (String device : interest.addressDevices()) {
                Integer index = indexes.get(device);
                if (index != null) {
                    for (var address : netlink.addresses(index)) {
                        seen.add(AddressHandler.observed(address, device));
                    }
                }
            }
            trafficControl();
            wireguard();
            neighbours();
            routes();
            if (interest.rules()) {
                for (var rule : netlink.rules()) {
                    PolicyRuleHandler.observed(rule).ifPresent(seen::add);
                }
            }
            sysctls();
            records();
            nft();
            return seen.build();
        }

        private void links() throws IOException {
            List<Link> found = new ArrayList<>();
            if (interest.links().size() > FEW_LINKS) {
                for (Link link : netlink.links()) {
                    names.put(link.index(), link.name());
                    if (interest.links().contains(link.name())) {
                        found.add(link);
                    }
                }
            } else {
                for (String name : interest.links()) {
                    netlink.link(name).ifPresent(found::add);
                }
                for (Link link : found) {
                    names.put(link.index(), link.name());
                }
            }
            Map<Integer, List<BridgeVlan>> vlans = new HashMap<>();
            if (interest.vlans()) {
                for (BridgePortVlans port : netlink.bridgeVlans()) {
                    vlans.put(port.link(), port.vlans());
                }
            }
            for (Link link : found) {
                indexes.put(link.name(), link.index());
                if (link.master() != 0 && !names.containsKey(link.master())) {
                    netlink.link(link.master()).ifPresent(m -> names.put(m.index(), m.name()));
                }
                seen.add(
                        LinkView.of(
                                link,
                                this::name,
                                index ->
                                        interest.vlans()
                                                ? Optional.of(vlans.getOrDefault(index, List.of()))
                                                : Optional.empty()));
            }
        }

        private Optional<String> name(int index) {
            return Optional.ofNullable(names.get(index));
        }

        private void neighbours() throws IOException {
            for (String device : interest.neighbourDevices()) {
                Integer index = indexes.get(device);
                if (index != null) {
                    for (var entry :
                            netlink.socket().dump(Neighbours.list(index), Neighbours::decode)) {
                        NeighbourHandler.observed(entry, device).ifPresent(seen::add);
                    }
                }
            }
            if (interest.proxies()) {
                for (var entry :
                        netlink.socket().dump(Neighbours.listProxies(), Neighbours::decode)) {
                    name(entry.link())
                            .flatMap(device -> NeighbourHandler.observed(entry, device))
                            .ifPresent(seen::add);
                }
            }
            for (String device : interest.fdbDevices()) {
                Integer index = indexes.get(device);
                if (index != null) {
                    for (var entry : netlink.socket().dump(Fdb.list(index), Fdb::decode)) {
                        if (entry.link() == index) {
                            FdbHandler.observed(entry, device).ifPresent(seen::add);
                        }
                    }
                }
            }
        }

        private void wireguard() throws IOException {
            if (interest.wireguardDevices().stream().noneMatch(indexes::containsKey)) {
                return;
            }
            Optional<WireguardNetlink> opened = WireguardNetlink.open(kernel.netns(namespace));
            if (opened.isEmpty()) {
                return;
            }
            try (WireguardNetlink wireguard = opened.get()) {
                for (String device : interest.wireguardDevices()) {
                    Optional<WireguardDevice> found = wireguard.device(device);
                    if (found.isPresent()) {
                        WireguardInterfaceHandler.observed(device, found.get())
                                .ifPresent(seen::add);
                        for (WireguardPeer peer : found.get().peers()) {
                            seen.add(WireguardTunnelHandler.observed(device, peer));
                        }
                    }
                }
            }
        }

        private void trafficControl() throws IOException {
            for (String device : interest.qdiscDevices()) {
                Integer index = indexes.get(device);
                if (index != null) {
                    for (var qdisc : netlink.socket().dump(Qdiscs.list(index), Qdiscs::decode)) {
                        if (qdisc.link() == index) {
                            QdiscHandler.observed(qdisc, device).ifPresent(seen::add);
                        }
                    }
                }
            }
            for (String device : interest.filterDevices()) {
                Integer index = indexes.get(device);
                if (index != null) {
                    for (Filter.Direction direction : Filter.Direction.values()) {
                        filters(device, index, direction);
                    }
                }
            }
        }

        private void filters(String device, int index, Filter.Direction direction)
                throws IOException {
            var request = Filters.list(index, FilterHandler.parent(direction));
            try {
                for (var filter : netlink.socket().dump(request, Filters::decode)) {
                    FilterHandler.observed(filter, device, direction, this::nameOrAsk)
                            .ifPresent(seen::add);
                }
            } catch (LinuxException e) {
                if (!e.is(Errno.EINVAL) && !e.is(Errno.ENOENT)) {
                    throw e; // else there is nothing there that holds filters
                }
            }
        }

        private void records() {
            for (Resource resource : interest.resources()) {
                if (canBearNoMark(resource)) {
                    priorValues
                            .find(namespace, resource.key())
                            .ifPresent(before -> seen.addValueBefore(resource.key(), before));
                }
            }
        }

        /** Only routes of the wanted destinations: a node may have thousands of others. */
        private void routes() throws IOException {
            Set<ResourceKey> keys = new HashSet<>();
            for (Resource resource : interest.resources()) {
                if (resource instanceof Route route) {
                    keys.add(RouteHandler.place(route));
                }
            }
            for (int table : interest.tables()) {
                for (var found : netlink.routes(table)) {
                    if (keys.contains(RouteHandler.place(found))) {
                        seen.add(RouteHandler.observed(found, this::nameOrAsk));
                    }
                }
            }
        }

        private Optional<String> nameOrAsk(int index) {
            if (index != 0 && !names.containsKey(index)) {
                try {
                    netlink.link(index).ifPresent(link -> names.put(index, link.name()));
                } catch (IOException e) {
                    return Optional.empty(); // gone since the list was made
                }
            }
            return name(index);
        }

        private void sysctls() throws IOException {
            for (Sysctl sysctl : interest.sysctls()) {
                Optional<String> value =
                        SysctlFiles.read(kernel.switches(namespace), sysctl.file());
                if (value.isPresent()) {
                    seen.add(new Observed(sysctl.withValue(value.get()), Mark.NONE));
                }
            }
        }

        private void nft() throws IOException {
            if (interest.wholeNftTables().isEmpty()
                    && interest.sharedNftTables().isEmpty()
                    && interest.nftSets().isEmpty()) {
                return;
            }
            Nft nft = kernel.nft(namespace);
            for (TableId id : interest.wholeNftTables()) {
                nft.table(id)
                        .ifPresent(table ->
                                seen.add(new Observed(new NftTable(table.ruleset()), Mark.OURS)));
            }
            for (TableId id : interest.sharedNftTables()) {
                nft.rules(id).ifPresent(this::shared);
            }
            for (NftLookup set : interest.nftSets()) {
                Optional<SetContents> contents = set.read(nft);
                if (contents.isPresent()) {
                    NftElementsHandler.observed(set.table(), contents.get()).forEach(seen::add);
                }
            }
        }

        private void shared(InstalledTable table) {
            for (InstalledChain chain : table.chains()) {
                List<Rule> all = chain.contents().rules();
                seen.add(
                        new Observed(
                                new NftChain(table.table(), chain.chain(), all, Relation.OWNED),
                                Mark.FOREIGN));
                Map<String, List<Rule>> byComment = new LinkedHashMap<>();
                for (InstalledRule rule : chain.rules()) {
                    String comment = rule.rule().comment();
                    if (!comment.isEmpty()) {
                        byComment
                                .computeIfAbsent(comment, c -> new ArrayList<>(1))
                                .add(rule.rule());
                    }
                }
                byComment.forEach((comment, rules) ->
                        seen.add(
                                new Observed(
                                        new NftRules(
                                                table.table().id(), chain.chain().name(), rules),
                                        Mark.OURS)));
            }
        }
    }

    private static boolean canBearNoMark(Resource resource) {
        return resource instanceof Sysctl
                || resource instanceof FdbEntry
                || resource instanceof Qdisc
                || resource instanceof Filter;
    }
}
