package dev.kakehashi.plugins.vlan;

import static dev.kakehashi.plugins.attachment.ContainerCheck.failed;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Vlan;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.chain.KernelFeatures;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.plugins.single.InterfaceType;
import dev.kakehashi.plugins.single.Master;
import dev.kakehashi.plugins.single.NewInterface;

/** The plugin {@code vlan}: gives the container a VLAN of an interface of the host. */
public final class VlanType implements InterfaceType {

    /** The same for all callers. */
    public static final VlanType INSTANCE = new VlanType();

    private VlanType() {}

    @Override
    public String name() {
        return "vlan";
    }

    @Override
    public NewInterface plan(PluginRequest request, Workplace place) throws CniException {
        VlanConfig config = VlanConfig.parse(request);
        Master master = config.master().find(place);
        var _ = master.checkMtu(config.mtu());
        return new VlanInterface(Attachment.of(request), config, master.ref());
    }

    @Override
    public String cannotTake(String ifName) {
        return "failed to create vlan";
    }

    @Override
    public CniException withoutAddresses(CniException failure) {
        return failure.because("failed to execute IPAM delegate");
    }

    @Override
    public void check(PluginRequest request, Workplace place, Link link) throws CniException {
        VlanConfig config = VlanConfig.parse(request);
        Vlan vlan =
                link.kind()
                        .filter(Vlan.class::isInstance)
                        .map(Vlan.class::cast)
                        .orElseThrow(() ->
                                failed(
                                        "Error: Container interface "
                                                + link.name()
                                                + " not of type vlan"));
        if (vlan.id() != config.id()) {
            throw failed(
                    "vlan: Interface "
                            + link.name()
                            + " is VLAN "
                            + vlan.id()
                            + ", not "
                            + config.id());
        }
        if (config.mtu() != 0 && config.mtu() != link.mtu()) {
            throw failed(
                    "vlan: the MTU of "
                            + link.name()
                            + " is "
                            + link.mtu()
                            + ", not "
                            + config.mtu());
        }
        config.master().check(place, link);
    }

    @Override
    public String inWords(String text) {
        return "vlan: " + text;
    }

    @Override
    public void status(PluginRequest request, Workplace place) throws CniException {
        VlanConfig config = VlanConfig.parse(request);
        KernelFeatures.require("vlan");
        config.master().status(place);
    }
}
