package dev.kakehashi.plugins.dummy;

import static dev.kakehashi.plugins.attachment.ContainerCheck.failed;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.rtnetlink.Dummy;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.chain.KernelFeatures;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.plugins.single.InterfaceType;
import dev.kakehashi.plugins.single.NewInterface;
import dev.kakehashi.plugins.single.RequiredIpam;

/**
 * The plugin {@code dummy}: gives the container an interface that drops what is sent to it, for
 * addresses that are to be there whatever else is.
 */
public final class DummyType implements InterfaceType {

    /** The same for all callers. */
    public static final DummyType INSTANCE = new DummyType();

    private DummyType() {}

    @Override
    public String name() {
        return "dummy";
    }

    @Override
    public NewInterface plan(PluginRequest request, Workplace place) throws CniException {
        requireIpam(request);
        return new DummyInterface(Attachment.of(request));
    }

    private static void requireIpam(PluginRequest request) throws CniException {
        RequiredIpam.in(request, "dummy interface requires an IPAM configuration");
    }

    @Override
    public String cannotTake(String ifName) {
        return "failed to create dummy";
    }

    @Override
    public void check(PluginRequest request, Workplace place, Link link) throws CniException {
        requireIpam(request);
        if (link.kind().filter(Dummy.class::isInstance).isEmpty()) {
            throw failed("Error: Container interface " + link.name() + " not of type dummy");
        }
    }

    @Override
    public String inWords(String text) {
        return text.startsWith("Required") ? "dummy: " + text : text;
    }

    @Override
    public void status(PluginRequest request, Workplace place) throws CniException {
        requireIpam(request);
        KernelFeatures.require("dummy");
    }
}
