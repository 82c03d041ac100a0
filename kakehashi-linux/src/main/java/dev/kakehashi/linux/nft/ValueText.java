package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.nft.expr.Data;
import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.linux.nft.expr.Verdict;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** Values as nft writes them. */
final class ValueText {
    private static final HexFormat HEX = HexFormat.of();

    private ValueText() {}

    /** A verdict, a value of one type, or a concatenation. */
    static String of(List<DataType> types, Data data) {
        return switch (data) {
            case Verdict verdict -> verdict.toString();
            case Value value when types.size() == 1 -> of(types.getFirst(), value);
            case Value value -> {
                StringBuilder text = new StringBuilder();
                int at = 0;
                for (DataType type : types) {
                    text.append(at == 0 ? "" : " . ");
                    text.append(of(type, value.slice(at, type.length())));
                    at += Value.padded(type.length());
                }
                yield text.toString();
            }
        };
    }

    static String of(DataType type, Value value) {
        if (value.length() != type.length()
                && type != DataType.IFNAME
                && type != DataType.INTEGER) {
            return value.toString();
        }
        return switch (type) {
            case IPV4_ADDR, IPV6_ADDR -> address(value);
            case ETHER_ADDR -> MacAddress.of(value.bytes()).toString();
            case ETHER_TYPE -> protocol(Protocol.Layer.NETWORK, value, etherType(value));
            case INET_PROTO ->
                    protocol(Protocol.Layer.TRANSPORT, value, Long.toString(value.bigEndian()));
            case NF_PROTO -> {
                Protocol protocol = Protocol.ofNfproto(value.bigEndian());
                yield protocol == Protocol.ANY ? Long.toString(value.bigEndian()) : protocol.text();
            }
            case INET_SERVICE, ARP_OP -> Long.toString(value.bigEndian());
            case MARK -> "0x" + HEX.toHexDigits((int) value.hostOrder());
            case IFNAME -> interfaceName(value);
            case TCP_FLAG -> tcpFlags(value.bigEndian());
            case CT_STATE -> ctState(value.hostOrder());
            case CT_STATUS -> ctStatus(value.hostOrder());
            case CT_DIR -> value.bigEndian() == 0 ? "original" : "reply";
            case FIB_ADDRTYPE -> addressType(value.hostOrder());
            case PKT_TYPE -> pktType(value.bigEndian());
            case ICMP_TYPE -> IcmpNames.type((int) value.bigEndian());
            case ICMPV6_TYPE -> IcmpNames.typeV6((int) value.bigEndian());
            case IFACE_TYPE -> value.hostOrder() == 1 ? "ether" : Long.toString(value.hostOrder());
            default -> Long.toString(value.hostOrder());
        };
    }

    /** An address, also of a prefix whose last bytes were not compared. */
    static String address(Value value) {
        return IpAddresses.format(IpAddresses.of(value.bytes()));
    }

    private static String etherType(Value value) {
        return "0x" + HEX.toHexDigits((short) value.bigEndian());
    }

    private static String protocol(Protocol.Layer layer, Value value, String otherwise) {
        Protocol protocol = Protocol.of(layer, value.bigEndian());
        if (protocol == Protocol.ANY) {
            return otherwise;
        }
        // As an Ethernet type nft says ip, as a value of nfproto ipv4.
        return layer == Protocol.Layer.NETWORK ? protocol.header() : protocol.text();
    }

    private static String interfaceName(Value value) {
        byte[] bytes = value.bytes();
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        String name = new String(bytes, 0, length, StandardCharsets.UTF_8);
        return '"' + name + (length == bytes.length ? "*" : "") + '"';
    }

    private static final String[] TCP_FLAGS = {
        "fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr"
    };

    private static String tcpFlags(long bits) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < TCP_FLAGS.length; i++) {
            bits = flag(text, bits, 1 << i, TCP_FLAGS[i]);
        }
        return rest(text, bits);
    }

    private static String ctState(long bits) {
        StringBuilder text = new StringBuilder();
        for (CtState state : CtState.values()) {
            bits = flag(text, bits, state.bit(), state.text());
        }
        return rest(text, bits);
    }

    private static String ctStatus(long bits) {
        StringBuilder text = new StringBuilder();
        for (CtStatus status : CtStatus.values()) {
            bits = flag(text, bits, status.bit(), status.text());
        }
        return rest(text, bits);
    }

    private static long flag(StringBuilder text, long bits, int bit, String name) {
        if ((bits & bit) != 0) {
            text.append(text.isEmpty() ? "" : ",").append(name);
        }
        return bits & ~bit;
    }

    private static String rest(StringBuilder text, long bits) {
        if (bits != 0 || text.isEmpty()) {
            text.append(text.isEmpty() ? "" : ",").append("0x").append(Long.toHexString(bits));
        }
        return text.toString();
    }

    private static String addressType(long number) {
        for (AddressType type : AddressType.values()) {
            if (type.number() == number) {
                return type.text();
            }
        }
        return Long.toString(number);
    }

    private static String pktType(long number) {
        return switch ((int) number) {
            case 0 -> "host";
            case 1 -> "broadcast";
            case 2 -> "multicast";
            case 3 -> "other";
            default -> Long.toString(number);
        };
    }
}
