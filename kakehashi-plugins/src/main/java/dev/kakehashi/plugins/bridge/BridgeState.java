package dev.kakehashi.plugins.bridge;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.ContainerSide;
import dev.kakehashi.plugins.attachment.Switches;
import dev.kakehashi.plugins.attachment.Veth;
import dev.kakehashi.plugins.masquerade.Backend;
import dev.kakehashi.plugins.masquerade.Masquerade;
import dev.kakehashi.plugins.spoofcheck.SpoofRules;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkBuilder;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Sysctl;

import java.util.List;
import java.util.Optional;

/**
 * What an attachment to a bridge is in the kernel. Pure: from a configuration and what address
 * management answered to the links, addresses, routes and switches of host and container.
 */
final class BridgeState {

    private final BridgeConfig config;
    private final Attachment attachment;
    private final Veth veth;

    BridgeState(BridgeConfig config, Attachment attachment, Veth veth) {
        this.config = config;
        this.attachment = attachment;
        this.veth = veth;
    }

    /**
     * The bridge and the pair, without anything of the network layer. The container's end is left
     * down, so that a plugin for addresses that needs the interface (DHCP) finds it.
     *
     * @param bridgeMac for a bridge that is made; a hardware address that was set stays, where one
     *     the kernel chose would change with the ports
     */
    DesiredState links(LinkKind kind, MacAddress bridgeMac) {
        return DesiredState.builder()
                .host(
                        bridge(kind, bridgeMac),
                        Switches.ignoreRouterAdvertisements(config.bridge(), Relation.SHARED))
                .host(
                        hostEnd(),
                        Switches.ignoreRouterAdvertisements(veth.hostName(), Relation.OWNED))
                .container(containerEnd(false))
                .host(spoofCheck())
                .build();
    }

    /** The whole of an attachment without addresses. */
    DesiredState layer2(LinkKind kind, MacAddress bridgeMac) {
        return DesiredState.builder()
                .host(
                        bridge(kind, bridgeMac),
                        Switches.ignoreRouterAdvertisements(config.bridge(), Relation.SHARED))
                .host(
                        hostEnd(),
                        Switches.ignoreRouterAdvertisements(veth.hostName(), Relation.OWNED))
                .container(containerEnd(config.containerInterfaceUp()))
                .host(spoofCheck())
                .build();
    }

    /**
     * The whole of an attachment with addresses.
     *
     * @param result with gateways and default routes, see {@link Gateways#complete}
     * @param missing the gateways' addresses that nobody has on the host yet
     * @param vlanGateway the link of the gateway's addresses where they are not on the bridge
     * @param masquerade how addresses are masqueraded; iptables has its own way into the kernel
     */
    DesiredState layer3(
            LinkKind kind,
            MacAddress bridgeMac,
            CniResult result,
            List<IpPrefix> missing,
            Optional<VlanGateway> vlanGateway,
            Optional<Backend> masquerade)
            throws CniException {
        DesiredState.Builder state =
                DesiredState.builder()
                        .host(
                                bridge(kind, bridgeMac),
                                Switches.ignoreRouterAdvertisements(
                                        config.bridge(), Relation.SHARED))
                        .host(
                                hostEnd(),
                                Switches.ignoreRouterAdvertisements(
                                        veth.hostName(), Relation.OWNED));
        if (config.gateway()) {
            vlanGateway.ifPresent(gateway -> gateway.addTo(state));
            String device = vlanGateway.map(VlanGateway::name).orElse(config.bridge());
            for (IpPrefix gateway : Gateways.of(result.ips())) {
                if (missing.contains(gateway)) {
                    state.host(Address.of(device, gateway).shared());
                }
                state.host(Switches.forwarding(gateway.isIpv4()));
                if (!gateway.isIpv4()) {
                    state.host(Switches.useLinkLocalAtOnce(device, Relation.SHARED));
                }
            }
        }
        String ifName = veth.containerName();
        state.container(containerEnd(true));
        switches(ifName).forEach(state::container);
        ContainerSide.ipv6Switches(ifName, result.ips()).forEach(state::container);
        for (Address address : ContainerSide.addresses(ifName, result.ips())) {
            // Said of the address too: the switch alone leaves it tentative until the link is up.
            state.container(
                    address.prefix().isIpv4() || config.duplicateAddressDetection()
                            ? address
                            : address.withoutDad());
        }
        ContainerSide.routes(ifName, result.ips(), result.routes()).forEach(state::container);
        if (masquerade.equals(Optional.of(Backend.NFTABLES))) {
            Masquerade.nftables(attachment, result.ips()).forEach(state::host);
        }
        return state.host(spoofCheck()).build();
    }

    private Resource[] spoofCheck() {
        List<Resource> rules =
                config.macSpoofCheck()
                        ? SpoofRules.resources(
                                attachment.containerId(),
                                attachment.ifName(),
                                veth.hostName(),
                                veth.containerMac())
                        : List.of();
        return rules.toArray(Resource[]::new);
    }

    private Link bridge(LinkKind kind, MacAddress mac) {
        LinkBuilder bridge = Link.share(config.bridge(), kind).mac(mac).up(true);
        if (config.mtu() != 0) {
            bridge.mtu(config.mtu());
        }
        if (config.promiscuous()) {
            bridge.promiscuous(true);
        }
        return bridge.build();
    }

    private Link hostEnd() {
        LinkBuilder end =
                Link.veth(veth.hostName(), LinkRef.container(veth.containerName()))
                        .owner(attachment.owner())
                        .mac(veth.hostMac())
                        .master(config.bridge())
                        .hairpin(config.hairpin())
                        .isolated(config.portIsolation())
                        .up(true);
        PortVlans.of(config.vlan(), config.trunk().orElse(List.of()), config.preserveDefaultVlan())
                .ifPresent(end::vlans);
        return mtu(end).build();
    }

    private Link containerEnd(boolean up) {
        LinkBuilder end =
                Link.veth(veth.containerName(), LinkRef.host(veth.hostName()))
                        .owner(attachment.owner())
                        .mac(veth.containerMac());
        if (up) {
            end.up(true);
        }
        return mtu(end).build();
    }

    private LinkBuilder mtu(LinkBuilder link) {
        return config.mtu() == 0 ? link : link.mtu(config.mtu());
    }

    /** Kernels without IPv6, or without one of these switches, do without them. */
    private List<Resource> switches(String ifName) {
        Sysctl announce = Sysctl.ipv4(ifName, "arp_notify", "1").optional();
        return config.duplicateAddressDetection()
                ? List.of(
                        Sysctl.ipv6(ifName, "enhanced_dad", "1").optional(),
                        Sysctl.ipv6(ifName, "accept_dad", "1").optional(),
                        announce)
                : List.of(Sysctl.ipv6(ifName, "accept_dad", "0").optional(), announce);
    }
}
