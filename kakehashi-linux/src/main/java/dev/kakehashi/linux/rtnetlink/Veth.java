package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.MessageWriter;

import java.util.Optional;

/**
 * One end of a virtual cable ({@code veth}). Equivalent to: {@code ip link add … type veth peer …}.
 *
 * @param peer the other end when a pair is made, with everything but {@code up}, which the kernel
 *     refuses there (ENOTCONN); of a pair that exists {@link Link#parent} is its index and this is
 *     empty
 */
public record Veth(Optional<LinkSpec> peer) implements LinkKind {
    static final String NAME = "veth";
    private static final int VETH_INFO_PEER = 1;

    /** A pair whose other end the kernel names. */
    public static Veth pair() {
        return new Veth(Optional.empty());
    }

    /** A pair with the other end described. */
    public static Veth withPeer(LinkSpec peer) {
        return new Veth(Optional.of(peer));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void encode(MessageWriter writer, int parent) {
        if (peer.isPresent()) {
            int start = writer.begin(VETH_INFO_PEER);
            LinkCodec.writeHeader(writer, peer.get(), 0);
            LinkCodec.writeAttributes(writer, peer.get(), true);
            writer.end(start);
        }
    }

    @Override
    public String options() {
        return peer.map(end -> " peer" + end).orElse("");
    }

    /** Any veth matches: the peer is a link of its own. */
    @Override
    public boolean matches(LinkKind observed) {
        return observed instanceof Veth;
    }
}
