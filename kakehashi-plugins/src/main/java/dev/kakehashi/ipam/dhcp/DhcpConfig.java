package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.CniArgs;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.PluginRequest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * What {@code ipam} of a configuration asks for. Names and defaults are the reference plugin's.
 *
 * @param sent the options of DISCOVER and REQUEST: client identifier, what is provided, and the
 *     list of what is requested
 * @param priority the metric of all routes; 0 for none
 * @param ipv4 whether an IPv4 address is got; if not, an IPv6 one is
 * @param ipv6 how IPv6 addresses are got
 */
record DhcpConfig(DhcpOptions sent, int priority, boolean ipv4, Ipv6 ipv6) {

    /** How IPv6 addresses are got. */
    enum Ipv6 {
        /** Not at all. */
        OFF,
        /** By router advertisements (RFC 4862). */
        SLAAC,
        /** From a server (RFC 8415). */
        DHCPV6;

        static Ipv6 parse(String text) throws CniException {
            return switch (text) {
                case "", "off" -> OFF;
                case "slaac" -> SLAAC;
                case "dhcpv6" -> DHCPV6;
                default ->
                        throw invalid(
                                "\"ipv6\": \""
                                        + text
                                        + "\" is none of \"off\", \"slaac\", \"dhcpv6\"");
            };
        }
    }

    private static final Map<String, Integer> NAMES =
            Map.of(
                    "dhcp-client-identifier", DhcpOptions.CLIENT_ID,
                    "subnet-mask", DhcpOptions.SUBNET_MASK,
                    "routers", DhcpOptions.ROUTERS,
                    "host-name", DhcpOptions.HOST_NAME,
                    "user-class", DhcpOptions.USER_CLASS,
                    "vendor-class-identifier", DhcpOptions.VENDOR_CLASS);

    /** What servers leave out unless they are asked for it. */
    private static final int[] DEFAULT_REQUEST = {
        DhcpOptions.SUBNET_MASK,
        DhcpOptions.ROUTERS,
        DhcpOptions.NAME_SERVERS,
        DhcpOptions.DOMAIN_NAME,
        DhcpOptions.DOMAIN_SEARCH,
        DhcpOptions.CLASSLESS_ROUTES,
        DhcpOptions.STATIC_ROUTES
    };

    private static final int MAX_VALUE = 255;

    /** The text of a client identifier, less the octet for its type. */
    private static final int MAX_ID = 254;

    private static final int MAX_OPTION = 255;

    /**
     * Reads and checks it.
     *
     * @throws CniException code 6 or 7
     */
    static DhcpConfig parse(PluginRequest request) throws CniException {
        JsonObject ipam = request.config().object("ipam").orElse(JsonObject.EMPTY);
        Ipv6 ipv6 = Ipv6.parse(ipam.string("ipv6", ""));
        boolean ipv4 = isOn(ipam.string("ipv4", ""));
        if (!ipv4 && ipv6 == Ipv6.OFF) {
            throw invalid(
                    "\"ipv4\": \"off\" leaves no address: \"ipv6\" must be \"slaac\" or"
                            + " \"dhcpv6\"");
        }
        DhcpOptions options =
                DhcpOptions.NONE.with(
                        DhcpOptions.CLIENT_ID,
                        clientId(request.containerId(), request.networkName(), request.ifName()));
        Map<String, String> args = CniArgs.parseLenient(request.args());
        for (JsonObject provided : ipam.objects("provide")) {
            String name = provided.string("option", "");
            int option = option(name);
            String fromArg = provided.string("fromArg", "");
            String value = provided.string("value", "");
            byte[] octets =
                    (fromArg.isEmpty() ? value : args.getOrDefault(fromArg, value))
                            .getBytes(StandardCharsets.UTF_8);
            if (octets.length > MAX_VALUE) {
                throw invalid(
                        "value too long for option \""
                                + name
                                + "\": longer than 255 bytes ("
                                + octets.length
                                + ")");
            }
            if (octets.length > 0) {
                options = options.with(option, octets);
            }
        }
        byte[] requested = requested(ipam);
        return new DhcpConfig(
                // An option has at least one octet: RFC 2132, section 9.8.
                requested.length == 0
                        ? options
                        : options.with(DhcpOptions.PARAMETER_REQUEST_LIST, requested),
                ipam.integer("priority", 0),
                ipv4,
                ipv6);
    }

    private static boolean isOn(String ipv4) throws CniException {
        return switch (ipv4) {
            case "", "dhcp" -> true;
            case "off" -> false;
            default -> throw invalid("\"ipv4\": \"" + ipv4 + "\" is none of \"dhcp\", \"off\"");
        };
    }

    /** What the reference plugin identifies itself by: type 0, and a text. */
    static byte[] clientId(String containerId, String network, String ifName) {
        byte[] text = (containerId + "/" + network + "/" + ifName).getBytes(StandardCharsets.UTF_8);
        byte[] id = new byte[1 + Math.min(MAX_ID, text.length)];
        System.arraycopy(text, 0, id, 1, id.length - 1);
        return id;
    }

    private static byte[] requested(JsonObject ipam) throws CniException {
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        boolean defaults = true;
        for (JsonObject entry : ipam.objects("request")) {
            if (entry.bool("skipDefault", false)) {
                defaults = false;
            }
            String option = entry.string("option", "");
            if (!option.isEmpty()) {
                add(option(option), list);
            }
        }
        if (defaults) {
            Arrays.stream(DEFAULT_REQUEST).forEach(option -> add(option, list));
        }
        return list.toByteArray();
    }

    private static void add(int option, ByteArrayOutputStream list) {
        for (byte there : list.toByteArray()) {
            if (Byte.toUnsignedInt(there) == option) {
                return;
            }
        }
        list.write(option);
    }

    /** A name or a number. */
    static int option(String text) throws CniException {
        Integer known = NAMES.get(text);
        if (known != null) {
            return known;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number <= MAX_OPTION && text.charAt(0) != '+') {
                return number;
            }
        } catch (NumberFormatException e) {
            throw invalid(
                    "Can not parse option \"" + text + "\": neither a known name nor a number");
        }
        throw invalid("Can not parse option \"" + text + "\": not in 0-255");
    }

    private static CniException invalid(String msg) {
        return new CniException(CniException.INVALID_CONFIG, msg);
    }
}
