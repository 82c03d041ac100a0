package dev.kakehashi.ipam.dhcp6;

import dev.kakehashi.linux.IpAddresses;

import java.net.InetAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The addresses of one interface of a client: IA_NA (RFC 8415, sections 21.4 and 21.6). Of several
 * addresses the first counts.
 *
 * @param iaid which interface
 * @param t1 seconds after which its server is asked to prolong it; 0 leaves it to the client
 * @param t2 seconds after which any server is asked
 * @param address with its lifetimes; empty when it has none
 * @param status why, 0 for success
 */
record IdentityAssociation(
        int iaid, long t1, long t2, Optional<LifetimedAddress> address, int status) {

    /** The server knows nothing of it (RFC 8415, section 21.13). */
    static final int NO_BINDING = 3;

    private static final int V6 = 16;

    /**
     * An address.
     *
     * @param preferred seconds in which new connections may use it
     * @param valid seconds in which any may
     */
    record LifetimedAddress(InetAddress address, long preferred, long valid) {}

    /** What a client asks for. */
    static Dhcp6Option ask(int iaid, Optional<InetAddress> address) {
        byte[] inner =
                address.map(wanted ->
                                Dhcp6Option.encode(
                                        List.of(
                                                new Dhcp6Option(
                                                        Dhcp6Option.IA_ADDRESS,
                                                        ByteBuffer.allocate(V6 + 8)
                                                                .put(wanted.getAddress())
                                                                .array()))))
                        .orElse(new byte[0]);
        return new Dhcp6Option(
                Dhcp6Option.IA_NA,
                ByteBuffer.allocate(12 + inner.length).putInt(iaid).put(12, inner).array());
    }

    /** What a server says of an interface; empty when it says nothing, or nonsense. */
    static Optional<IdentityAssociation> of(Dhcp6Message message, int iaid) {
        for (Dhcp6Option option : message.options()) {
            if (option.code() == Dhcp6Option.IA_NA) {
                Optional<IdentityAssociation> read = decode(option.value());
                if (read.isPresent() && read.get().iaid == iaid) {
                    return read;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<IdentityAssociation> decode(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        try {
            int iaid = in.getInt();
            long t1 = Integer.toUnsignedLong(in.getInt());
            long t2 = Integer.toUnsignedLong(in.getInt());
            List<Dhcp6Option> inner = Dhcp6Option.decode(in);
            if (t1 > t2 && t2 > 0) {
                return Optional.empty();
            }
            return Optional.of(
                    new IdentityAssociation(
                            iaid,
                            t1,
                            t2,
                            address(inner),
                            Dhcp6Option.find(inner, Dhcp6Option.STATUS)
                                    .map(Dhcp6Option::status)
                                    .orElse(0)));
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    private static Optional<LifetimedAddress> address(List<Dhcp6Option> options) {
        for (Dhcp6Option option : options) {
            if (option.code() == Dhcp6Option.IA_ADDRESS && option.value().length >= V6 + 8) {
                ByteBuffer in = ByteBuffer.wrap(option.value());
                byte[] octets = new byte[V6];
                in.get(octets);
                long preferred = Integer.toUnsignedLong(in.getInt());
                long valid = Integer.toUnsignedLong(in.getInt());
                if (valid > 0 && preferred <= valid) {
                    return Optional.of(
                            new LifetimedAddress(IpAddresses.of(octets), preferred, valid));
                }
            }
        }
        return Optional.empty();
    }
}
