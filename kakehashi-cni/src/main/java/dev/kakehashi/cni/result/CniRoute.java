package dev.kakehashi.cni.result;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A route of an attachment (SPEC "ADD Success": {@code routes}).
 *
 * @param destination where it leads
 * @param gateway the next hop; without one the gateway of an address of the same family may serve
 * @param mtu path MTU in bytes; 0 when not told
 * @param advmss maximal segment size to advertise, in bytes; 0 when not told
 * @param priority metric, lower wins; 0 when not told
 * @param table routing table
 * @param scope 0 global, 253 link, 254 host (linux/rtnetlink.h, {@code rt_scope_t})
 */
public record CniRoute(
        Cidr destination,
        Optional<InetAddress> gateway,
        int mtu,
        int advmss,
        int priority,
        OptionalInt table,
        OptionalInt scope) {

    /**
     * The {@code routes} list of {@code holder}: a result, or an IPAM plugin's configuration, which
     * writes routes alike. No list has no routes.
     *
     * @throws JsonException when a route has no destination or a field is malformed
     */
    public static List<CniRoute> decodeAll(JsonObject holder) throws JsonException {
        return ResultDecoder.routes(holder);
    }

    /** A route without a gateway of its own. */
    public static CniRoute to(Cidr destination) {
        return new CniRoute(
                destination, Optional.empty(), 0, 0, 0, OptionalInt.empty(), OptionalInt.empty());
    }

    /** A route over a gateway. */
    public static CniRoute via(Cidr destination, InetAddress gateway) {
        return to(destination).withGateway(gateway);
    }

    /** The same over this gateway. */
    public CniRoute withGateway(InetAddress newGateway) {
        return new CniRoute(
                destination, Optional.of(newGateway), mtu, advmss, priority, table, scope);
    }
}
