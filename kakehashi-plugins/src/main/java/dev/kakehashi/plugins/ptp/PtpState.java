package dev.kakehashi.plugins.ptp;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.CniRoute;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.Scope;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.ContainerSide;
import dev.kakehashi.plugins.attachment.Switches;
import dev.kakehashi.plugins.attachment.Veth;
import dev.kakehashi.plugins.masquerade.Backend;
import dev.kakehashi.plugins.masquerade.Masquerade;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkBuilder;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a point-to-point attachment is in the kernel. Pure.
 *
 * <p>A veth pair is no point-to-point link, so the container has an address with its subnet's
 * length but reaches everything, its own subnet too, over the gateway, which is the host's end:
 * {@code GATEWAY/32 dev IF scope link src ADDRESS} and {@code SUBNET via GATEWAY dev IF src
 * ADDRESS}. The host has the gateway's address on its end and a route to the container.
 *
 * <p>With a link-local gateway there is no subnet: the container has an address of its own length,
 * the host's end none, and permanent neighbours on both sides say where the other is.
 *
 * <p>IPv6 addresses are used without duplicate address detection: the only other node on the link
 * is this host.
 */
final class PtpState {

    private final PtpConfig config;
    private final Attachment attachment;
    private final Veth veth;

    PtpState(PtpConfig config, Attachment attachment, Veth veth) {
        this.config = config;
        this.attachment = attachment;
        this.veth = veth;
    }

    /** The pair alone: for address management that needs the interface (DHCP). */
    DesiredState links() {
        return pair(false).build();
    }

    /**
     * The whole of an attachment.
     *
     * @param masquerade how addresses are masqueraded; iptables has its own way into the kernel
     * @throws CniException code 7 when an address has no gateway, or a route is impossible
     */
    DesiredState compile(CniResult result, Optional<Backend> masquerade) throws CniException {
        DesiredState.Builder state = pair(true);
        String ifName = veth.containerName();
        ContainerSide.ipv6Switches(ifName, result.ips()).forEach(state::container);
        Set<IpPrefix> routed = new HashSet<>();
        for (CniIp ip : result.ips()) {
            InetAddress gateway = gateway(ip);
            IpPrefix subnet = ContainerSide.prefix(ip.address());
            Address address = Address.of(ifName, subnet).withoutPrefixRoute();
            if (!subnet.isIpv4()) {
                state.host(Switches.useLinkLocalAtOnce(veth.hostName(), Relation.OWNED));
                address = address.withoutDad();
            }
            state.container(address)
                    .host(Switches.forwarding(subnet.isIpv4()))
                    .host(hostRoute(veth.hostName(), subnet.address()));
            if (config.linkLocalGateway()) {
                state.host(
                                Neighbour.permanent(
                                        veth.hostName(), subnet.address(), veth.containerMac()))
                        .container(Neighbour.permanent(ifName, gateway, veth.hostMac()));
            } else {
                Address hostAddress = Address.of(veth.hostName(), IpPrefix.host(gateway));
                state.host(subnet.isIpv4() ? hostAddress : hostAddress.withoutDad());
            }
            // Of two addresses in one subnet, the first is what is sent from.
            if (routed.add(IpPrefix.host(gateway))) {
                state.container(
                        Route.to(IpPrefix.host(gateway), NextHop.dev(ifName))
                                .source(subnet.address())
                                .build());
            }
            if (!config.linkLocalGateway() && routed.add(subnet.network())) {
                state.container(
                        Route.to(subnet.network(), NextHop.via(gateway, ifName))
                                .source(subnet.address())
                                .build());
            }
        }
        ContainerSide.routes(ifName, result.ips(), result.routes(), others(result, routed))
                .forEach(state::container);
        if (masquerade.equals(Optional.of(Backend.NFTABLES))) {
            Masquerade.nftables(attachment, result.ips()).forEach(state::host);
        }
        return state.build();
    }

    /**
     * Gateways of routes that are in a subnet and not its gateway. The subnet is behind the host
     * here, so the kernel would refuse such a route; the reference plugin makes it while the
     * kernel's own route to the subnet still stands, and so has it as if the gateway were on the
     * link.
     */
    private static Set<IpPrefix> others(CniResult result, Set<IpPrefix> routed) {
        Set<IpPrefix> others = new HashSet<>();
        for (CniRoute route : result.routes()) {
            if (route.gateway().isEmpty()) {
                continue;
            }
            IpPrefix gateway = IpPrefix.host(route.gateway().get());
            if (!routed.contains(gateway)
                    && routed.stream().anyMatch(known -> known.contains(gateway.address()))) {
                others.add(gateway);
            }
        }
        return others;
    }

    private static InetAddress gateway(CniIp ip) throws CniException {
        return ip.gateway()
                .orElseThrow(() ->
                        new CniException(
                                CniException.INVALID_CONFIG,
                                "ptp: IPAM gave no gateway for "
                                        + ip.address()
                                        + ": name one in its configuration"));
    }

    /**
     * Not of scope host, as the reference plugin's: the kernel keeps such a route when its link
     * goes down (fib_sync_down_dev, net/ipv4/fib_semantics.c), in the way of the next container
     * that gets the address.
     */
    static Resource hostRoute(String hostEnd, InetAddress container) {
        return Route.to(IpPrefix.host(container), NextHop.dev(hostEnd)).scope(Scope.LINK).build();
    }

    private DesiredState.Builder pair(boolean containerUp) {
        LinkBuilder host =
                Link.veth(veth.hostName(), LinkRef.container(veth.containerName()))
                        .owner(attachment.owner())
                        .mac(veth.hostMac())
                        .up(true);
        LinkBuilder container =
                Link.veth(veth.containerName(), LinkRef.host(veth.hostName()))
                        .owner(attachment.owner())
                        .mac(veth.containerMac());
        if (containerUp) {
            container.up(true);
        }
        for (LinkBuilder end : List.of(host, container)) {
            if (config.mtu() != 0) {
                end.mtu(config.mtu());
            }
        }
        return DesiredState.builder()
                .host(host.build())
                .host(Switches.ignoreRouterAdvertisements(veth.hostName(), Relation.OWNED))
                .container(container.build());
    }
}
