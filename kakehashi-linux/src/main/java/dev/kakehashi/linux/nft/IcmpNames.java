package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.nft.expr.RejectType;

/**
 * nft's words for ICMP types (RFC 792, RFC 4443, RFC 4861) and for the codes of "destination
 * unreachable".
 */
final class IcmpNames {
    static final String PORT_UNREACHABLE = "port-unreachable";

    private IcmpNames() {}

    static String type(int type) {
        return switch (type) {
            case 0 -> "echo-reply";
            case 3 -> "destination-unreachable";
            case 4 -> "source-quench";
            case 5 -> "redirect";
            case 8 -> "echo-request";
            case 9 -> "router-advertisement";
            case 10 -> "router-solicitation";
            case 11 -> "time-exceeded";
            case 12 -> "parameter-problem";
            case 13 -> "timestamp-request";
            case 14 -> "timestamp-reply";
            default -> Integer.toString(type);
        };
    }

    static String typeV6(int type) {
        return switch (type) {
            case 1 -> "destination-unreachable";
            case 2 -> "packet-too-big";
            case 3 -> "time-exceeded";
            case 4 -> "parameter-problem";
            case 128 -> "echo-request";
            case 129 -> "echo-reply";
            case 130 -> "mld-listener-query";
            case 131 -> "mld-listener-report";
            case 132 -> "mld-listener-done";
            case 133 -> "nd-router-solicit";
            case 134 -> "nd-router-advert";
            case 135 -> "nd-neighbor-solicit";
            case 136 -> "nd-neighbor-advert";
            case 137 -> "nd-redirect";
            default -> Integer.toString(type);
        };
    }

    /** The code of a {@code reject}. */
    static String rejectCode(RejectType type, boolean v6, int code) {
        if (type == RejectType.ICMPX) {
            return switch (code) {
                case 0 -> "no-route";
                case 1 -> PORT_UNREACHABLE;
                case 2 -> "host-unreachable";
                case 3 -> "admin-prohibited";
                default -> Integer.toString(code);
            };
        }
        return v6 ? codeV6(code) : codeV4(code);
    }

    private static String codeV4(int code) {
        return switch (code) {
            case 0 -> "net-unreachable";
            case 1 -> "host-unreachable";
            case 2 -> "prot-unreachable";
            case 3 -> PORT_UNREACHABLE;
            case 9 -> "net-prohibited";
            case 10 -> "host-prohibited";
            case 13 -> "admin-prohibited";
            default -> Integer.toString(code);
        };
    }

    private static String codeV6(int code) {
        return switch (code) {
            case 0 -> "no-route";
            case 1 -> "admin-prohibited";
            case 3 -> "addr-unreachable";
            case 4 -> PORT_UNREACHABLE;
            case 5 -> "policy-fail";
            case 6 -> "reject-route";
            default -> Integer.toString(code);
        };
    }
}
