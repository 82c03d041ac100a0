package dev.kakehashi.plugins.bridge;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.ContainerSide;
import dev.kakehashi.plugins.attachment.DuplicateAddressDetection;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.attachment.ResultDns;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.attachment.Veth;
import dev.kakehashi.plugins.attachment.Wiring;
import dev.kakehashi.plugins.masquerade.Backend;
import dev.kakehashi.plugins.veth.NewVeth;
import dev.kakehashi.plugins.veth.VethCall;
import dev.kakehashi.state.DesiredState;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** What one ADD of {@code bridge} is to make. */
final class NewBridgePort implements NewVeth {

    /** Of the container's interface in the result: behind the bridge and the host's end. */
    private static final int CONTAINER_INDEX = 2;

    private final PluginRequest request;
    private final BridgeConfig config;
    private final Wiring wiring;
    private final Netns container;
    private final Attachment attachment;
    private final MacAddress bridgeMac = Veth.randomMac(ThreadLocalRandom.current());
    private final LinkKind kind;
    private Optional<GatewayLink> gateway = Optional.empty();

    NewBridgePort(BridgeConfig config, VethCall call) {
        this.request = call.request();
        this.config = config;
        this.wiring = call.wiring();
        this.container = call.container();
        this.attachment = call.attachment();
        this.kind = kind(config);
    }

    /** The bridge as it is made. */
    static LinkKind kind(BridgeConfig config) {
        return config.filtersVlans() ? Bridge.plain().withVlanFiltering(true) : Bridge.plain();
    }

    @Override
    public DesiredState links(Veth veth) {
        return state(veth).links(kind, bridgeMac);
    }

    @Override
    public DesiredState withoutAddresses(Veth veth) {
        return state(veth).layer2(kind, bridgeMac);
    }

    @Override
    public CniResult complete(CniResult answer) throws CniException {
        return Gateways.complete(config, answer, CONTAINER_INDEX);
    }

    @Override
    public void prepare(CniResult addressed, Undo undo) throws CniException {
        GatewayLink found = GatewayLink.find(wiring.host(), config, addressed.ips());
        gateway = Optional.of(found);
        found.found().ifPresent(wiring::hasSeen);
        undo.add(found::restore);
        found.clear();
    }

    @Override
    public DesiredState whole(Veth veth, CniResult addressed, Optional<Backend> masquerade)
            throws CniException {
        GatewayLink found = gateway.orElseThrow();
        return state(veth)
                .layer3(kind, bridgeMac, addressed, found.missing(), found.vlan(), masquerade);
    }

    @Override
    public void finish(CniResult addressed) throws CniException {
        gateway.orElseThrow().keepMac();
        if (config.duplicateAddressDetection() && ContainerSide.hasIpv6(addressed.ips())) {
            DuplicateAddressDetection.await(container, attachment.ifName());
        }
    }

    private BridgeState state(Veth veth) {
        return new BridgeState(config, attachment, veth);
    }

    @Override
    public CniResult result(Veth veth, CniResult addressed) throws CniException {
        if (config.containerInterfaceUp()) {
            wiring.awaitCarrier(veth.hostName());
        }
        List<CniInterface> interfaces = new ArrayList<>(4);
        interfaces.add(onHost(config.bridge()));
        interfaces.add(CniInterface.onHost(veth.hostName(), veth.hostMac().toString()));
        interfaces.add(
                CniInterface.inContainer(
                        veth.containerName(), veth.containerMac().toString(), request.netns()));
        Optional<VlanGateway> vlan = gateway.flatMap(GatewayLink::vlan);
        if (vlan.isPresent()) {
            interfaces.add(onHost(vlan.get().name()));
        }
        return addressed
                .withInterfaces(interfaces)
                .withDns(ResultDns.choose(request, addressed.dns()));
    }

    /** A link that others may have made, with the hardware address it has now. */
    private CniInterface onHost(String name) throws CniException {
        try {
            return CniInterface.onHost(
                    name, wiring.host().mac(name).map(MacAddress::toString).orElse(""));
        } catch (IOException e) {
            throw Failures.of("could not lookup \"" + name + "\"", e);
        }
    }
}
