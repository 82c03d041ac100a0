package dev.kakehashi.plugins.single;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Ipam;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.plugins.cleanup.Parts;

import java.io.IOException;
import java.util.List;

/**
 * A plugin that puts one interface into the container.
 *
 * <p>Configuration, kernel objects and texts are the reference plugin's. Beyond the reference: a
 * failed ADD leaves nothing; DEL needs neither the namespace nor a configuration that is valid in
 * all its parts; CHECK compares more; GC; STATUS looks at what ADD needs; what address management
 * says about DNS is in the result where the configuration says nothing.
 */
public final class InterfacePlugin implements Plugin {

    private final InterfaceType type;
    private final PluginHost host;
    private final HostEngines engines;

    private InterfacePlugin(InterfaceType type, PluginHost host, HostEngines engines) {
        this.type = type;
        this.host = host;
        this.engines = engines;
    }

    /**
     * The plugin for one caller.
     *
     * @param engines shared by all calls of this process
     */
    public static InterfacePlugin of(InterfaceType type, PluginHost host, HostEngines engines) {
        return new InterfacePlugin(type, host, engines);
    }

    @Override
    public String name() {
        return type.name();
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        Ipam ipam = Ipam.of(request);
        try (Workplace place = Workplace.in(host, engines, request.netns())) {
            NewInterface made = type.plan(request, place);
            return new InterfaceAdd(type, request, place, made).run(ipam);
        }
    }

    @Override
    public void del(PluginRequest request) throws CniException {
        var _ = Attachment.of(request);
        Parts parts = new Parts();
        parts.detach(request, () -> type.remove(request, host, engines));
        parts.finish();
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        try (Workplace place = Workplace.in(host, engines, request.netns())) {
            Ipam.of(request).check();
            new InterfaceCheck(type, request, place).run();
        }
    }

    @Override
    public void gc(PluginRequest request) throws CniException {
        List<CniAttachment> valid = request.validAttachments();
        Parts parts = new Parts();
        parts.attempt(() -> type.collect(request, valid, host, engines));
        parts.attempt(() -> Ipam.of(request).gc());
        parts.finish();
    }

    @Override
    public void status(PluginRequest request) throws CniException {
        try (Workplace place = Workplace.onHost(host, engines)) {
            type.status(request, place);
        } catch (IOException e) {
            throw Failures.of("failed to look at the host", e);
        }
        Ipam.of(request).status();
    }
}
