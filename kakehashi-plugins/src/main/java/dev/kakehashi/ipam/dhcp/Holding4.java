package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonMember;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonString;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.plugins.attachment.Attachment;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Map;

/**
 * An IPv4 lease and whose it is, as it is written on disk.
 *
 * @param attachment whose
 * @param place where the container's namespace is
 * @param sent the options that the client sends
 * @param lease what it has
 */
record Holding4(Attachment attachment, Home.Place place, DhcpOptions sent, Lease lease)
        implements Holding {

    /** 0 and 255 are padding and the end (RFC 2132, section 3). */
    private static final int LAST_OPTION = 254;

    Holding4 with(Lease renewed) {
        return new Holding4(attachment, place, sent, renewed);
    }

    @Override
    public InetAddress address() {
        return lease.address();
    }

    @Override
    public MacAddress hardware() {
        return lease.hardware();
    }

    @Override
    public JsonObject toJson() {
        return head().put("server", IpAddresses.format(lease.server()))
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
    static Holding4 parse(JsonObject json) throws JsonException {
        try {
            return new Holding4(
                    Holding.attachment(json),
                    Holding.place(json),
                    options(json, "sent"),
                    new Lease(
                            Holding.address(json, "address", false),
                            Holding.address(json, "server", false),
                            MacAddress.parse(json.string("mac", "")),
                            Holding.time(json, "since"),
                            options(json, "options")));
        } catch (IllegalArgumentException e) {
            throw new JsonException("not a lease: " + e.getMessage(), e);
        }
    }

    private static DhcpOptions options(JsonObject json, String name) throws JsonException {
        DhcpOptions options = DhcpOptions.NONE;
        for (JsonMember member : json.object(name).orElse(JsonObject.EMPTY).members()) {
            if (!(member.value() instanceof JsonString(String hex))) {
                throw new JsonException(name + ": " + member.name() + " is no string");
            }
            int option = Integer.parseInt(member.name());
            if (option < 1 || option > LAST_OPTION) {
                throw new JsonException(name + ": no DHCP option has the number " + option);
            }
            options = options.with(option, HexFormat.of().parseHex(hex));
        }
        return options;
    }
}
