package dev.kakehashi.plugins.macvlan;

import static dev.kakehashi.plugins.attachment.ContainerCheck.failed;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Macvlan;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.chain.KernelFeatures;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.plugins.single.InterfaceType;
import dev.kakehashi.plugins.single.Master;
import dev.kakehashi.plugins.single.NewInterface;

/**
 * The plugin {@code macvlan}: gives the container an interface with a hardware address of its own
 * on an interface of the host.
 */
public final class MacvlanType implements InterfaceType {

    /** The same for all callers. */
    public static final MacvlanType INSTANCE = new MacvlanType();

    private MacvlanType() {}

    @Override
    public String name() {
        return "macvlan";
    }

    @Override
    public NewInterface plan(PluginRequest request, Workplace place) throws CniException {
        MacvlanConfig config = MacvlanConfig.parse(request);
        Master master = config.master().find(place);
        var _ = master.checkMtu(config.mtu());
        return new MacvlanInterface(Attachment.of(request), config, master.ref());
    }

    @Override
    public String cannotTake(String ifName) {
        return "failed to rename macvlan to \"" + ifName + "\"";
    }

    @Override
    public void check(PluginRequest request, Workplace place, Link link) throws CniException {
        MacvlanConfig config = MacvlanConfig.parse(request);
        Macvlan macvlan =
                link.kind()
                        .filter(Macvlan.class::isInstance)
                        .map(Macvlan.class::cast)
                        .orElseThrow(() ->
                                failed(
                                        "error: Container interface "
                                                + link.name()
                                                + " not of type macvlan"));
        if (macvlan.mode() != config.mode()) {
            throw failed(
                    "container macvlan mode "
                            + macvlan.mode()
                            + " does not match expected value: "
                            + config.mode());
        }
        config.master().check(place, link);
    }

    @Override
    public String inWords(String text) {
        return Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }

    @Override
    public void status(PluginRequest request, Workplace place) throws CniException {
        MacvlanConfig config = MacvlanConfig.parse(request);
        KernelFeatures.require("macvlan");
        config.master().status(place);
    }
}
