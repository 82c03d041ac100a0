package dev.kakehashi.plugins.ipvlan;

import static dev.kakehashi.plugins.attachment.ContainerCheck.failed;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.rtnetlink.Ipvlan;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.chain.KernelFeatures;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.plugins.single.InterfaceType;
import dev.kakehashi.plugins.single.Master;
import dev.kakehashi.plugins.single.NewInterface;
import dev.kakehashi.plugins.single.RequiredIpam;

import java.util.List;
import java.util.Optional;

/**
 * The plugin {@code ipvlan}: gives the container an interface that shares the hardware address of
 * an interface of the host and is told apart by its IP addresses.
 *
 * <p>Behind another plugin it builds on that one's interface, and without address management of its
 * own has that one's addresses.
 */
public final class IpvlanType implements InterfaceType {

    /** The same for all callers. */
    public static final IpvlanType INSTANCE = new IpvlanType();

    private static final String NEEDS_IPAM =
            "ipvlan needs an IPAM plugin, or addresses of an earlier plugin";

    private IpvlanType() {}

    @Override
    public String name() {
        return "ipvlan";
    }

    @Override
    public NewInterface plan(PluginRequest request, Workplace place) throws CniException {
        IpvlanConfig config = IpvlanConfig.parse(request);
        Optional<CniResult> previous = request.prevResult();
        Optional<CniResult> addresses =
                request.ipamType().isEmpty()
                        ? previous.filter(result -> !result.ips().isEmpty())
                        : Optional.empty();
        if (addresses.isEmpty()) {
            RequiredIpam.in(request, NEEDS_IPAM);
        }
        Master.Choice choice = config.master();
        if (choice.name().isEmpty() && previous.isPresent()) {
            choice = new Master.Choice(Optional.of(chained(previous.get())), choice.inContainer());
        }
        Master master = choice.find(place);
        return new IpvlanInterface(Attachment.of(request), config, master.ref(), addresses);
    }

    private static String chained(CniResult previous) throws CniException {
        List<CniInterface> interfaces = previous.interfaces();
        if (interfaces.size() != 1 || interfaces.getFirst().name().isEmpty()) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "chained master failure. PrevResult lacks a single named interface",
                    "name the interface to build on with \"master\"");
        }
        return interfaces.getFirst().name();
    }

    @Override
    public String cannotTake(String ifName) {
        return "failed to rename ipvlan to \"" + ifName + "\"";
    }

    @Override
    public void check(PluginRequest request, Workplace place, Link link) throws CniException {
        IpvlanConfig config = IpvlanConfig.parse(request);
        Ipvlan ipvlan =
                link.kind()
                        .filter(Ipvlan.class::isInstance)
                        .map(Ipvlan.class::cast)
                        .orElseThrow(() ->
                                failed(
                                        "Error: Container interface "
                                                + link.name()
                                                + " not of type ipvlan"));
        if (ipvlan.mode() != config.mode()) {
            throw failed(
                    "Container IPVlan mode "
                            + ipvlan.mode()
                            + " does not match expected value: "
                            + config.mode());
        }
        config.master().check(place, link);
    }

    /** Behind another plugin, master and addresses are that one's: nothing can be said before. */
    @Override
    public void status(PluginRequest request, Workplace place) throws CniException {
        IpvlanConfig config = IpvlanConfig.parse(request);
        KernelFeatures.require("ipvlan");
        if (config.master().name().isPresent() || !request.ipamType().isEmpty()) {
            config.master().status(place);
        }
    }
}
