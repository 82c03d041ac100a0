package dev.kakehashi.plugins.vrf;

import static dev.kakehashi.plugins.attachment.ContainerCheck.failed;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Vrf;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.chain.Chained;
import dev.kakehashi.plugins.chain.KernelFeatures;
import dev.kakehashi.plugins.chain.NetnsLock;
import dev.kakehashi.plugins.chain.Workplace;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The chained plugin {@code vrf}: puts the interface into a virtual routing domain (VRF) of the
 * container, which is made for the first interface and goes with the last.
 *
 * <p>Beyond the reference: routes with several next hops are moved, too; a failed ADD leaves the
 * interface as it was; DEL succeeds when the interface is gone.
 */
public final class VrfPlugin implements Plugin {

    private static final String MISSING = "missing prevResult from earlier plugin";

    private final PluginHost host;
    private final HostEngines engines;

    private VrfPlugin(PluginHost host, HostEngines engines) {
        this.host = host;
        this.engines = engines;
    }

    /**
     * The plugin for one caller.
     *
     * @param engines shared by all calls of this process
     */
    public static VrfPlugin of(PluginHost host, HostEngines engines) {
        return new VrfPlugin(host, engines);
    }

    @Override
    public String name() {
        return "vrf";
    }

    @Override
    public List<CniVersion> supportedVersions() {
        return CniVersion.since(CniVersion.V0_3_1);
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        VrfConfig config = VrfConfig.parse(request);
        String ifName = Attachment.of(request).ifName();
        CniResult previous = Chained.after(request, MISSING);
        try (Workplace place = Workplace.in(host, engines, request.netns())) {
            NetnsLock.acquire(place.container());
            List<Link> links = place.inside().links();
            int table = Tables.choose(config, links);
            Link link =
                    named(ifName, links)
                            .orElseThrow(() -> failed("could not get link by name " + ifName));
            requireFree(link, links);
            new Membership(place, link, config.name()).enter(table);
            return previous;
        } catch (CniException e) {
            throw e.because("cmdAdd failed");
        } catch (IOException e) {
            throw Failures.of("cmdAdd failed", e);
        }
    }

    private static Optional<Link> named(String name, List<Link> links) {
        return links.stream().filter(link -> link.name().equals(name)).findFirst();
    }

    private static void requireFree(Link link, List<Link> links) throws CniException {
        if (link.master() == 0) {
            return;
        }
        for (Link master : links) {
            if (master.index() == link.master()) {
                throw failed(
                        "interface " + link.name() + " has already a master set: " + master.name());
            }
        }
        throw failed(
                "interface "
                        + link.name()
                        + " has already a master set, could not retrieve the name");
    }

    @Override
    public void del(PluginRequest request) throws CniException {
        // Whatever else ADD had refused: without a name there is nothing to leave.
        String vrf = request.config().string("vrfname", "");
        Optional<Workplace> alive = Workplace.ifAlive(host, engines, request.netns());
        if (alive.isEmpty()) {
            return;
        }
        try (Workplace place = alive.get()) {
            NetnsLock.acquire(place.container());
            leave(place.inside(), vrf, request.ifName());
        } catch (IOException e) {
            throw Failures.of("cmdDel failed", e);
        }
    }

    private static void leave(RtNetlink inside, String vrf, String ifName) throws IOException {
        Optional<Link> master = inside.link(vrf);
        if (vrf.isEmpty() || master.isEmpty() || !isVrf(master.get())) {
            return;
        }
        Optional<Link> link = inside.link(ifName);
        if (link.isPresent() && link.get().master() == master.get().index()) {
            inside.execute(Links.change(link.get().index(), LinkSpec.builder().master(0).build()));
        }
        Membership.removeIfEmpty(inside, vrf);
    }

    private static boolean isVrf(Link link) {
        return link.kind().filter(Vrf.class::isInstance).isPresent();
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        VrfConfig config = VrfConfig.parse(request);
        Chained.after(request, MISSING);
        try (Workplace place = Workplace.in(host, engines, request.netns())) {
            Optional<Link> vrf = place.inside().link(config.name());
            Optional<Link> link = place.inside().link(request.ifName());
            if (vrf.isEmpty()
                    || !isVrf(vrf.get())
                    || link.isEmpty()
                    || link.get().master() != vrf.get().index()) {
                throw failed(
                        "failed to find "
                                + request.ifName()
                                + " associated to vrf "
                                + config.name());
            }
        } catch (IOException e) {
            throw Failures.of("failed to look at vrf " + config.name(), e);
        }
    }

    @Override
    public void gc(PluginRequest request) {
        // A VRF is in the container's namespace and goes with it.
    }

    @Override
    public void status(PluginRequest request) throws CniException {
        VrfConfig.parse(request);
        KernelFeatures.require("vrf");
    }
}
