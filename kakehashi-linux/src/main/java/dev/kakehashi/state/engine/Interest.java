package dev.kakehashi.state.engine;

import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Filter;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.NftElements;
import dev.kakehashi.state.NftRules;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.PolicyRule;
import dev.kakehashi.state.Qdisc;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.Sysctl;
import dev.kakehashi.state.WireguardInterface;
import dev.kakehashi.state.WireguardTunnel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What has to be read of a namespace to compare it with desired states: only what they talk about.
 */
final class Interest {
    private final Set<String> links = new LinkedHashSet<>();
    private final Set<String> addressDevices = new LinkedHashSet<>();
    private final Set<String> neighbourDevices = new LinkedHashSet<>();
    private final Set<String> fdbDevices = new LinkedHashSet<>();
    private final Set<String> qdiscDevices = new LinkedHashSet<>();
    private final Set<String> filterDevices = new LinkedHashSet<>();
    private final Set<String> wireguardDevices = new LinkedHashSet<>();
    private final Set<Integer> tables = new HashSet<>();
    private final Set<TableId> wholeNftTables = new LinkedHashSet<>();
    private final Set<TableId> sharedNftTables = new LinkedHashSet<>();
    private final Map<NftElements.Key, NftLookup> nftSets = new LinkedHashMap<>();
    private final List<Sysctl> sysctls = new ArrayList<>();
    private final List<Resource> resources = new ArrayList<>();
    private boolean proxies;
    private boolean rules;
    private boolean vlans;

    private Interest() {}

    /** What is of interest in a namespace to one or more states. */
    static Interest of(NamespaceId namespace, DesiredState... states) {
        Interest interest = new Interest();
        for (DesiredState state : states) {
            for (NamespaceId other : state.namespaces()) {
                for (Resource resource : state.byKey(other).values()) {
                    if (other.equals(namespace)) {
                        interest.add(resource);
                    }
                    if (resource instanceof Link link) {
                        interest.addFrom(namespace, link);
                    }
                }
            }
        }
        return interest;
    }

    /** Lower links and links to be moved may be in another namespace than the link itself. */
    private void addFrom(NamespaceId namespace, Link link) {
        link.parent()
                .filter(parent -> parent.namespace().equals(namespace))
                .ifPresent(parent -> links.add(parent.name()));
        if (link.origin() instanceof LinkOrigin.Moved(LinkRef from)
                && from.namespace().equals(namespace)) {
            links.add(from.name());
        }
    }

    private void add(Resource resource) {
        resources.add(resource);
        // No switch over types on the way of a first call: docs/adr/0008.
        if (resource instanceof Link link) {
            links.add(link.name());
            link.master().ifPresent(links::add);
            vlans |= link.port().vlans().isPresent();
        } else if (resource instanceof Address address) {
            device(address.device(), addressDevices);
        } else if (resource instanceof Route route) {
            tables.add(route.table());
            links.addAll(route.devices());
        } else if (resource instanceof Sysctl sysctl) {
            sysctls.add(sysctl);
        } else {
            addRarer(resource);
        }
    }

    private void addRarer(Resource resource) {
        switch (resource) {
            case Neighbour neighbour -> {
                if (neighbour.isProxy()) {
                    links.add(neighbour.device());
                    proxies = true;
                } else {
                    device(neighbour.device(), neighbourDevices);
                }
            }
            case FdbEntry entry -> device(entry.device(), fdbDevices);
            case Qdisc qdisc -> device(qdisc.device(), qdiscDevices);
            case Filter filter -> {
                filter.target().ifPresent(links::add);
                device(filter.device(), filterDevices);
            }
            case PolicyRule _ -> rules = true;
            case NftTable table -> wholeNftTables.add(table.ruleset().id());
            case NftChain chain -> sharedNftTables.add(chain.table().id());
            case NftRules nft -> sharedNftTables.add(nft.table());
            case NftElements nft ->
                    nftSets.computeIfAbsent(
                                    new NftElements.Key(nft.table().id(), nft.set().name(), ""),
                                    _ -> new NftLookup(nft.table(), nft.set().name()))
                            .add(nft);
            case WireguardInterface wireguard -> device(wireguard.device(), wireguardDevices);
            case WireguardTunnel tunnel -> device(tunnel.device(), wireguardDevices);
            case Link _, Address _, Route _, Sysctl _ -> throw new AssertionError(resource);
        }
    }

    private void device(String name, Set<String> devices) {
        links.add(name);
        devices.add(name);
    }

    /** All that the states say of this namespace. */
    List<Resource> resources() {
        return resources;
    }

    Set<String> links() {
        return links;
    }

    Set<String> addressDevices() {
        return addressDevices;
    }

    Set<String> neighbourDevices() {
        return neighbourDevices;
    }

    Set<String> fdbDevices() {
        return fdbDevices;
    }

    Set<String> qdiscDevices() {
        return qdiscDevices;
    }

    Set<String> filterDevices() {
        return filterDevices;
    }

    Set<String> wireguardDevices() {
        return wireguardDevices;
    }

    Set<Integer> tables() {
        return tables;
    }

    Set<TableId> wholeNftTables() {
        return wholeNftTables;
    }

    Set<TableId> sharedNftTables() {
        return sharedNftTables;
    }

    /** What is of interest in sets. */
    Collection<NftLookup> nftSets() {
        return nftSets.values();
    }

    List<Sysctl> sysctls() {
        return sysctls;
    }

    boolean proxies() {
        return proxies;
    }

    boolean rules() {
        return rules;
    }

    /** Whether the VLANs of ports are of interest. */
    boolean vlans() {
        return vlans;
    }

    /** Whether reading needs a thread inside the namespace. */
    boolean needsThread() {
        return !sysctls.isEmpty();
    }
}
