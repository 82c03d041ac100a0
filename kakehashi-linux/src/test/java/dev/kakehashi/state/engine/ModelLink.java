package dev.kakehashi.state.engine;

import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.rtnetlink.AddrGenMode;
import dev.kakehashi.state.BridgePort;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.LinkSettings;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.Relation;

import java.util.Optional;
import java.util.OptionalInt;

/** What becomes of one link of a {@link ModelKernel}. */
final class ModelLink {
    private ModelLink() {}

    static ObservedLink made(
            int index, String kind, Link link, int master, int lower, boolean elsewhere) {
        LinkSettings w = link.settings();
        LinkSettings settings =
                new LinkSettings(
                        OptionalInt.of(w.mtu().orElse(1500)),
                        Optional.of(w.mac().orElse(MacAddress.of(0x020000000000L + index))),
                        Optional.of(w.wantsUp()),
                        OptionalInt.of(w.group().orElse(0)),
                        OptionalInt.of(w.txQueueLength().orElse(1000)),
                        Optional.of(w.promiscuous().orElse(false)),
                        Optional.of(w.allMulticast().orElse(false)),
                        Optional.of(w.addrGenMode().orElse(AddrGenMode.EUI64)));
        return new ObservedLink(
                index,
                link.name(),
                kind,
                link.origin() instanceof LinkOrigin.Created created
                        ? Optional.of(created.kind())
                        : Optional.empty(),
                link.relation() == Relation.OWNED ? Ownership.alias(link.owner()) : "",
                link.master(),
                master,
                lower,
                elsewhere,
                settings,
                link.master().isPresent() ? port(link.port(), BridgePort.NONE) : BridgePort.NONE,
                true);
    }

    /** After it was told the parts that a link says. */
    static ObservedLink told(ObservedLink l, Link link, Optional<String> master, int index) {
        LinkSettings w = link.settings();
        LinkSettings s = l.settings();
        LinkSettings settings =
                new LinkSettings(
                        w.mtu().isPresent() ? w.mtu() : s.mtu(),
                        w.mac().or(s::mac),
                        w.up().or(s::up),
                        w.group().isPresent() ? w.group() : s.group(),
                        w.txQueueLength().isPresent() ? w.txQueueLength() : s.txQueueLength(),
                        w.promiscuous().or(s::promiscuous),
                        w.allMulticast().or(s::allMulticast),
                        w.addrGenMode().or(s::addrGenMode));
        BridgePort before = index == l.masterIndex() ? l.port() : BridgePort.NONE;
        return new ObservedLink(
                l.index(),
                l.name(),
                l.kindName(),
                link.origin() instanceof LinkOrigin.Created created
                        ? Optional.of(created.kind())
                        : l.kind(),
                l.alias(),
                master,
                index,
                l.lowerIndex(),
                l.lowerElsewhere(),
                settings,
                master.isPresent() ? port(link.port(), before) : BridgePort.NONE,
                true);
    }

    private static BridgePort port(BridgePort told, BridgePort before) {
        return new BridgePort(
                Optional.of(told.hairpin().orElse(before.hairpin().orElse(false))),
                Optional.of(told.isolated().orElse(before.isolated().orElse(false))),
                Optional.of(told.learning().orElse(before.learning().orElse(true))),
                Optional.empty());
    }

    static ObservedLink marked(ObservedLink l, String alias) {
        return copy(l, l.name(), alias, l.master(), l.masterIndex(), l.settings(), l.port());
    }

    static ObservedLink withoutMaster(ObservedLink l) {
        return copy(l, l.name(), l.alias(), Optional.empty(), 0, l.settings(), BridgePort.NONE);
    }

    static ObservedLink moved(ObservedLink l, String name, String alias) {
        return up(copy(l, name, alias, Optional.empty(), 0, l.settings(), BridgePort.NONE), false);
    }

    static ObservedLink up(ObservedLink l, boolean up) {
        LinkSettings s = l.settings();
        LinkSettings settings =
                new LinkSettings(
                        s.mtu(),
                        s.mac(),
                        Optional.of(up),
                        s.group(),
                        s.txQueueLength(),
                        s.promiscuous(),
                        s.allMulticast(),
                        s.addrGenMode());
        return copy(l, l.name(), l.alias(), l.master(), l.masterIndex(), settings, l.port());
    }

    private static ObservedLink copy(
            ObservedLink l,
            String name,
            String alias,
            Optional<String> master,
            int masterIndex,
            LinkSettings settings,
            BridgePort port) {
        return new ObservedLink(
                l.index(),
                name,
                l.kindName(),
                l.kind(),
                alias,
                master,
                masterIndex,
                l.lowerIndex(),
                l.lowerElsewhere(),
                settings,
                port,
                l.running());
    }
}
