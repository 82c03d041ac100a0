package dev.kakehashi.plugins.bandwidth;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.rtnetlink.Ifb;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.chain.Chained;
import dev.kakehashi.plugins.chain.HostEnd;
import dev.kakehashi.plugins.chain.KernelFeatures;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.engine.Applied;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The chained plugin {@code bandwidth}: limits what goes to a container and what comes from it by
 * token buckets on the host.
 *
 * <p>Beyond the reference: each attachment has a link of its own for what comes from the container,
 * so that two of one container do not collide; a failed ADD leaves nothing; CHECK looks at the
 * filters, too; a part of the traffic may be let off; GC.
 */
public final class BandwidthPlugin implements Plugin {

    private static final String MISSING = "must be called as chained plugin";

    private final PluginHost host;
    private final HostEngines engines;

    private BandwidthPlugin(PluginHost host, HostEngines engines) {
        this.host = host;
        this.engines = engines;
    }

    /**
     * The plugin for one caller.
     *
     * @param engines shared by all calls of this process
     */
    public static BandwidthPlugin of(PluginHost host, HostEngines engines) {
        return new BandwidthPlugin(host, engines);
    }

    @Override
    public String name() {
        return "bandwidth";
    }

    /** Results of older versions name no interfaces. */
    @Override
    public List<CniVersion> supportedVersions() {
        return CniVersion.since(CniVersion.V0_3_0);
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        BandwidthConfig config = BandwidthConfig.parse(request);
        Attachment attachment = Attachment.of(request);
        CniResult previous = Chained.after(request, MISSING);
        if (config.isUnlimited()) {
            return previous;
        }
        try (Workplace place = Workplace.in(host, engines, request.netns())) {
            Link hostEnd = HostEnd.find(place, previous, attachment.ifName());
            Applied applied =
                    place.make(
                            BandwidthState.compile(
                                    config, attachment, hostEnd.name(), hostEnd.mtu()),
                            hostEnd,
                            "failed to limit the bandwidth of \"" + hostEnd.name() + "\"");
            CniResult result = previous;
            if (config.selectedIngress().isPresent()) {
                result = withIfb(result, IfbNames.towards(attachment), applied);
            }
            return config.egress().isPresent()
                    ? withIfb(result, IfbNames.of(attachment), applied)
                    : result;
        }
    }

    private static CniResult withIfb(CniResult previous, String name, Applied applied) {
        Optional<MacAddress> mac = applied.mac(LinkRef.host(name));
        List<CniInterface> interfaces = new ArrayList<>(previous.interfaces());
        interfaces.add(CniInterface.onHost(name, mac.map(MacAddress::toString).orElse("")));
        return previous.withInterfaces(interfaces);
    }

    /** The disciplines of the pair's end go with it. */
    @Override
    public void del(PluginRequest request) throws CniException {
        Attachment attachment = Attachment.of(request);
        try (Workplace place = Workplace.onHost(host, engines)) {
            place.release(
                    BandwidthState.links(attachment),
                    "failed to remove \"" + IfbNames.of(attachment) + "\"");
            new ReferenceIfb(attachment, place.host()).remove(host, request.netns());
        }
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        BandwidthConfig config = BandwidthConfig.parse(request);
        Attachment attachment = Attachment.of(request);
        CniResult previous = Chained.after(request, "must be called as a chained plugin");
        if (config.isUnlimited()) {
            return;
        }
        try (Workplace place = Workplace.in(host, engines, request.netns())) {
            Link hostEnd = HostEnd.find(place, previous, attachment.ifName());
            new BandwidthCheck(config, attachment, place.host()).run(hostEnd);
            if (!config.selection().isAll()) {
                DesiredState.Builder filters = DesiredState.builder();
                BandwidthState.filters(config, attachment, hostEnd.name()).forEach(filters::host);
                place.verify(
                        filters.build(),
                        "the filters of \"" + hostEnd.name() + "\" are not as ADD left them");
            }
        }
    }

    @Override
    public void gc(PluginRequest request) throws CniException {
        String network = request.networkName();
        Set<String> living = new HashSet<>();
        for (CniAttachment valid : request.validAttachments()) {
            living.add(Ownership.alias(Attachment.of(network, valid).owner()));
        }
        String ofNetwork = Ownership.alias(network + "/");
        try (Workplace place = Workplace.onHost(host, engines)) {
            for (Link link : place.host().links()) {
                if (link.alias().startsWith(ofNetwork)
                        && !living.contains(link.alias())
                        && link.kind().filter(Ifb.class::isInstance).isPresent()) {
                    place.release(
                            BandwidthState.link(link.name(), Ownership.ownerOf(link.alias())),
                            "failed to remove \"" + link.name() + "\"");
                }
            }
        } catch (IOException e) {
            throw Failures.of("failed to list the host's links", e);
        }
    }

    /** Of what the configuration limits: nothing is known yet of limits that come with an ADD. */
    @Override
    public void status(PluginRequest request) throws CniException {
        BandwidthConfig config = BandwidthConfig.parse(request);
        if (!config.isUnlimited()) {
            KernelFeatures.require("tbf");
        }
        if (config.egress().isPresent() || config.selectedIngress().isPresent()) {
            KernelFeatures.require("ifb", "u32-mirred");
        }
        if (config.selectedIngress().isPresent()) {
            KernelFeatures.require("clsact");
        }
    }
}
