package dev.kakehashi.plugins.hostdevice;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.HardwareAddress;
import dev.kakehashi.plugins.attachment.HostInterfaceName;

import java.util.Optional;

/**
 * The configuration of {@code host-device}: which device. Names and precedence are the reference
 * plugin's; whatever stands first here counts.
 *
 * @param device its name on the host
 * @param hardwareAddress (key hwaddr)
 * @param kernelPath (key kernelpath) its folder below /sys/devices
 * @param pci (key pciBusID, or {@code runtimeConfig.deviceID} of a PCI device) its PCI address
 * @param auxiliary ({@code runtimeConfig.deviceID} of an auxiliary device) its name on that bus
 */
record DeviceConfig(
        Optional<String> device,
        Optional<HardwareAddress> hardwareAddress,
        Optional<String> kernelPath,
        Optional<String> pci,
        Optional<String> auxiliary) {

    private static final String BELOW = "/sys/devices/";

    /**
     * Reads and checks the configuration.
     *
     * @throws CniException with the text of the reference plugin
     */
    static DeviceConfig parse(PluginRequest request, Sysfs sysfs) throws CniException {
        JsonObject json = request.config();
        Optional<String> pci = text(json, "pciBusID");
        Optional<String> auxiliary = Optional.empty();
        Optional<String> id = text(request.runtimeConfig(), "deviceID");
        if (id.isPresent()) {
            String name = checkId(id.get());
            if (sysfs.hasPci(name)) {
                pci = id;
            } else if (sysfs.hasAuxiliary(name)) {
                pci = Optional.empty();
                auxiliary = id;
            } else {
                throw invalid("runtime config DeviceID " + name + " not found or unsupported");
            }
        }
        if (pci.isPresent()) {
            var _ = checkId(pci.get());
        }
        Optional<String> device = text(json, "device");
        if (device.isPresent()) {
            var _ = HostInterfaceName.check(device.get());
        }
        return new DeviceConfig(device, hardwareAddress(json), kernelPath(json), pci, auxiliary);
    }

    /** Whether the configuration says which device; a runtime says so only for a container. */
    boolean namesDevice() {
        return device.isPresent()
                || hardwareAddress.isPresent()
                || kernelPath.isPresent()
                || pci.isPresent()
                || auxiliary.isPresent();
    }

    /**
     * Makes sure that the configuration says which device.
     *
     * @throws CniException code 7 when it does not
     */
    DeviceConfig requireDevice() throws CniException {
        if (!namesDevice()) {
            throw invalid("specify either \"device\", \"hwaddr\", \"kernelpath\" or \"pciBusID\"");
        }
        return this;
    }

    private static Optional<String> text(JsonObject json, String key) throws CniException {
        return json.string(key).filter(text -> !text.isEmpty());
    }

    private static Optional<HardwareAddress> hardwareAddress(JsonObject json) throws CniException {
        Optional<String> text = text(json, "hwaddr");
        try {
            return text.map(HardwareAddress::parse);
        } catch (IllegalArgumentException e) {
            throw invalid(
                    "failed to find host device: failed to parse MAC address \""
                            + text.orElse("")
                            + "\": address "
                            + text.orElse("")
                            + ": invalid MAC address");
        }
    }

    private static Optional<String> kernelPath(JsonObject json) throws CniException {
        Optional<String> path = text(json, "kernelpath");
        if (path.isPresent()
                && (!path.get().startsWith(BELOW) || (path.get() + "/").contains("/../"))) {
            throw invalid(
                    "failed to find host device: kernel device path \""
                            + path.get()
                            + "\" must be absolute and begin with "
                            + BELOW);
        }
        return path;
    }

    /** The name of one entry of a folder. */
    private static String checkId(String id) throws CniException {
        if (id.contains("/") || id.equals(".") || id.equals("..")) {
            throw invalid("\"" + id + "\" is not the address of a device");
        }
        return id;
    }

    private static CniException invalid(String msg) {
        return new CniException(CniException.INVALID_CONFIG, msg);
    }
}
