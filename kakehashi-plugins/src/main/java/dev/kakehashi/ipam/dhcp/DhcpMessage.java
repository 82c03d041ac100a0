package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A message between client and server (RFC 2131, section 2).
 *
 * @param reply whether a server sent it
 * @param xid what an exchange is known by
 * @param seconds since the client began
 * @param broadcast whether the answer must be a broadcast
 * @param clientAddress ciaddr: the address the client has
 * @param yourAddress yiaddr: the address the client gets
 * @param hardware chaddr
 * @param options what else it says
 */
record DhcpMessage(
        boolean reply,
        int xid,
        int seconds,
        boolean broadcast,
        InetAddress clientAddress,
        InetAddress yourAddress,
        MacAddress hardware,
        DhcpOptions options) {

    /** 0.0.0.0. */
    static final InetAddress NOBODY = IpAddresses.parse("0.0.0.0");

    /** What a message is for (RFC 2132, section 9.6). */
    enum Type {
        DISCOVER(1),
        OFFER(2),
        REQUEST(3),
        DECLINE(4),
        ACK(5),
        NAK(6),
        RELEASE(7),
        INFORM(8);

        private final int number;

        Type(int number) {
            this.number = number;
        }

        byte number() {
            return (byte) number;
        }
    }

    /** A client's message. */
    static DhcpMessage request(
            Type type, int xid, int seconds, MacAddress hardware, DhcpOptions options) {
        return new DhcpMessage(
                false,
                xid,
                seconds,
                false,
                NOBODY,
                NOBODY,
                hardware,
                options.with(DhcpOptions.MESSAGE_TYPE, type.number()));
    }

    /** The same from a client that has an address. */
    DhcpMessage from(InetAddress address) {
        return new DhcpMessage(
                reply, xid, seconds, broadcast, address, yourAddress, hardware, options);
    }

    /** The same, whose answer must be a broadcast or not. */
    DhcpMessage withBroadcast(boolean value) {
        return new DhcpMessage(
                reply, xid, seconds, value, clientAddress, yourAddress, hardware, options);
    }

    /** Empty for BOOTP, and for numbers that nobody knows. */
    Optional<Type> type() {
        byte[] value = options.find(DhcpOptions.MESSAGE_TYPE).orElse(new byte[0]);
        for (Type type : Type.values()) {
            if (value.length == 1 && value[0] == type.number()) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
