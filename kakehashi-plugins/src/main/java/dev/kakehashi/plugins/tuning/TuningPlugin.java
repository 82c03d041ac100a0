package dev.kakehashi.plugins.tuning;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.chain.Chained;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.state.DesiredState;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The chained plugin {@code tuning}: sets switches of a container's network namespace, and hardware
 * address, MTU, promiscuous and all-multicast mode and queue length of its interface. DEL gives the
 * interface back what it had, for the case that it outlives the container.
 *
 * <p>Beyond the reference: a failed ADD leaves nothing; several {@code tuning} in one chain keep
 * what was before the first; DEL removes its file when the namespace is gone, too; CHECK does not
 * ask that an interface which nobody wanted promiscuous is not; GC.
 */
public final class TuningPlugin implements Plugin {

    private static final String MISSING = "Required prevResult missing";

    private final PluginHost host;
    private final HostEngines engines;

    private TuningPlugin(PluginHost host, HostEngines engines) {
        this.host = host;
        this.engines = engines;
    }

    /**
     * The plugin for one caller.
     *
     * @param engines shared by all calls of this process
     */
    public static TuningPlugin of(PluginHost host, HostEngines engines) {
        return new TuningPlugin(host, engines);
    }

    @Override
    public String name() {
        return "tuning";
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        TuningConfig config = allowed(request, request.ifName());
        Attachment attachment = Attachment.of(request);
        CniResult previous = Chained.after(request, MISSING);
        try (Workplace place = Workplace.in(host, engines, request.netns())) {
            return Undo.onFailure(undo -> {
                if (config.changesInterface()) {
                    backUp(config, attachment, place, backups(request), undo);
                }
                place.make(
                        TuningState.compile(config, attachment.ifName()),
                        "failed to tune \"" + attachment.ifName() + "\"");
                return withMac(previous, config, attachment.ifName());
            });
        }
    }

    private TuningConfig allowed(PluginRequest request, String ifName) throws CniException {
        TuningConfig config = TuningConfig.parse(request, ifName);
        if (!config.keys().isEmpty()) {
            AllowList.check(host.file(AllowList.FILE), config.keys());
        }
        return config;
    }

    private Backups backups(PluginRequest request) throws CniException {
        return new Backups(host.file(TuningConfig.dataDir(request)));
    }

    private static void backUp(
            TuningConfig config, Attachment attachment, Workplace place, Backups backups, Undo undo)
            throws CniException {
        Optional<Link> link;
        try {
            link = place.inside().link(attachment.ifName());
        } catch (IOException e) {
            throw Failures.of("failed to get \"" + attachment.ifName() + "\"", e);
        }
        if (link.isEmpty()) {
            throw new CniException(
                    CniException.INTERNAL,
                    "failed to get \"" + attachment.ifName() + "\": Link not found",
                    "no earlier plugin of the chain has made the interface");
        }
        Backup now = Backup.of(attachment.network(), link.get(), config);
        Optional<Backup> before = backups.find(attachment);
        backups.save(attachment, before.isPresent() ? before.get().or(now) : now);
        undo.add(failure -> {
            try {
                if (before.isPresent()) {
                    backups.save(attachment, before.get());
                } else {
                    backups.remove(attachment);
                }
            } catch (CniException e) {
                failure.addSuppressed(e);
            }
        });
    }

    private static CniResult withMac(CniResult previous, TuningConfig config, String ifName) {
        if (config.mac().isEmpty()) {
            return previous;
        }
        List<CniInterface> interfaces = new ArrayList<>(previous.interfaces().size());
        for (CniInterface one : previous.interfaces()) {
            interfaces.add(
                    one.name().equals(ifName) ? withMac(one, config.mac().get().toString()) : one);
        }
        return previous.withInterfaces(interfaces);
    }

    private static CniInterface withMac(CniInterface one, String mac) {
        return new CniInterface(
                one.name(), mac, one.mtu(), one.sandbox(), one.socketPath(), one.pciId());
    }

    @Override
    public void del(PluginRequest request) throws CniException {
        Attachment attachment = Attachment.of(request);
        Backups backups = backups(request);
        Optional<Backup> backup = backups.find(attachment);
        if (backup.isPresent()) {
            restore(backup.get(), attachment, request);
        }
        backups.remove(attachment);
    }

    /**
     * Gives back what can be given back. What the kernel refuses by now, like an MTU above that of
     * a master that has shrunk, is only told: DEL of a container must not fail for it.
     */
    private void restore(Backup backup, Attachment attachment, PluginRequest request)
            throws CniException {
        Optional<Workplace> alive = Workplace.ifAlive(host, engines, request.netns());
        if (alive.isEmpty()) {
            return;
        }
        String doing = "failed to restore \"" + attachment.ifName() + "\"";
        try (Workplace place = alive.get()) {
            if (place.inside().link(attachment.ifName()).isEmpty()) {
                return;
            }
            try {
                place.make(TuningState.compile(backup, attachment.ifName()), doing);
            } catch (CniException e) {
                for (DesiredState part : TuningState.oneByOne(backup, attachment.ifName())) {
                    restore(part, place, doing, request.log());
                }
            }
        } catch (IOException e) {
            throw Failures.of("failed to get \"" + attachment.ifName() + "\"", e);
        }
    }

    private static void restore(DesiredState part, Workplace place, String doing, PrintStream log) {
        try {
            place.make(part, doing);
        } catch (CniException e) {
            log.println("tuning: " + e.getMessage());
        }
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        // What is allowed now is for the next ADD: it may have been more when the container came.
        TuningConfig config = TuningConfig.parse(request, request.ifName());
        Chained.after(request, MISSING);
        try (Workplace place = Workplace.in(host, engines, request.netns())) {
            new TuningCheck(config, request.ifName(), place).run();
        }
    }

    @Override
    public void gc(PluginRequest request) throws CniException {
        backups(request).collect(request.networkName(), request.validAttachments());
    }

    @Override
    public void status(PluginRequest request) throws CniException {
        allowed(request, SysctlKeys.INTERFACE); // STATUS is about no interface
    }
}
