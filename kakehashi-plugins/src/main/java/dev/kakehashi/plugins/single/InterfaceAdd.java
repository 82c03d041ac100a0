package dev.kakehashi.plugins.single;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Ipam;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.HardwareAddress;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.plugins.attachment.ContainerSide;
import dev.kakehashi.plugins.attachment.DuplicateAddressDetection;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.attachment.IpamTiming;
import dev.kakehashi.plugins.attachment.ResultDns;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.engine.StepException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One ADD of a plugin that puts one interface into the container. */
final class InterfaceAdd {

    private final InterfaceType type;
    private final PluginRequest request;
    private final Workplace place;
    private final NewInterface made;
    private final String ifName;

    InterfaceAdd(InterfaceType type, PluginRequest request, Workplace place, NewInterface made) {
        this.type = type;
        this.request = request;
        this.place = place;
        this.made = made;
        this.ifName = request.ifName();
    }

    CniResult run(Ipam ipam) throws CniException {
        if (!made.isInKernel()) {
            return Undo.onFailure(
                    undo -> result("", ipam.isConfigured() ? ask(ipam, undo) : CniResult.EMPTY));
        }
        requireFree();
        return Undo.onFailure(undo -> attach(ipam, undo));
    }

    /**
     * Before anything is asked of address management: what is undone after a failure would
     * otherwise be the living attachment's.
     */
    private void requireFree() throws CniException {
        try {
            if (place.inside().link(ifName).isPresent()) {
                throw new CniException(
                        CniException.INTERNAL,
                        type.cannotTake(ifName) + ": file exists",
                        "the container has an interface \""
                                + ifName
                                + "\" already; DEL comes before another ADD");
            }
        } catch (IOException e) {
            throw Failures.of("failed to look for \"" + ifName + "\" in the container", e);
        }
    }

    private CniResult attach(Ipam ipam, Undo undo) throws CniException {
        CniResult addressed;
        if (made.addresses().isPresent()) {
            addressed = onTheInterface(made.addresses().get());
            make(InterfaceState.layer3(made, addressed), undo);
        } else if (!ipam.isConfigured()) {
            addressed = CniResult.EMPTY;
            make(InterfaceState.layer2(made), undo);
        } else if (IpamTiming.needsInterface(ipam.type())) {
            make(InterfaceState.link(made), undo);
            addressed = ask(ipam, undo);
            complete(InterfaceState.layer3(made, addressed), undo);
        } else {
            addressed = ask(ipam, undo);
            make(InterfaceState.layer3(made, addressed), undo);
        }
        // Without a router nobody is to be talked to at once (as the reference plugins judge).
        if (made.hasNeighbours() && ContainerSide.gateway(addressed.ips(), false).isPresent()) {
            DuplicateAddressDetection.await(place.container(), ifName);
        }
        return result(mac(), addressed);
    }

    private CniResult ask(Ipam ipam, Undo undo) throws CniException {
        CniResult answer;
        try {
            answer = ipam.add();
        } catch (CniException e) {
            throw type.withoutAddresses(e);
        }
        undo.add(ipam::releaseAfter);
        return onTheInterface(answer);
    }

    private static CniResult onTheInterface(CniResult answer) {
        List<CniIp> ips = new ArrayList<>(answer.ips().size());
        for (CniIp ip : answer.ips()) {
            ips.add(ip.withInterface(0));
        }
        return answer.withIps(ips);
    }

    private void make(DesiredState state, Undo undo) throws CniException {
        made.provide(place, undo);
        try {
            var _ = place.engine().apply(state);
        } catch (IOException e) {
            throw failure(e);
        }
        undo.add(failure -> unmake(state, failure));
    }

    /** The rest of what is there in part. */
    private void complete(DesiredState state, Undo undo) throws CniException {
        undo.add(failure -> unmake(state, failure));
        try {
            var _ = place.engine().reconcile(state);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void unmake(DesiredState state, CniException failure) {
        try {
            var _ = place.engine().remove(state);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private CniException failure(IOException e) {
        boolean creation =
                e instanceof StepException refused
                        && refused.step().resource() instanceof dev.kakehashi.state.Link;
        return Failures.of(
                creation
                        ? "failed to create " + type.name()
                        : "failed to configure \"" + ifName + "\"",
                e);
    }

    /** Some kinds have their lower link's, whatever they were given. */
    private String mac() throws CniException {
        try {
            return place.inside()
                    .link(ifName)
                    .flatMap(Link::hardwareAddress)
                    .map(HardwareAddress::toString)
                    .orElse("");
        } catch (IOException e) {
            throw Failures.of("failed to look at \"" + ifName + "\"", e);
        }
    }

    private CniResult result(String mac, CniResult addressed) throws CniException {
        return addressed
                .withInterfaces(List.of(CniInterface.inContainer(ifName, mac, request.netns())))
                .withDns(ResultDns.choose(request, addressed.dns()));
    }
}
