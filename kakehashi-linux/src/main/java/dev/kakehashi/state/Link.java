package dev.kakehashi.state;

import dev.kakehashi.linux.rtnetlink.LinkKind;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * A network interface. Equivalent to: {@code ip link add NAME type KIND …} and {@code ip link set}.
 *
 * @param name interface name, 1 to 15 bytes (IFNAMSIZ, linux/if.h)
 * @param relation {@link Relation#SHARED} for one that exists already and is only configured
 * @param origin what it is made of or where it comes from
 * @param owner whom an owned link is for; it becomes the link's alias, see {@link Ownership#alias}.
 *     Empty for shared links, which carry no mark
 * @param parent the lower link of a VLAN, macvlan, ipvlan or tunnel
 * @param master the bridge or VRF it is a port of, in the same namespace
 * @param settings what any link may be told
 * @param port how it behaves as a bridge port
 */
public record Link(
        String name,
        Relation relation,
        LinkOrigin origin,
        String owner,
        Optional<LinkRef> parent,
        Optional<String> master,
        LinkSettings settings,
        BridgePort port)
        implements Resource {

    /** A link is known by its name. */
    public record Key(String name) implements ResourceKey {
        // Written out: see NetnsId.equals.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && name.equals(key.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }

        @Override
        public String toString() {
            return "link " + name;
        }
    }

    public Link {
        LinkNames.check(name);
        if (!port.isNone() && master.isEmpty() && createdHere(origin)) {
            throw new IllegalArgumentException(
                    "link " + name + ": bridge port attributes without a bridge");
        }
        if (relation == Relation.OWNED && Ownership.alias(owner).length() > Ownership.MAX_ALIAS) {
            throw new IllegalArgumentException("link " + name + ": owner is too long for an alias");
        }
    }

    private static boolean createdHere(LinkOrigin origin) {
        return !(origin instanceof LinkOrigin.Existing);
    }

    @Override
    public Key key() {
        return new Key(name);
    }

    /** An owned link of a kind. */
    public static LinkBuilder create(String name, LinkKind kind) {
        return new LinkBuilder(name, Relation.OWNED, new LinkOrigin.Created(kind));
    }

    /** A link of a kind that is created, or joined if somebody else made it already. */
    public static LinkBuilder share(String name, LinkKind kind) {
        return new LinkBuilder(name, Relation.SHARED, new LinkOrigin.Created(kind));
    }

    /** One end of an owned veth pair; the other end must be in the same desired state. */
    public static LinkBuilder veth(String name, LinkRef peer) {
        return new LinkBuilder(name, Relation.OWNED, new LinkOrigin.VethEnd(peer));
    }

    /** A link that exists already and is only configured. */
    public static LinkBuilder existing(String name) {
        return new LinkBuilder(name, Relation.SHARED, new LinkOrigin.Existing());
    }

    /** A link taken from another namespace and given back on removal. */
    public static LinkBuilder move(String name, LinkRef from) {
        return new LinkBuilder(name, Relation.OWNED, new LinkOrigin.Moved(from));
    }
}
