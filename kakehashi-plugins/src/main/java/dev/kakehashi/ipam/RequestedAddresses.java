package dev.kakehashi.ipam;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.CniArgs;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.IpText;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.plugin.PluginRequest;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Addresses that were asked for: those of {@code args.cni.ips} and {@code runtimeConfig.ips}
 * together; if there are none, {@code IP} of CNI_ARGS, which the conventions deprecate and tell
 * plugins to ignore beside {@code args}. A prefix length is allowed and ignored.
 */
public final class RequestedAddresses {

    private RequestedAddresses() {}

    /**
     * The addresses asked for.
     *
     * @throws CniException naming the text that is no address
     */
    public static List<InetAddress> addresses(PluginRequest request) throws CniException {
        return of(request).stream().map(IpNumber::address).toList();
    }

    static List<IpNumber> of(PluginRequest request) throws CniException {
        List<String> texts = new ArrayList<>(request.configArgs().strings("ips"));
        texts.addAll(request.runtimeConfig().strings("ips"));
        String environment = CniArgs.parse(request.args(), Set.of("IP")).getOrDefault("IP", "");
        if (texts.isEmpty() && !environment.isEmpty()) {
            if (parse(environment).isEmpty()) {
                throw new CniException(
                        CniException.INVALID_ENVIRONMENT,
                        "ARGS: error parsing value of pair \"IP="
                                + environment
                                + "\": invalid IP address "
                                + environment);
            }
            texts.add(environment);
        }
        Set<IpNumber> addresses = new LinkedHashSet<>();
        for (String text : texts) {
            Optional<InetAddress> address = parse(text);
            if (address.isEmpty()) {
                throw new JsonException("invalid IP address " + text + " among the requested ones");
            }
            addresses.add(IpNumber.of(address.get()));
        }
        return List.copyOf(addresses);
    }

    /** An address, with a prefix length or without; empty when the text is none. */
    public static Optional<InetAddress> parse(String text) {
        return text.indexOf('/') < 0 ? IpText.parse(text) : Cidr.parse(text).map(Cidr::address);
    }
}
