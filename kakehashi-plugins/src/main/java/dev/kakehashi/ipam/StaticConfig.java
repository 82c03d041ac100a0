package dev.kakehashi.ipam;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.CniArgs;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.IpText;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniDns;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniRoute;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The configuration of {@code static}. Addresses come from {@code ipam.addresses} and {@code IP} of
 * CNI_ARGS together; {@code args.cni.ips} replaces both, {@code runtimeConfig.ips} replaces all.
 *
 * @param addresses what ADD answers
 * @param routes copied into the result
 * @param dns copied into the result
 */
record StaticConfig(List<CniIp> addresses, List<CniRoute> routes, CniDns dns) {

    /**
     * Reads and checks the configuration.
     *
     * @throws CniException with the text of the reference plugin
     */
    static StaticConfig parse(PluginRequest request) throws CniException {
        JsonObject ipam = HostLocalConfig.ipam(request);
        List<String> ofArgs = request.configArgs().strings("ips");
        List<String> ofRuntime = request.runtimeConfig().strings("ips");
        // What is replaced need not be valid.
        List<CniIp> addresses =
                ofArgs.isEmpty() && ofRuntime.isEmpty() ? configured(ipam) : new ArrayList<>();
        addEnvironment(addresses, CniArgs.parse(request.args(), Set.of("IP", "GATEWAY")));
        replace(addresses, ofArgs);
        replace(addresses, ofRuntime);
        if (!CniVersion.parse(request.cniVersion()).atLeast(CniVersion.V0_3_0)) {
            OnePerFamily.check(request.cniVersion(), addresses, ip -> !ip.address().isIpv4());
        }
        Optional<JsonObject> dns = ipam.object("dns");
        return new StaticConfig(
                List.copyOf(addresses),
                CniRoute.decodeAll(ipam),
                dns.isPresent() ? CniDns.decode(dns.get()) : CniDns.EMPTY);
    }

    private static List<CniIp> configured(JsonObject ipam) throws CniException {
        List<CniIp> addresses = new ArrayList<>();
        for (JsonObject one : ipam.objects("addresses")) {
            String text = one.string("address", "");
            Cidr address =
                    Cidr.parse(text)
                            .orElseThrow(() ->
                                    invalid(
                                            "the 'address' field is expected to be in CIDR"
                                                    + " notation, got: '"
                                                    + text
                                                    + "'"));
            String gateway = one.string("gateway", "");
            addresses.add(
                    new CniIp(
                            address,
                            gateway.isEmpty() ? Optional.empty() : Optional.of(gateway(gateway)),
                            OptionalInt.empty()));
        }
        return addresses;
    }

    private static void addEnvironment(List<CniIp> addresses, Map<String, String> args)
            throws CniException {
        for (String item : items(args.getOrDefault("IP", ""))) {
            Cidr address =
                    Cidr.parse(item)
                            .orElseThrow(() ->
                                    invalid(
                                            "the 'ip' field is expected to be in CIDR"
                                                    + " notation, got: '"
                                                    + item
                                                    + "'"));
            addresses.add(CniIp.of(address));
        }
        for (String item : items(args.getOrDefault("GATEWAY", ""))) {
            InetAddress gateway = gateway(item);
            addresses.replaceAll(
                    ip -> sameSubnet(ip.address(), gateway) ? ip.withGateway(gateway) : ip);
        }
    }

    /** The items of a list with commas; no text has no items. */
    private static List<String> items(String list) {
        List<String> items = new ArrayList<>();
        int start = 0;
        while (!list.isEmpty() && start <= list.length()) {
            int comma = list.indexOf(',', start);
            int end = comma < 0 ? list.length() : comma;
            items.add(list.substring(start, end).strip());
            start = end + 1;
        }
        return items;
    }

    private static InetAddress gateway(String text) throws CniException {
        return IpText.parse(text).orElseThrow(() -> invalid("invalid gateway address: " + text));
    }

    private static boolean sameSubnet(Cidr subnet, InetAddress address) {
        IpNumber mine = IpNumber.of(subnet.address());
        IpNumber theirs = IpNumber.of(address);
        return mine.v6() == theirs.v6()
                && mine.firstOf(subnet.prefixLength())
                        .equals(theirs.firstOf(subnet.prefixLength()));
    }

    private static void replace(List<CniIp> addresses, List<String> texts) throws CniException {
        if (texts.isEmpty()) {
            return;
        }
        addresses.clear();
        for (String text : texts) {
            addresses.add(
                    CniIp.of(
                            Cidr.parse(text)
                                    .orElseThrow(() ->
                                            invalid(
                                                    "an entry in the 'ips' field is NOT in"
                                                            + " CIDR notation, got: '"
                                                            + text
                                                            + "'"))));
        }
    }

    private static CniException invalid(String msg) {
        return new CniException(CniException.INVALID_CONFIG, msg);
    }
}
