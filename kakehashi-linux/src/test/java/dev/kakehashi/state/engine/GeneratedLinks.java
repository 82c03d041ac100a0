package dev.kakehashi.state.engine;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.rtnetlink.AddrGenMode;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Ifb;
import dev.kakehashi.linux.rtnetlink.Macvlan;
import dev.kakehashi.linux.rtnetlink.Vxlan;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkBuilder;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Resource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Links with any of what they can be told, each drawn from a seed of its own. */
final class GeneratedLinks {
    /** How many seeds it takes. */
    static final int SLOTS = 10;

    private static final String OWNER = "generated/";

    private final GeneratedState state;

    GeneratedLinks(GeneratedState state) {
        this.state = state;
    }

    void add(long[] seeds) {
        bridge("br0", 1, new Draw(seeds[0]));
        bridge("br1", 2, new Draw(seeds[1]));
        for (int i = 0; i < 4; i++) {
            pair(i, new Draw(seeds[2 + i]));
        }
        vxlan(new Draw(seeds[6]));
        macvlan(new Draw(seeds[7]));
        ifb(new Draw(seeds[8]));
        moved(new Draw(seeds[9]));
        state.add(NamespaceId.CONTAINER, Link.existing("lo").up(true).build());
        state.add(NamespaceId.HOST, Link.existing(Scenery.UNDERLAY).up(true).build());
        state.add(
                NamespaceId.HOST,
                Link.share(Scenery.SHARED_BRIDGE, Bridge.plain()).up(true).build());
    }

    private void bridge(String name, int number, Draw draw) {
        if (!draw.chance(70)) {
            return;
        }
        Bridge kind = Bridge.plain();
        if (draw.coin()) {
            kind = kind.withMulticastSnooping(draw.coin());
        }
        LinkBuilder link = Link.create(name, kind).owner(OWNER + name);
        settings(link, draw);
        link.mac(draw.mac());
        finish(NamespaceId.HOST, link.up(true).build(), number, draw);
    }

    /** A pair between the two namespaces, or within the first. */
    private void pair(int i, Draw draw) {
        if (!draw.chance(75)) {
            return;
        }
        String near = "near" + i;
        String far = "far" + i;
        NamespaceId there = draw.chance(80) ? NamespaceId.CONTAINER : NamespaceId.HOST;
        LinkBuilder one = Link.veth(near, new LinkRef(there, far)).owner(OWNER + near);
        settings(one, draw);
        Optional<String> bridge = draw.chance(60) ? someBridge(draw) : Optional.empty();
        bridge.ifPresent(name -> port(one.master(name), draw));
        Link nearEnd = one.up(draw.chance(85)).build();
        LinkBuilder other = Link.veth(far, LinkRef.host(near)).owner(OWNER + near);
        settings(other, draw);
        finish(NamespaceId.HOST, nearEnd, 10 + i, draw);
        finish(there, other.up(draw.chance(85)).build(), 20 + i, draw);
        if (bridge.isPresent() && draw.coin()) {
            state.add(NamespaceId.HOST, FdbEntry.bridge(near, draw.mac()));
        }
    }

    private Optional<String> someBridge(Draw draw) {
        List<String> bridges = new ArrayList<>();
        bridges.add(Scenery.SHARED_BRIDGE);
        for (String name : List.of("br0", "br1")) {
            if (state.has(NamespaceId.HOST, name)) {
                bridges.add(name);
            }
        }
        return Optional.of(draw.of(bridges));
    }

    private static void port(LinkBuilder link, Draw draw) {
        if (draw.coin()) {
            link.hairpin(draw.coin());
        }
        if (draw.coin()) {
            link.isolated(draw.coin());
        }
        if (draw.coin()) {
            link.learning(draw.coin());
        }
    }

    private void vxlan(Draw draw) {
        if (!draw.chance(70)) {
            return;
        }
        Vxlan kind = Vxlan.of(1 + draw.below(3), 8472).withoutLearning();
        if (draw.coin()) {
            kind = kind.withLocal(IpAddresses.parse("192.0.2." + (1 + draw.below(2))));
        }
        LinkBuilder link = Link.create("vx0", kind).owner(OWNER + "vx0");
        if (draw.chance(70)) {
            link.parent(LinkRef.host(Scenery.UNDERLAY));
        }
        if (draw.coin()) {
            link.mac(draw.mac());
        }
        if (draw.coin()) {
            link.addrGenMode(AddrGenMode.NONE);
        }
        finish(NamespaceId.HOST, link.mtu(1400 + draw.below(50)).up(true).build(), 30, draw);
        List<Resource> entries = new ArrayList<>();
        for (int i = draw.below(4); i > 0; i--) {
            entries.add(FdbEntry.vxlan("vx0", draw.mac(), IpAddresses.parse("192.0.2.1" + i)));
        }
        for (int i = draw.below(3); i > 0; i--) {
            entries.add(
                    FdbEntry.vxlan(
                            "vx0",
                            dev.kakehashi.linux.MacAddress.ZERO,
                            IpAddresses.parse("192.0.2.2" + i)));
        }
        state.add(NamespaceId.HOST, entries.toArray(Resource[]::new));
    }

    private void macvlan(Draw draw) {
        if (!draw.chance(60)) {
            return;
        }
        NamespaceId where = draw.coin() ? NamespaceId.HOST : NamespaceId.CONTAINER;
        String parent =
                draw.coin() && state.has(NamespaceId.HOST, "br0") ? "br0" : Scenery.UNDERLAY;
        LinkBuilder link =
                Link.create("mv0", Macvlan.of(draw.of(Macvlan.Mode.BRIDGE, Macvlan.Mode.PRIVATE)))
                        .owner(OWNER + "mv0")
                        .parent(LinkRef.host(parent));
        if (draw.coin()) {
            link.mac(draw.mac());
        }
        finish(where, link.up(draw.chance(85)).build(), 31, draw);
    }

    private void ifb(Draw draw) {
        if (draw.chance(50)) {
            LinkBuilder link = Link.create("ifb9", new Ifb()).owner(OWNER + "ifb9");
            finish(NamespaceId.HOST, link.up(draw.chance(85)).build(), 32, draw);
        }
    }

    private void moved(Draw draw) {
        if (draw.chance(50)) {
            LinkBuilder link =
                    Link.move("got0", LinkRef.host(Scenery.TO_BE_MOVED)).owner(OWNER + "got0");
            finish(NamespaceId.CONTAINER, link.up(draw.coin()).build(), 33, draw);
        }
    }

    private static void settings(LinkBuilder link, Draw draw) {
        if (draw.coin()) {
            link.mtu(1300 + draw.below(200));
        }
        if (draw.coin()) {
            link.mac(draw.mac());
        }
        if (draw.chance(20)) {
            link.txQueueLength(500 + draw.below(500));
        }
        if (draw.chance(20)) {
            link.group(1 + draw.below(100));
        }
        if (draw.chance(20)) {
            link.promiscuous(draw.coin());
        }
        if (draw.chance(20)) {
            link.allMulticast(draw.coin());
        }
        if (draw.chance(20)) {
            link.addrGenMode(draw.of(AddrGenMode.NONE, AddrGenMode.EUI64));
        }
    }

    private void finish(NamespaceId namespace, Link link, int number, Draw draw) {
        state.add(namespace, link);
        new GeneratedTraffic(state, namespace, link, number, draw).add();
    }
}
