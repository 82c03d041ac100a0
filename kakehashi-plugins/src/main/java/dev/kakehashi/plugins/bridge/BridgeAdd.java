package dev.kakehashi.plugins.bridge;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Ipam;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniDns;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.ContainerSide;
import dev.kakehashi.plugins.attachment.DuplicateAddressDetection;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.attachment.IpamTiming;
import dev.kakehashi.plugins.attachment.ResultDns;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.attachment.Veth;
import dev.kakehashi.plugins.attachment.Wiring;
import dev.kakehashi.plugins.masquerade.Backend;
import dev.kakehashi.plugins.masquerade.Masquerade;
import dev.kakehashi.state.DesiredState;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** One ADD of {@code bridge}. */
final class BridgeAdd {

    /** Of the container's interface in the result: behind the bridge and the host's end. */
    private static final int CONTAINER_INDEX = 2;

    private final PluginRequest request;
    private final BridgeConfig config;
    private final Wiring wiring;
    private final Netns container;
    private final Masquerade masquerade;
    private final Attachment attachment;
    private final MacAddress bridgeMac = Veth.randomMac(ThreadLocalRandom.current());
    private final LinkKind kind;

    BridgeAdd(
            PluginRequest request,
            BridgeConfig config,
            Wiring wiring,
            Netns container,
            Masquerade masquerade)
            throws CniException {
        this.request = request;
        this.config = config;
        this.wiring = wiring;
        this.container = container;
        this.masquerade = masquerade;
        this.attachment = Attachment.of(request);
        this.kind = kind(config);
    }

    /** The bridge as it is made. */
    static LinkKind kind(BridgeConfig config) {
        return config.filtersVlans() ? Bridge.plain().withVlanFiltering(true) : Bridge.plain();
    }

    CniResult run(Ipam ipam) throws CniException {
        if (!ipam.isConfigured()) {
            return Undo.onFailure(this::withoutAddresses);
        }
        return IpamTiming.needsInterface(ipam.type())
                ? Undo.onFailure(undo -> linkThenAddresses(ipam, undo))
                : Undo.onFailure(undo -> allAtOnce(ipam, undo));
    }

    private CniResult withoutAddresses(Undo undo) throws CniException {
        Wiring.Made made = make(veth -> state(veth).layer2(kind, bridgeMac), undo);
        return result(
                made,
                new CniResult(List.of(), List.of(), List.of(), CniDns.EMPTY),
                Optional.empty());
    }

    private CniResult allAtOnce(Ipam ipam, Undo undo) throws CniException {
        CniResult addressed = ask(ipam, undo);
        GatewayLink gateway = gateway(addressed, undo);
        Optional<Backend> backend = backend();
        Wiring.Made made = make(veth -> layer3(veth, addressed, gateway, backend), undo);
        finish(addressed, gateway, backend, undo);
        return result(made, addressed, gateway.vlan());
    }

    private CniResult linkThenAddresses(Ipam ipam, Undo undo) throws CniException {
        Wiring.Made made = make(veth -> state(veth).links(kind, bridgeMac), undo);
        CniResult addressed = ask(ipam, undo);
        GatewayLink gateway = gateway(addressed, undo);
        Optional<Backend> backend = backend();
        DesiredState whole = layer3(made.veth(), addressed, gateway, backend);
        undo.add(failure -> wiring.unmake(whole, container, failure));
        wiring.complete(whole, container);
        finish(addressed, gateway, backend, undo);
        return result(made, addressed, gateway.vlan());
    }

    private CniResult ask(Ipam ipam, Undo undo) throws CniException {
        CniResult answer = ipam.add();
        undo.add(ipam::releaseAfter);
        return Gateways.complete(config, answer, CONTAINER_INDEX);
    }

    private GatewayLink gateway(CniResult addressed, Undo undo) throws CniException {
        GatewayLink gateway = GatewayLink.find(wiring.host(), config, addressed.ips());
        undo.add(gateway::restore);
        gateway.clear();
        return gateway;
    }

    private Optional<Backend> backend() throws CniException {
        return config.masquerade()
                ? Optional.of(masquerade.choose(config.masqueradeBackend()))
                : Optional.empty();
    }

    private Wiring.Made make(Wiring.Description description, Undo undo) throws CniException {
        Wiring.Made made =
                wiring.make(
                        attachment,
                        config.hostInterfaceName(),
                        config.mac(),
                        container,
                        description);
        undo.add(failure -> wiring.unmake(made.state(), container, failure));
        return made;
    }

    private BridgeState state(Veth veth) {
        return new BridgeState(config, attachment, veth);
    }

    private DesiredState layer3(
            Veth veth, CniResult addressed, GatewayLink gateway, Optional<Backend> backend)
            throws CniException {
        return state(veth)
                .layer3(kind, bridgeMac, addressed, gateway.missing(), gateway.vlan(), backend);
    }

    private void finish(
            CniResult addressed, GatewayLink gateway, Optional<Backend> backend, Undo undo)
            throws CniException {
        gateway.keepMac();
        if (backend.equals(Optional.of(Backend.IPTABLES))) {
            masquerade.setUpIptables(attachment, addressed.ips());
            undo.add(failure -> {
                try {
                    masquerade.tearDownIptables(attachment, addressed.ips());
                } catch (CniException e) {
                    failure.addSuppressed(e);
                }
            });
        }
        if (config.duplicateAddressDetection() && ContainerSide.hasIpv6(addressed.ips())) {
            DuplicateAddressDetection.await(container, attachment.ifName());
        }
    }

    private CniResult result(
            Wiring.Made made, CniResult addressed, Optional<VlanGateway> vlanGateway)
            throws CniException {
        Veth veth = made.veth();
        if (config.containerInterfaceUp()) {
            wiring.awaitCarrier(veth.hostName());
        }
        List<CniInterface> interfaces = new ArrayList<>(4);
        interfaces.add(onHost(config.bridge()));
        interfaces.add(CniInterface.onHost(veth.hostName(), veth.hostMac().toString()));
        interfaces.add(
                CniInterface.inContainer(
                        veth.containerName(), veth.containerMac().toString(), request.netns()));
        if (vlanGateway.isPresent()) {
            interfaces.add(onHost(vlanGateway.get().name()));
        }
        return new CniResult(
                interfaces,
                addressed.ips(),
                addressed.routes(),
                ResultDns.choose(request, addressed.dns()));
    }

    /** A link that others may have made, with the hardware address it has now. */
    private CniInterface onHost(String name) throws CniException {
        try {
            return CniInterface.onHost(
                    name,
                    wiring.host()
                            .link(name)
                            .flatMap(Link::mac)
                            .map(MacAddress::toString)
                            .orElse(""));
        } catch (IOException e) {
            throw Failures.of("could not lookup \"" + name + "\"", e);
        }
    }
}
