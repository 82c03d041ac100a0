package dev.kakehashi.state.engine;

import dev.kakehashi.linux.nft.Nft;
import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.Resource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds what is ours in a namespace by the marks alone. */
final class Belongings {
    private final RtNetlink netlink;
    private final Map<Integer, String> names = new HashMap<>();
    private final Map<String, String> owners = new HashMap<>();
    private final List<Belonging> found = new ArrayList<>();

    private Belongings(RtNetlink netlink) {
        this.netlink = netlink;
    }

    static List<Belonging> of(RtNetlink netlink, Nft nft) throws IOException {
        Belongings belongings = new Belongings(netlink);
        belongings.links();
        belongings.onLinks();
        belongings.routes();
        for (TableId table : nft.tables()) {
            if (Ownership.isOurTable(table.name())) {
                nft.table(table).ifPresent(there -> belongings.add(new NftTable(there.ruleset())));
            }
        }
        return belongings.found;
    }

    private void links() throws IOException {
        for (var link : netlink.links()) {
            if (Ownership.isOnItsWayOut(link.group())) {
                continue;
            }
            names.put(link.index(), link.name());
            if (Ownership.isOurAlias(link.alias())) {
                String owner = Ownership.ownerOf(link.alias());
                owners.put(link.name(), owner);
                // Hardware was moved here by us, not made: only its last user knows where from.
                link.kind()
                        .ifPresent(
                                kind -> add(Link.create(link.name(), kind).owner(owner).build()));
            }
        }
    }

    private void onLinks() throws IOException {
        for (var address : netlink.addresses()) {
            String device = names.get(address.link());
            if (device != null) {
                addIfOurs(AddressHandler.observed(address, device));
            }
        }
        for (var neighbour : netlink.neighbours()) {
            String device = names.get(neighbour.link());
            if (device != null) {
                NeighbourHandler.observed(neighbour, device).ifPresent(this::addIfOurs);
            }
        }
        for (Map.Entry<Integer, String> link : names.entrySet()) {
            if (owners.containsKey(link.getValue())) {
                for (var entry : netlink.fdb(link.getKey())) {
                    if (entry.link() == link.getKey()) {
                        FdbHandler.observed(entry, link.getValue())
                                .ifPresent(there -> add(there.resource()));
                    }
                }
            }
        }
    }

    private void routes() throws IOException {
        for (var route : netlink.routes()) {
            if (route.protocol() == Ownership.PROTOCOL) {
                addIfOurs(
                        RouteHandler.observed(
                                route, index -> Optional.ofNullable(names.get(index))));
            }
        }
        for (var rule : netlink.rules()) {
            PolicyRuleHandler.observed(rule).ifPresent(this::addIfOurs);
        }
    }

    private void addIfOurs(Observed there) {
        if (there.mark() == Mark.OURS) {
            add(there.resource());
        }
    }

    private void add(Resource resource) {
        Optional<String> owner =
                resource instanceof Link link ? Optional.of(link.owner()) : Optional.empty();
        for (String device : resource.devices()) {
            owner = owner.or(() -> Optional.ofNullable(owners.get(device)));
        }
        found.add(new Belonging(resource, owner));
    }
}
