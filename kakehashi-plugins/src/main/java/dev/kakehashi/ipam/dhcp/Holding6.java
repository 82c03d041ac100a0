package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.ipam.dhcp6.Client6;
import dev.kakehashi.ipam.dhcp6.Lease6;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.plugins.attachment.Attachment;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * An IPv6 lease and whose it is, as it is written on disk.
 *
 * @param attachment whose
 * @param place where the container's namespace is
 * @param hardware the interface's hardware address
 * @param router the router that was heard with it
 * @param lease what it has
 */
record Holding6(
        Attachment attachment,
        Home.Place place,
        MacAddress hardware,
        Optional<InetAddress> router,
        Lease6 lease)
        implements Holding {

    Holding6 with(Lease6 renewed) {
        return new Holding6(attachment, place, hardware, router, renewed);
    }

    @Override
    public InetAddress address() {
        return lease.address();
    }

    @Override
    public JsonObject toJson() {
        List<String> nameServers = new ArrayList<>();
        for (InetAddress server : lease.nameServers()) {
            nameServers.add(IpAddresses.format(server));
        }
        return head().put("mac", hardware.toString())
                .putUnlessEmpty("router", router.map(IpAddresses::format).orElse(""))
                .put("duid", HexFormat.of().formatHex(lease.client().duid()))
                .put("iaid", lease.client().iaid())
                .put("server", HexFormat.of().formatHex(lease.server()))
                .put("since", lease.since().toEpochMilli())
                .put("renewal", lease.renewal().toEpochMilli())
                .put("rebinding", lease.rebinding().toEpochMilli())
                .put("expiry", lease.expiry().toEpochMilli())
                .put("nameServers", nameServers)
                .put("searchList", lease.searchList())
                .build();
    }

    /**
     * What a file says.
     *
     * @throws JsonException when it says something else
     */
    static Holding6 parse(JsonObject json) throws JsonException {
        try {
            String router = json.string("router", "");
            List<InetAddress> nameServers = new ArrayList<>();
            for (String server : json.strings("nameServers")) {
                nameServers.add(IpAddresses.parse(server));
            }
            return new Holding6(
                    Holding.attachment(json),
                    Holding.place(json),
                    MacAddress.parse(json.string("mac", "")),
                    router.isEmpty() ? Optional.empty() : Optional.of(IpAddresses.parse(router)),
                    new Lease6(
                            Holding.address(json, "address", true),
                            new Client6(
                                    HexFormat.of().parseHex(json.string("duid", "")),
                                    json.integer("iaid", 0)),
                            HexFormat.of().parseHex(json.string("server", "")),
                            Holding.time(json, "since"),
                            Holding.time(json, "renewal"),
                            Holding.time(json, "rebinding"),
                            Holding.time(json, "expiry"),
                            List.copyOf(nameServers),
                            json.strings("searchList")));
        } catch (IllegalArgumentException e) {
            throw new JsonException("not a lease: " + e.getMessage(), e);
        }
    }
}
