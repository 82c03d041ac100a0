package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonMember;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.NetnsId;
import dev.kakehashi.plugins.attachment.Attachment;

import java.net.InetAddress;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * A lease and whose it is, as it is written on disk.
 *
 * @param attachment whose
 * @param place where the container's namespace is
 * @param sent the options that the client sends
 * @param lease what it has
 */
record Holding(Attachment attachment, Home.Place place, DhcpOptions sent, Lease lease) {

    Holding with(Lease renewed) {
        return new Holding(attachment, place, sent, renewed);
    }

    JsonObject toJson() {
        return JsonObject.builder()
                .put("network", attachment.network())
                .put("containerID", attachment.containerId())
                .put("ifname", attachment.ifName())
                .put("netns", place.path())
                .putUnlessEmpty("netnsId", place.id().map(Holding::text).orElse(""))
                .put("address", IpAddresses.format(lease.address()))
                .put("server", IpAddresses.format(lease.server()))
                .put("mac", lease.hardware().toString())
                .put("since", lease.since().toEpochMilli())
                .put("options", options(lease.options()))
                .put("sent", options(sent))
                .build();
    }

    private static JsonObject options(DhcpOptions options) {
        JsonObject.Builder json = JsonObject.builder();
        for (Map.Entry<Integer, byte[]> option : options.values().entrySet()) {
            json.put(option.getKey().toString(), HexFormat.of().formatHex(option.getValue()));
        }
        return json.build();
    }

    /**
     * What a file says.
     *
     * @throws JsonException when it says something else
     */
    static Holding parse(JsonObject json) throws JsonException {
        try {
            return new Holding(
                    new Attachment(
                            json.string("network", ""),
                            json.string("containerID", ""),
                            json.string("ifname", "")),
                    new Home.Place(json.string("netns", ""), id(json.string("netnsId", ""))),
                    options(json, "sent"),
                    new Lease(
                            address(json, "address"),
                            address(json, "server"),
                            MacAddress.parse(json.string("mac", "")),
                            Instant.ofEpochMilli(json.integer("since").orElse(0)),
                            options(json, "options")));
        } catch (IllegalArgumentException e) {
            throw new JsonException("not a lease: " + e.getMessage(), e);
        }
    }

    /** As {@code DEVICE:INODE}. */
    private static String text(NetnsId id) {
        return id.device() + ":" + id.inode();
    }

    private static Optional<NetnsId> id(String text) {
        int colon = text.indexOf(':');
        return colon < 0
                ? Optional.empty()
                : Optional.of(
                        new NetnsId(
                                Long.parseLong(text.substring(0, colon)),
                                Long.parseLong(text.substring(colon + 1))));
    }

    private static InetAddress address(JsonObject json, String name) throws JsonException {
        return IpAddresses.parse(json.string(name, ""));
    }

    private static DhcpOptions options(JsonObject json, String name) throws JsonException {
        DhcpOptions options = DhcpOptions.NONE;
        for (JsonMember member : json.object(name).orElse(JsonObject.EMPTY).members()) {
            if (!(member.value() instanceof JsonString(String hex))) {
                throw new JsonException(name + ": " + member.name() + " is no string");
            }
            options = options.with(Integer.parseInt(member.name()), HexFormat.of().parseHex(hex));
        }
        return options;
    }
}
