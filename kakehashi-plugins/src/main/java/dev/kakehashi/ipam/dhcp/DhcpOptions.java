package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.linux.IpAddresses;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** The options of a message by their number (RFC 2132). Immutable. */
final class DhcpOptions {

    static final int SUBNET_MASK = 1;
    static final int ROUTERS = 3;
    static final int NAME_SERVERS = 6;
    static final int HOST_NAME = 12;
    static final int DOMAIN_NAME = 15;
    static final int STATIC_ROUTES = 33;
    static final int REQUESTED_ADDRESS = 50;
    static final int LEASE_SECONDS = 51;
    static final int OVERLOAD = 52;
    static final int MESSAGE_TYPE = 53;
    static final int SERVER_ID = 54;
    static final int PARAMETER_REQUEST_LIST = 55;
    static final int MESSAGE = 56;
    static final int RENEWAL_SECONDS = 58;
    static final int REBINDING_SECONDS = 59;
    static final int VENDOR_CLASS = 60;
    static final int CLIENT_ID = 61;
    static final int USER_CLASS = 77;
    static final int DOMAIN_SEARCH = 119; // RFC 3397
    static final int CLASSLESS_ROUTES = 121; // RFC 3442

    /** No options. */
    static final DhcpOptions NONE = new DhcpOptions(new TreeMap<>());

    private static final int V4 = 4;

    private final SortedMap<Integer, byte[]> values;

    private DhcpOptions(SortedMap<Integer, byte[]> values) {
        this.values = values;
    }

    /** These with one more, or with another value. */
    DhcpOptions with(int option, byte... value) {
        SortedMap<Integer, byte[]> more = new TreeMap<>(values);
        more.put(option, value);
        return new DhcpOptions(more);
    }

    /** These with the parts of an option that was split put together (RFC 3396). */
    DhcpOptions append(int option, byte[] value) {
        byte[] before = values.getOrDefault(option, new byte[0]);
        byte[] whole = Arrays.copyOf(before, before.length + value.length);
        System.arraycopy(value, 0, whole, before.length, value.length);
        return with(option, whole);
    }

    /** These with an address. */
    DhcpOptions with(int option, InetAddress address) {
        return with(option, address.getAddress());
    }

    /** In the order of their numbers. */
    Map<Integer, byte[]> values() {
        return values;
    }

    boolean has(int option) {
        return values.containsKey(option);
    }

    /** The octets; empty when it is not there. */
    Optional<byte[]> find(int option) {
        return Optional.ofNullable(values.get(option));
    }

    /** The first of an option's addresses. */
    Optional<InetAddress> address(int option) {
        List<InetAddress> all = addresses(option);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getFirst());
    }

    /** IPv4 addresses one behind the other; an incomplete last one does not count. */
    List<InetAddress> addresses(int option) {
        byte[] value = values.getOrDefault(option, new byte[0]);
        List<InetAddress> addresses = new ArrayList<>(1);
        for (int at = 0; at + V4 <= value.length; at += V4) {
            addresses.add(IpAddresses.of(Arrays.copyOfRange(value, at, at + V4)));
        }
        return addresses;
    }

    /** A number of 32 bits without sign; empty when it is not there or has another length. */
    OptionalLong number(int option) {
        byte[] value = values.getOrDefault(option, new byte[0]);
        return value.length == Integer.BYTES
                ? OptionalLong.of(Integer.toUnsignedLong(ByteBuffer.wrap(value).getInt()))
                : OptionalLong.empty();
    }

    /** A text; some servers end it with a zero. */
    Optional<String> text(int option) {
        return find(option)
                .map(value -> new String(value, StandardCharsets.UTF_8))
                .map(text -> text.indexOf('\0') < 0 ? text : text.substring(0, text.indexOf('\0')))
                .filter(text -> !text.isEmpty());
    }

    @Override
    public String toString() {
        return values.keySet().toString();
    }
}
