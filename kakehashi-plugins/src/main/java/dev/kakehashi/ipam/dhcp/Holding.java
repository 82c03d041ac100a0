package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.ipam.LeaseTerm;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.NetnsId;
import dev.kakehashi.plugins.attachment.Attachment;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Optional;

/** A lease and whose it is, as it is written on disk. */
sealed interface Holding permits Holding4, Holding6 {

    /** The end of the year 9999, in milliseconds. */
    long LAST_TIME = 253_402_300_799_999L;

    /** Whose. */
    Attachment attachment();

    /** Where the container's namespace is. */
    Home.Place place();

    /** How long. */
    LeaseTerm lease();

    /** What. */
    InetAddress address();

    /** The interface's hardware address. */
    MacAddress hardware();

    JsonObject toJson();

    /** An attachment has one lease of each family. */
    record Key(Attachment attachment, boolean ipv6) {}

    default Key key() {
        return new Key(attachment(), this instanceof Holding6);
    }

    /**
     * What a file says.
     *
     * @throws JsonException when it says something else
     */
    static Holding parse(JsonObject json) throws JsonException {
        return json.has("duid") ? Holding6.parse(json) : Holding4.parse(json);
    }

    /** What files of both families begin with. */
    default JsonObject.Builder head() {
        return JsonObject.builder()
                .put("network", attachment().network())
                .put("containerID", attachment().containerId())
                .put("ifname", attachment().ifName())
                .put("netns", place().path())
                .putUnlessEmpty("netnsId", place().id().map(Holding::text).orElse(""))
                .put("address", IpAddresses.format(address()));
    }

    static Attachment attachment(JsonObject json) throws JsonException {
        return new Attachment(
                text(json, "network"), text(json, "containerID"), text(json, "ifname"));
    }

    private static String text(JsonObject json, String name) throws JsonException {
        String text = json.string(name, "");
        if (text.isEmpty()) {
            throw new JsonException("not a lease: without " + name);
        }
        return text;
    }

    /** An address of one family: a message has no place for another. */
    static InetAddress address(JsonObject json, String name, boolean ipv6) throws JsonException {
        InetAddress address = IpAddresses.parse(json.string(name, ""));
        if (address instanceof Inet4Address == ipv6) {
            throw new JsonException(
                    "not a lease: " + name + " is no " + (ipv6 ? "IPv6" : "IPv4") + " address");
        }
        return address;
    }

    /** A time that can be counted with. */
    static Instant time(JsonObject json, String name) throws JsonException {
        long millis = json.integer(name).orElse(0);
        if (millis < 0 || millis > LAST_TIME) {
            throw new JsonException("not a lease: " + name + " is no time of this world");
        }
        return Instant.ofEpochMilli(millis);
    }

    static Home.Place place(JsonObject json) throws JsonException {
        return new Home.Place(json.string("netns", ""), id(json.string("netnsId", "")));
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
}
