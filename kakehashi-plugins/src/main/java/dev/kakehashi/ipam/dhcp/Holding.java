package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.ipam.LeaseTerm;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.NetnsId;
import dev.kakehashi.plugins.attachment.Attachment;

import java.net.InetAddress;
import java.util.Optional;

/** A lease and whose it is, as it is written on disk. */
sealed interface Holding permits Holding4, Holding6 {

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
                json.string("network", ""),
                json.string("containerID", ""),
                json.string("ifname", ""));
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
