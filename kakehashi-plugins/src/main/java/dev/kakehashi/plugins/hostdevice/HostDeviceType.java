package dev.kakehashi.plugins.hostdevice;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.HostInterfaceName;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.plugins.single.InterfaceType;
import dev.kakehashi.plugins.single.NewInterface;

import java.util.List;
import java.util.Optional;

/** The plugin {@code host-device}: moves an interface of the host into the container. */
public final class HostDeviceType implements InterfaceType {

    private final PluginHost host;
    private final Sysfs sysfs;

    private HostDeviceType(PluginHost host) {
        this.host = host;
        this.sysfs = new Sysfs(host);
    }

    /** For one caller. */
    public static HostDeviceType of(PluginHost host) {
        return new HostDeviceType(host);
    }

    @Override
    public String name() {
        return "host-device";
    }

    private DeviceConfig config(PluginRequest request) throws CniException {
        return DeviceConfig.parse(request, sysfs).requireDevice();
    }

    private boolean isInUserSpace(DeviceConfig config) throws CniException {
        return config.pci().isPresent() && sysfs.isInUserSpace(config.pci().get());
    }

    @Override
    public NewInterface plan(PluginRequest request, Workplace place) throws CniException {
        String ifName = HostInterfaceName.check(request.ifName());
        DeviceConfig config = config(request);
        return isInUserSpace(config)
                ? new UserSpaceDevice(ifName)
                : new HostDeviceInterface(
                        HostDevice.find(config, sysfs, place.host(), ifName), host.netns(), ifName);
    }

    @Override
    public String cannotTake(String ifName) {
        return "failed to move link failed to move \"" + ifName + "\" to container NS";
    }

    @Override
    public boolean isInKernel(PluginRequest request) throws CniException {
        return !isInUserSpace(config(request));
    }

    /** The device may be anything. */
    @Override
    public void check(PluginRequest request, Workplace place, Link link) {}

    @Override
    public void status(PluginRequest request, Workplace place) throws CniException {
        DeviceConfig config = DeviceConfig.parse(request, sysfs);
        try {
            if (config.namesDevice() && !isInUserSpace(config)) {
                var _ = HostDevice.find(config, sysfs, place.host(), "");
            }
        } catch (CniException e) {
            throw new CniException(CniException.PLUGIN_NOT_AVAILABLE, e.msg(), e.details());
        }
    }

    @Override
    public void remove(PluginRequest request, PluginHost caller, HostEngines engines)
            throws CniException {
        Optional<Workplace> alive = Workplace.ifAlive(host, engines, request.netns());
        if (alive.isPresent()) {
            try (Workplace place = alive.get()) {
                if (hasInterface(request)) {
                    new DeviceMove(place, host.netns(), request.ifName()).out();
                }
            }
        }
        bringHome(request, engines);
    }

    /** Of a configuration that cannot be judged any more, what there is goes back. */
    private boolean hasInterface(PluginRequest request) {
        try {
            return isInKernel(request);
        } catch (CniException e) {
            return true;
        }
    }

    /** The device, if it came back on its own when its container's namespace vanished. */
    private void bringHome(PluginRequest request, HostEngines engines) throws CniException {
        try (Workplace place = Workplace.onHost(host, engines)) {
            HostDevice device;
            try {
                device = HostDevice.find(config(request), sysfs, place.host(), request.ifName());
            } catch (CniException e) {
                return; // it is elsewhere, or ADD had failed, too
            }
            if (device.hasStrayed()) {
                DeviceMove.home(place.host(), device);
            }
        }
    }

    @Override
    public void collect(
            PluginRequest request,
            List<CniAttachment> valid,
            PluginHost caller,
            HostEngines engines)
            throws CniException {
        bringHome(request, engines);
    }
}
