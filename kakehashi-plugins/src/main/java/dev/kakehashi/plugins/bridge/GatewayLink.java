package dev.kakehashi.plugins.bridge;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Addresses;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.attachment.Veth;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The link that has or shall have the gateways' addresses, as it was found: the bridge, or the link
 * of one of its VLANs.
 *
 * <p>The two things that it does to the kernel are no part of the attachment's desired state,
 * because they cannot be: taking off an address is an order to change what is foreign ({@code
 * forceAddress}), which the engine never does, and a hardware address that is set to the value it
 * has already is no difference between what is and what shall be.
 */
final class GatewayLink {

    private final RtNetlink host;
    private final Optional<Link> found;
    private final GatewayAddresses addresses;
    private final Optional<VlanGateway> vlan;

    private GatewayLink(
            RtNetlink host,
            Optional<Link> found,
            GatewayAddresses addresses,
            Optional<VlanGateway> vlan) {
        this.host = host;
        this.found = found;
        this.addresses = addresses;
        this.vlan = vlan;
    }

    /**
     * Looks at the link.
     *
     * @throws CniException when it has addresses that contradict the gateways and may not be
     *     replaced
     */
    static GatewayLink find(RtNetlink host, BridgeConfig config, List<CniIp> ips)
            throws CniException {
        Optional<String> vlanName = VlanGateway.nameFor(config);
        String name = vlanName.orElse(config.bridge());
        try {
            Optional<Link> found = config.gateway() ? host.link(name) : Optional.empty();
            List<IpPrefix> present = new ArrayList<>();
            if (found.isPresent()) {
                for (Address address : host.addresses(found.get().index())) {
                    present.add(address.prefix());
                }
            }
            List<IpPrefix> gateways = config.gateway() ? Gateways.of(ips) : List.of();
            Optional<VlanGateway> vlan =
                    vlanName.isEmpty() || found.isPresent()
                            ? vlanName.map(VlanGateway::existing)
                            : Optional.of(make(name, config, host.link(config.bridge())));
            return new GatewayLink(host, found, compare(name, present, gateways, config), vlan);
        } catch (IOException e) {
            throw Failures.of("could not get list of IP addresses of \"" + name + "\"", e);
        }
    }

    private static GatewayAddresses compare(
            String name, List<IpPrefix> present, List<IpPrefix> gateways, BridgeConfig config)
            throws CniException {
        try {
            return GatewayAddresses.compare(
                    name, present, gateways, config.severalAddresses(), config.forceAddress());
        } catch (CniException e) {
            throw e.because(
                    config.vlan() == 0
                            ? "failed to set bridge addr"
                            : "failed to set vlan interface for bridge with addr");
        }
    }

    /** As large as the bridge, which may have been there with another MTU than the configured. */
    private static VlanGateway make(String name, BridgeConfig config, Optional<Link> bridge) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return VlanGateway.create(
                name,
                config,
                Veth.randomMac(random),
                Veth.randomMac(random),
                bridge.map(Link::mtu).orElse(config.mtu()));
    }

    /** The link of the VLAN, if it is not the bridge itself. */
    Optional<VlanGateway> vlan() {
        return vlan;
    }

    /** The link, if it is there. */
    Optional<Link> found() {
        return found;
    }

    /** The gateways' addresses that it has not. */
    List<IpPrefix> missing() {
        return addresses.missing();
    }

    /** Takes off the addresses that contradict. */
    void clear() throws CniException {
        for (IpPrefix address : addresses.replaced()) {
            try {
                host.execute(Addresses.delete(Address.of(found.orElseThrow().index(), address)));
            } catch (IOException e) {
                throw Failures.of(
                        "could not remove IP address from \"" + found.orElseThrow().name() + "\"",
                        e);
            }
        }
    }

    /** Puts back what was taken off, on the way out of a failed ADD. */
    void restore(CniException failure) {
        for (IpPrefix address : addresses.replaced()) {
            try {
                host.execute(Addresses.add(Address.of(found.orElseThrow().index(), address)));
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
    }

    /**
     * Gives a link that was there before, and now has a gateway's address, its hardware address to
     * keep: one the kernel chose would change with the ports of the bridge, and the containers'
     * neighbour entries for their gateway with it.
     */
    void keepMac() throws CniException {
        if (found.isEmpty() || addresses.missing().isEmpty()) {
            return;
        }
        try {
            Optional<Link> now = host.link(found.get().index());
            if (now.isPresent() && now.get().mac().isPresent()) {
                host.execute(
                        Links.change(
                                now.get().index(),
                                LinkSpec.builder().mac(now.get().mac().get()).build()));
            }
        } catch (IOException e) {
            throw Failures.of("could not set bridge's mac", e);
        }
    }
}
