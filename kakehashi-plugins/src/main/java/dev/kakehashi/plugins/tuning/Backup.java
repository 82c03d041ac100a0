package dev.kakehashi.plugins.tuning;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.rtnetlink.Link;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an interface was before: only what ADD changed. The form in files is the reference plugin's,
 * with the network's name added, by which GC tells its own from those of other networks.
 *
 * @param network empty in files of the reference plugin
 */
record Backup(
        String network,
        Optional<MacAddress> mac,
        Optional<Boolean> promiscuous,
        OptionalInt mtu,
        Optional<Boolean> allMulticast,
        OptionalInt txQueueLength) {

    /** What a link is, as far as the configuration changes it. */
    static Backup of(String network, Link link, TuningConfig config) {
        return new Backup(
                network,
                config.mac().isPresent() ? link.mac() : Optional.empty(),
                config.promiscuous() ? Optional.of(link.isPromiscuous()) : Optional.empty(),
                config.mtu().isPresent() ? OptionalInt.of(link.mtu()) : OptionalInt.empty(),
                config.allMulticast().isPresent()
                        ? Optional.of(link.isAllMulticast())
                        : Optional.empty(),
                config.txQueueLength().isPresent()
                        ? OptionalInt.of(link.txQueueLength())
                        : OptionalInt.empty());
    }

    /** This, and what only the other has: of two changes the first knows what was before. */
    Backup or(Backup later) {
        return new Backup(
                network.isEmpty() ? later.network : network,
                mac.or(() -> later.mac),
                promiscuous.or(() -> later.promiscuous),
                mtu.isPresent() ? mtu : later.mtu,
                allMulticast.or(() -> later.allMulticast),
                txQueueLength.isPresent() ? txQueueLength : later.txQueueLength);
    }

    /** As in a file. */
    JsonObject toJson() {
        JsonObject.Builder json = JsonObject.builder();
        mac.ifPresent(value -> json.put("mac", value.toString()));
        promiscuous.ifPresent(value -> json.put("promisc", value));
        mtu.ifPresent(value -> json.put("mtu", value));
        allMulticast.ifPresent(value -> json.put("allmulti", value));
        txQueueLength.ifPresent(value -> json.put("txQLen", value));
        json.put("network", network);
        return json.build();
    }

    /**
     * What a file says.
     *
     * @throws JsonException when it says something else
     */
    static Backup parse(JsonObject json) throws JsonException {
        String mac = json.string("mac", "");
        try {
            return new Backup(
                    json.string("network", ""),
                    mac.isEmpty() ? Optional.empty() : Optional.of(MacAddress.parse(mac)),
                    bool(json, "promisc"),
                    number(json, "mtu"),
                    bool(json, "allmulti"),
                    number(json, "txQLen"));
        } catch (IllegalArgumentException e) {
            throw new JsonException("mac: " + e.getMessage(), e);
        }
    }

    private static Optional<Boolean> bool(JsonObject json, String name) throws JsonException {
        return json.has(name) ? Optional.of(json.bool(name, false)) : Optional.empty();
    }

    private static OptionalInt number(JsonObject json, String name) throws JsonException {
        int value = json.integer(name, -1);
        return value < 0 ? OptionalInt.empty() : OptionalInt.of(value);
    }
}
