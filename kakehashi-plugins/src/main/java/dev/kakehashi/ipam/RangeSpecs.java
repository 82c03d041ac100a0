package dev.kakehashi.ipam;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.IpText;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;

import java.net.InetAddress;
import java.util.Optional;

/** Reads {@code {subnet, rangeStart, rangeEnd, gateway}}. */
final class RangeSpecs {

    private RangeSpecs() {}

    static Range.Spec of(JsonObject json) throws JsonException {
        String text = json.string("subnet", "");
        Optional<Cidr> subnet = Cidr.parse(text);
        if (subnet.isEmpty()) {
            throw new JsonException(
                    text.isEmpty()
                            ? "a range has no \"subnet\""
                            : "invalid CIDR address: " + text + " (\"subnet\" of a range)");
        }
        return new Range.Spec(
                subnet.get().address(),
                subnet.get().prefixLength(),
                address(json, "rangeStart"),
                address(json, "rangeEnd"),
                address(json, "gateway"));
    }

    private static Optional<InetAddress> address(JsonObject json, String key) throws JsonException {
        String text = json.string(key, "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<InetAddress> address = IpText.parse(text);
        if (address.isEmpty()) {
            throw new JsonException("invalid IP address: " + text + " (\"" + key + "\")");
        }
        return address;
    }
}
