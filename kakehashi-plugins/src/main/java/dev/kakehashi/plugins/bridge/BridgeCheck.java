package dev.kakehashi.plugins.bridge;

import static dev.kakehashi.plugins.attachment.ContainerCheck.failed;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Veth;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.ContainerCheck;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.attachment.Switches;
import dev.kakehashi.plugins.attachment.Wiring;
import dev.kakehashi.plugins.masquerade.Backend;
import dev.kakehashi.plugins.masquerade.Masquerade;
import dev.kakehashi.plugins.spoofcheck.SpoofRules;
import dev.kakehashi.plugins.veth.VethCall;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.LinkBuilder;
import dev.kakehashi.state.engine.Plan;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * One CHECK of {@code bridge}: what the previous result lists, then whether the difference between
 * what the configuration describes and the kernel is empty. It holds for attachments that the
 * reference plugin made, too.
 */
final class BridgeCheck {

    private final PluginRequest request;
    private final BridgeConfig config;
    private final Wiring wiring;
    private final Netns container;
    private final Masquerade masquerade;
    private final Attachment attachment;
    private final CniResult result;

    BridgeCheck(BridgeConfig config, VethCall call) throws CniException {
        this.request = call.request();
        this.config = config;
        this.wiring = call.wiring();
        this.container = call.container();
        this.masquerade = call.masquerade();
        this.attachment = call.attachment();
        this.result = request.requirePrevResult();
    }

    void run() throws CniException {
        try (RtNetlink inside = RtNetlink.open(container)) {
            Link bridge = bridge();
            CniInterface entry = ContainerCheck.entry(result, request.ifName(), request.netns());
            ContainerCheck check = ContainerCheck.of(inside, request.ifName());
            Link containerEnd = containerEnd(check, entry);
            Link hostEnd = hostEnd(bridge, containerEnd);
            List<CniIp> ips = ContainerCheck.ips(result, request.ifName());
            check.addresses(containerEnd, ips);
            if (!ips.isEmpty()) {
                check.routes(result.routes());
            }
            difference(hostEnd, containerEnd, ips);
            if (config.masquerade() && !ips.isEmpty() && backend() == Backend.IPTABLES) {
                masquerade.checkIptables(attachment, ips);
            }
        } catch (IOException e) {
            throw Failures.of("failed to look at the attachment", e);
        }
    }

    private Backend backend() throws CniException {
        return masquerade.choose(config.masqueradeBackend());
    }

    private Link bridge() throws CniException, IOException {
        CniInterface entry =
                find(config.bridge())
                        .orElseThrow(() ->
                                failed(
                                        "CNI created bridge "
                                                + config.bridge()
                                                + " in host namespace was not found"));
        Link link =
                wiring.host()
                        .link(entry.name())
                        .orElseThrow(() -> failed("Interface name " + entry.name() + " not found"));
        if (!entry.sandbox().isEmpty()) {
            throw failed("Interface " + entry.name() + " should not be in sandbox");
        }
        if (link.kind().filter(Bridge.class::isInstance).isEmpty()) {
            throw failed("Interface " + entry.name() + " does not have link type of bridge");
        }
        if (!hasMac(link, entry)) {
            throw failed("Bridge interface " + entry.name() + " Mac doesn't match: " + entry.mac());
        }
        if (link.isPromiscuous() != config.promiscuous()) {
            throw failed(
                    "Bridge interface "
                            + entry.name()
                            + " configured Promisc Mode "
                            + config.promiscuous()
                            + " doesn't match current state: "
                            + link.isPromiscuous()
                            + " ");
        }
        return link;
    }

    private Optional<CniInterface> find(String name) {
        return result.interfaces().stream().filter(entry -> entry.name().equals(name)).findFirst();
    }

    private static boolean hasMac(Link link, CniInterface entry) {
        return entry.mac().isEmpty()
                || link.mac().map(MacAddress::toString).filter(entry.mac()::equals).isPresent();
    }

    private static Link containerEnd(ContainerCheck check, CniInterface entry)
            throws CniException, IOException {
        Link link =
                check.link()
                        .orElseThrow(() -> failed("Interface name " + entry.name() + " not found"));
        if (link.kind().filter(Veth.class::isInstance).isEmpty()) {
            throw failed("Error: Container interface " + entry.name() + " not of type veth");
        }
        if (!hasMac(link, entry)) {
            throw failed(
                    "Interface "
                            + entry.name()
                            + " Mac "
                            + entry.mac()
                            + " doesn't match container Mac: "
                            + link.mac().map(MacAddress::toString).orElse("none"));
        }
        return link;
    }

    /** The host's link that is the peer of the container's and a port of the bridge. */
    private Link hostEnd(Link bridge, Link containerEnd) throws CniException, IOException {
        for (CniInterface entry : result.interfaces()) {
            if (!entry.sandbox().isEmpty() || entry.name().equals(config.bridge())) {
                continue;
            }
            Link link =
                    wiring.host()
                            .link(entry.name())
                            .orElseThrow(
                                    () -> failed("Interface name " + entry.name() + " not found"));
            if (link.index() != containerEnd.parent()
                    || link.parent() != containerEnd.index()
                    || link.master() != bridge.index()) {
                continue;
            }
            if (!hasMac(link, entry)) {
                throw failed(
                        "Interface "
                                + link.name()
                                + " Mac doesn't match: "
                                + entry.mac()
                                + " not found");
            }
            return link;
        }
        throw failed("CNI veth created for bridge " + config.bridge() + " was not found");
    }

    private void difference(Link hostEnd, Link containerEnd, List<CniIp> ips)
            throws CniException, IOException {
        Plan plan = wiring.engine().plan(expected(hostEnd, containerEnd, ips));
        if (!plan.isEmpty()) {
            throw new CniException(
                    CniException.INTERNAL,
                    "the attachment of \"" + request.ifName() + "\" is not as it was made",
                    "to put it right: " + plan.toString().strip().replace("\n", "; "));
        }
    }

    /** What the host has for an attachment, whoever made it. */
    private DesiredState expected(Link hostEnd, Link containerEnd, List<CniIp> ips)
            throws CniException {
        LinkBuilder port =
                dev.kakehashi.state.Link.existing(hostEnd.name())
                        .master(config.bridge())
                        .hairpin(config.hairpin())
                        .isolated(config.portIsolation())
                        .up(true);
        PortVlans.of(config.vlan(), config.trunk().orElse(List.of()), config.preserveDefaultVlan())
                .ifPresent(port::vlans);
        DesiredState.Builder state =
                DesiredState.builder()
                        .host(dev.kakehashi.state.Link.existing(config.bridge()).up(true).build())
                        .host(port.build());
        if (config.gateway() && !ips.isEmpty()) {
            String device = VlanGateway.nameFor(config).orElse(config.bridge());
            for (IpPrefix gateway : Gateways.of(ips)) {
                state.host(Address.of(device, gateway).shared());
                state.host(Switches.forwarding(gateway.isIpv4()));
            }
        }
        if (config.masquerade() && !ips.isEmpty() && backend() == Backend.NFTABLES) {
            Masquerade.nftables(attachment, ips).forEach(state::host);
        }
        if (config.macSpoofCheck() && containerEnd.mac().isPresent()) {
            SpoofRules.resources(
                            attachment.containerId(),
                            attachment.ifName(),
                            hostEnd.name(),
                            containerEnd.mac().get())
                    .forEach(state::host);
        }
        return state.build();
    }
}
