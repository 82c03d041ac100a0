package dev.kakehashi.plugins.tuning;

import dev.kakehashi.cni.CniArgs;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonMember;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.plugins.attachment.ConfiguredPath;
import dev.kakehashi.plugins.attachment.ContainerMac;
import dev.kakehashi.state.Sysctl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The configuration of {@code tuning}. Names and defaults are the reference plugin's; what {@code
 * args.cni} says counts more than the keys themselves.
 *
 * @param keys the names of the switches, as written
 * @param sysctls the switches
 * @param mac hardware address
 * @param promiscuous (key promisc) whether the interface becomes promiscuous; false leaves it
 * @param mtu bytes
 * @param allMulticast (key allmulti)
 * @param txQueueLength (key txQLen) packets
 */
record TuningConfig(
        List<String> keys,
        List<Sysctl> sysctls,
        Optional<MacAddress> mac,
        boolean promiscuous,
        OptionalInt mtu,
        Optional<Boolean> allMulticast,
        OptionalInt txQueueLength) {

    private static final String DEFAULT_DATA_DIR = "/run/cni/tuning";

    /** Where the values before are kept: key {@code dataDir}. */
    static String dataDir(PluginRequest request) throws CniException {
        String dataDir = ConfiguredPath.read(request.config(), "dataDir");
        return dataDir.isEmpty() ? DEFAULT_DATA_DIR : dataDir;
    }

    /**
     * Reads and checks the configuration.
     *
     * @param ifName the interface that {@code IFNAME} in a switch's name stands for
     * @throws CniException code 6 or 7, 4 for CNI_ARGS
     */
    static TuningConfig parse(PluginRequest request, String ifName) throws CniException {
        JsonObject json = request.config();
        JsonObject args = request.configArgs();
        if (ifName.indexOf('/') >= 0) {
            throw new CniException(
                    CniException.INVALID_ENVIRONMENT,
                    "Interface name (" + ifName + ") contains an invalid character /");
        }
        Map<String, String> values = new LinkedHashMap<>();
        sysctls(json, values);
        sysctls(args, values);
        List<Sysctl> sysctls = new ArrayList<>(values.size());
        for (Map.Entry<String, String> value : values.entrySet()) {
            sysctls.add(SysctlKeys.parse(value.getKey(), ifName, value.getValue()));
        }
        return new TuningConfig(
                List.copyOf(values.keySet()),
                sysctls,
                mac(request),
                args.bool("promisc", json.bool("promisc", false)),
                mtu(args.integer("mtu", json.integer("mtu", 0))),
                allMulticast(args.has("allmulti") ? args : json),
                queue(args.has("txQLen") ? args : json));
    }

    private static void sysctls(JsonObject json, Map<String, String> values) throws CniException {
        JsonObject sysctls = json.object("sysctl").orElse(JsonObject.EMPTY);
        if (!sysctls.duplicateNames().isEmpty()) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "duplicated sysctl keys are not allowed",
                    "twice in \"sysctl\": " + String.join(", ", sysctls.duplicateNames()));
        }
        for (JsonMember member : sysctls.members()) {
            if (!(member.value() instanceof JsonString(String value))) {
                throw new JsonException(
                        "sysctl: \"" + member.name() + "\" must be a string: " + member.value());
            }
            values.put(member.name(), value);
        }
    }

    /** {@code args.cni}, else {@code runtimeConfig}, else CNI_ARGS, else the key itself. */
    private static Optional<MacAddress> mac(PluginRequest request) throws CniException {
        // Read in any case: an unknown key in it is an error whoever asks for an address.
        String deprecated = CniArgs.parse(request.args(), Set.of("MAC")).getOrDefault("MAC", "");
        for (String text :
                List.of(
                        request.configArgs().string("mac", ""),
                        request.runtimeConfig().string("mac", ""),
                        deprecated,
                        request.config().string("mac", ""))) {
            if (!text.isEmpty()) {
                return Optional.of(ContainerMac.parse(text));
            }
        }
        return Optional.empty();
    }

    private static OptionalInt mtu(int mtu) throws CniException {
        if (mtu < 0) {
            throw new CniException(CniException.INVALID_CONFIG, "invalid MTU " + mtu);
        }
        return mtu == 0 ? OptionalInt.empty() : OptionalInt.of(mtu);
    }

    private static Optional<Boolean> allMulticast(JsonObject json) throws JsonException {
        return json.has("allmulti") ? Optional.of(json.bool("allmulti", false)) : Optional.empty();
    }

    private static OptionalInt queue(JsonObject json) throws CniException {
        if (!json.has("txQLen")) {
            return OptionalInt.empty();
        }
        int length = json.integer("txQLen", 0);
        if (length < 0) {
            throw new CniException(CniException.INVALID_CONFIG, "invalid txQLen " + length);
        }
        return OptionalInt.of(length);
    }

    /** Whether the interface itself changes, and not only switches. */
    boolean changesInterface() {
        return mac.isPresent()
                || promiscuous
                || mtu.isPresent()
                || allMulticast.isPresent()
                || txQueueLength.isPresent();
    }
}
