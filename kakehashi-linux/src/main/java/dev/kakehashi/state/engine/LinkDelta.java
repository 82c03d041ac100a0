package dev.kakehashi.state.engine;

import dev.kakehashi.state.BridgePort;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.LinkSettings;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/** What a link lacks of what is wanted: the wanted values that differ, and the found ones. */
final class LinkDelta {
    private LinkDelta() {}

    /** The wanted settings that are not as found. */
    static LinkSettings settings(LinkSettings wanted, LinkSettings found) {
        return new LinkSettings(
                unless(wanted.mtu(), found.mtu()),
                unless(wanted.mac(), found.mac()),
                unless(wanted.up(), found.up()),
                unless(wanted.group(), found.group()),
                unless(wanted.txQueueLength(), found.txQueueLength()),
                unless(wanted.promiscuous(), found.promiscuous()),
                unless(wanted.allMulticast(), found.allMulticast()),
                unless(wanted.addrGenMode(), found.addrGenMode()));
    }

    /** The wanted port attributes that are not as found. */
    static BridgePort port(BridgePort wanted, BridgePort found) {
        return new BridgePort(
                unless(wanted.hairpin(), found.hairpin()),
                unless(wanted.isolated(), found.isolated()),
                unless(wanted.learning(), found.learning()),
                unless(wanted.vlans(), found.vlans()));
    }

    /** The found values of the settings that a delta has. */
    static LinkSettings before(LinkSettings delta, LinkSettings found) {
        return new LinkSettings(
                where(delta.mtu(), found.mtu()),
                where(delta.mac(), found.mac()),
                where(delta.up(), found.up()),
                where(delta.group(), found.group()),
                where(delta.txQueueLength(), found.txQueueLength()),
                where(delta.promiscuous(), found.promiscuous()),
                where(delta.allMulticast(), found.allMulticast()),
                where(delta.addrGenMode(), found.addrGenMode()));
    }

    /** The found values of the port attributes that a delta has. */
    static BridgePort before(BridgePort delta, BridgePort found) {
        return new BridgePort(
                where(delta.hairpin(), found.hairpin()),
                where(delta.isolated(), found.isolated()),
                where(delta.learning(), found.learning()),
                where(delta.vlans(), found.vlans()));
    }

    /** Only whether the link is up. */
    static LinkSettings onlyUp(LinkSettings settings) {
        LinkSettings none = LinkSettings.NONE;
        return new LinkSettings(
                none.mtu(),
                none.mac(),
                settings.up(),
                none.group(),
                none.txQueueLength(),
                none.promiscuous(),
                none.allMulticast(),
                none.addrGenMode());
    }

    /** All but whether the link is up. */
    static LinkSettings withoutUp(LinkSettings settings) {
        return new LinkSettings(
                settings.mtu(),
                settings.mac(),
                Optional.empty(),
                settings.group(),
                settings.txQueueLength(),
                settings.promiscuous(),
                settings.allMulticast(),
                settings.addrGenMode());
    }

    /** All but what a link is given when it is made from another namespace. */
    static LinkSettings afterCreation(LinkSettings settings) {
        return new LinkSettings(
                OptionalInt.empty(),
                Optional.empty(),
                settings.up(),
                settings.group(),
                settings.txQueueLength(),
                settings.promiscuous(),
                settings.allMulticast(),
                settings.addrGenMode());
    }

    /** The same with a group in any case: one that says that a link is not finished must go. */
    static LinkSettings withGroup(LinkSettings settings) {
        return new LinkSettings(
                settings.mtu(),
                settings.mac(),
                settings.up(),
                OptionalInt.of(settings.group().orElse(0)),
                settings.txQueueLength(),
                settings.promiscuous(),
                settings.allMulticast(),
                settings.addrGenMode());
    }

    /** A link that says only some things. */
    static Link part(
            Link link,
            LinkOrigin origin,
            String owner,
            Optional<String> master,
            LinkSettings settings,
            BridgePort port) {
        return new Link(
                link.name(),
                link.relation(),
                origin,
                owner,
                Optional.empty(),
                master,
                settings,
                port);
    }

    private static OptionalInt unless(OptionalInt wanted, OptionalInt found) {
        return wanted.equals(found) ? OptionalInt.empty() : wanted;
    }

    private static <T> Optional<T> unless(Optional<T> wanted, Optional<T> found) {
        return wanted.equals(found) ? Optional.empty() : wanted;
    }

    private static OptionalInt where(OptionalInt delta, OptionalInt found) {
        return delta.isPresent() ? found : OptionalInt.empty();
    }

    private static <T> Optional<T> where(Optional<T> delta, Optional<T> found) {
        return delta.isPresent() ? found : Optional.empty();
    }

    /** Whether two sayings about one link, of its relation and owner, say the same. */
    static boolean isSame(Link one, Link other) {
        return Objects.equals(one.origin(), other.origin()) // the same object, mostly
                && one.master().equals(other.master())
                && isSame(one.port(), other.port())
                && isSame(one.settings(), other.settings());
    }

    // Part by part, and not by the records' own methods: docs/adr/0008.
    private static boolean isSame(BridgePort one, BridgePort other) {
        return one.hairpin().equals(other.hairpin())
                && one.isolated().equals(other.isolated())
                && one.learning().equals(other.learning())
                && one.vlans().equals(other.vlans());
    }

    private static boolean isSame(LinkSettings one, LinkSettings other) {
        return one.mtu().equals(other.mtu())
                && one.mac().equals(other.mac())
                && one.up().equals(other.up())
                && one.group().equals(other.group())
                && one.txQueueLength().equals(other.txQueueLength())
                && one.promiscuous().equals(other.promiscuous())
                && one.allMulticast().equals(other.allMulticast())
                && one.addrGenMode().equals(other.addrGenMode());
    }
}
