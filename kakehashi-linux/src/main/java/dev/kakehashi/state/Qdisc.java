package dev.kakehashi.state;

import dev.kakehashi.linux.rtnetlink.QdiscKind;

import java.util.List;

/**
 * A queueing discipline of a link. The kernel's own default is none. Equivalent to: {@code tc qdisc
 * replace dev DEVICE root KIND …}, or {@code tc qdisc add dev DEVICE clsact}.
 *
 * @param device interface name
 * @param place where it is
 * @param kind what it does
 */
public record Qdisc(String device, Place place, QdiscKind kind) implements Resource {

    /** Where a discipline is at a link. */
    public enum Place {
        /** What leaves by the link. */
        ROOT,
        /** Beside the queues: the place of filters, {@code ingress} or {@code clsact}. */
        INGRESS
    }

    /** A discipline is known by its link and place. */
    public record Key(String device, Place place) implements ResourceKey {
        @Override
        public String toString() {
            return (place == Place.ROOT ? "root" : "ingress") + " qdisc on " + device;
        }
    }

    public Qdisc {
        LinkNames.check(device);
        boolean filters = kind instanceof QdiscKind.Ingress || kind instanceof QdiscKind.Clsact;
        if (filters != (place == Place.INGRESS)) {
            throw new IllegalArgumentException("qdisc on " + device + ": " + kind + " as " + place);
        }
    }

    @Override
    public List<String> devices() {
        return List.of(device);
    }

    @Override
    public Key key() {
        return new Key(device, place);
    }

    @Override
    public Relation relation() {
        return Relation.OWNED;
    }

    /** The queue of what leaves by a link. */
    public static Qdisc root(String device, QdiscKind kind) {
        return new Qdisc(device, Place.ROOT, kind);
    }

    /** The place for filters on what arrives. */
    public static Qdisc ingress(String device) {
        return new Qdisc(device, Place.INGRESS, new QdiscKind.Ingress());
    }

    /** The place for filters on what arrives and what leaves. */
    public static Qdisc clsact(String device) {
        return new Qdisc(device, Place.INGRESS, new QdiscKind.Clsact());
    }
}
