package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.ipam.LeaseTerm;
import dev.kakehashi.linux.MacAddress;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * An address for a time (RFC 2131, section 4.4).
 *
 * @param address the address
 * @param server who gave it
 * @param hardware the interface's address, by which the server knows it, too
 * @param since when it was asked for
 * @param options what the server said with it
 */
record Lease(
        InetAddress address,
        InetAddress server,
        MacAddress hardware,
        Instant since,
        DhcpOptions options)
        implements LeaseTerm {

    /** Where the server does not say, as the reference plugin has it. */
    private static final long DEFAULT_SECONDS = 3600;

    /** "Infinity" (RFC 2131, section 3.3). */
    private static final long FOREVER = 0xffff_ffffL;

    private static final Duration CENTURY = Duration.ofDays(36_500);

    /**
     * What an ACK gives.
     *
     * @param before the lease that it renews; what the ACK does not repeat stays
     */
    static Lease of(DhcpMessage ack, Instant asked, Optional<Lease> before) {
        DhcpOptions options = before.map(Lease::options).orElse(DhcpOptions.NONE);
        for (var option : ack.options().values().entrySet()) {
            options = options.with(option.getKey(), option.getValue());
        }
        return new Lease(
                ack.yourAddress(),
                ack.options()
                        .address(DhcpOptions.SERVER_ID)
                        .or(() -> before.map(Lease::server))
                        .orElse(DhcpMessage.NOBODY),
                ack.hardware(),
                asked,
                options);
    }

    private Duration length() {
        long seconds = options.number(DhcpOptions.LEASE_SECONDS).orElse(DEFAULT_SECONDS);
        return seconds == FOREVER ? CENTURY : Duration.ofSeconds(Math.max(1, seconds));
    }

    @Override
    public Instant renewal() {
        Duration t1 = timer(DhcpOptions.RENEWAL_SECONDS, length().dividedBy(2));
        return since.plus(t1.compareTo(length()) < 0 ? t1 : length().dividedBy(2));
    }

    @Override
    public Instant rebinding() {
        Duration default2 = length().multipliedBy(85).dividedBy(100);
        Duration t2 = timer(DhcpOptions.REBINDING_SECONDS, default2);
        Instant at = since.plus(t2.compareTo(length()) < 0 ? t2 : default2);
        return at.isBefore(renewal()) ? renewal() : at;
    }

    @Override
    public Instant expiry() {
        return since.plus(length());
    }

    private Duration timer(int option, Duration absent) {
        var seconds = options.number(option);
        return seconds.isPresent() ? Duration.ofSeconds(seconds.getAsLong()) : absent;
    }

    /**
     * The length of its subnet.
     *
     * @throws CniException when the server did not say, in the reference plugin's words
     */
    int prefixLength() throws CniException {
        byte[] mask = options.find(DhcpOptions.SUBNET_MASK).orElse(new byte[0]);
        if (mask.length != 4) {
            throw new CniException(
                    CniException.INTERNAL, "DHCP option Subnet Mask not found in DHCPACK");
        }
        int bits = java.nio.ByteBuffer.wrap(mask).getInt();
        int length = Integer.bitCount(bits);
        if (length != 0 && bits != -1 << (32 - length)) {
            throw new CniException(
                    CniException.INTERNAL, "DHCPACK has a Subnet Mask with holes in it");
        }
        return length;
    }
}
