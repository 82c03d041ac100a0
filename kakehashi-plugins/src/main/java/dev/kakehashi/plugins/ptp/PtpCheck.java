package dev.kakehashi.plugins.ptp;

import static dev.kakehashi.plugins.attachment.ContainerCheck.failed;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
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
import dev.kakehashi.plugins.veth.VethCall;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.engine.Plan;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/** One CHECK of {@code ptp}; it holds for attachments that the reference plugin made, too. */
final class PtpCheck {

    private final PluginRequest request;
    private final PtpConfig config;
    private final Wiring wiring;
    private final Netns container;
    private final Masquerade masquerade;
    private final Attachment attachment;

    PtpCheck(PtpConfig config, VethCall call) {
        this.request = call.request();
        this.config = config;
        this.wiring = call.wiring();
        this.container = call.container();
        this.masquerade = call.masquerade();
        this.attachment = call.attachment();
    }

    void run() throws CniException {
        CniResult result =
                request.prevResult().orElseThrow(() -> failed("ptp: Required prevResult missing"));
        try (RtNetlink inside = RtNetlink.open(container)) {
            CniInterface entry = ContainerCheck.entry(result, request.ifName(), request.netns());
            ContainerCheck check = ContainerCheck.of(inside, request.ifName());
            Link link = containerEnd(check, entry);
            List<CniIp> ips = ContainerCheck.ips(result, request.ifName());
            check.addresses(link, ips);
            check.routes(result.routes());
            hostSide(link, ips);
            if (config.masquerade()
                    && masquerade.choose(config.masqueradeBackend()) == Backend.IPTABLES) {
                masquerade.checkIptables(attachment, ips);
            }
        } catch (IOException e) {
            throw Failures.of("ptp: failed to look at the attachment", e);
        }
    }

    private static Link containerEnd(ContainerCheck check, CniInterface entry)
            throws CniException, IOException {
        Link link =
                check.link()
                        .orElseThrow(() ->
                                failed(
                                        "ptp: Container Interface name in prevResult: "
                                                + entry.name()
                                                + " not found"));
        if (entry.sandbox().isEmpty()) {
            throw failed(
                    "ptp: Error: Container interface "
                            + entry.name()
                            + " should not be in host namespace");
        }
        if (link.kind().filter(Veth.class::isInstance).isEmpty()) {
            throw failed("Error: Container interface " + entry.name() + " not of type veth/p2p");
        }
        String mac = link.mac().map(MacAddress::toString).orElse("");
        if (!entry.mac().isEmpty() && !entry.mac().equals(mac)) {
            throw failed(
                    "ptp: Interface "
                            + entry.name()
                            + " Mac "
                            + entry.mac()
                            + " doesn't match container Mac: "
                            + mac);
        }
        return link;
    }

    private void hostSide(Link containerEnd, List<CniIp> ips) throws CniException, IOException {
        Link hostEnd =
                wiring.host()
                        .link(containerEnd.parent())
                        .filter(link -> link.parent() == containerEnd.index())
                        .orElseThrow(() ->
                                failed(
                                        "ptp: the host's end of "
                                                + containerEnd.name()
                                                + " was not found"));
        DesiredState.Builder expected =
                DesiredState.builder()
                        .host(dev.kakehashi.state.Link.existing(hostEnd.name()).up(true).build());
        for (CniIp ip : ips) {
            if (config.linkLocalGateway()) {
                InetAddress address = ip.address().address();
                expected.host(PtpState.hostRoute(hostEnd.name(), address))
                        .host(
                                Neighbour.permanent(
                                        hostEnd.name(), address, containerEnd.mac().orElseThrow()));
            } else if (ip.gateway().isPresent()) {
                IpPrefix gateway = IpPrefix.host(ip.gateway().get());
                expected.host(Address.of(hostEnd.name(), gateway).shared());
            }
            expected.host(Switches.forwarding(ip.address().isIpv4()));
        }
        if (config.masquerade()
                && masquerade.choose(config.masqueradeBackend()) == Backend.NFTABLES) {
            Masquerade.nftables(attachment, ips).forEach(expected::host);
        }
        Plan plan = wiring.engine().plan(expected.build());
        if (!plan.isEmpty()) {
            throw new CniException(
                    CniException.INTERNAL,
                    "ptp: the attachment of \"" + request.ifName() + "\" is not as it was made",
                    "to put it right: " + plan.toString().strip().replace("\n", "; "));
        }
    }
}
