package dev.kakehashi.plugins.hostdevice;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniNames;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.plugins.attachment.Failures;

import java.io.IOException;
import java.util.Optional;

/**
 * A device that is on the host.
 *
 * <p>In a container the device's alias is the name that it had on the host, as the reference plugin
 * has it. When a container's namespace vanishes, the kernel moves hardware back to the first
 * namespace, with the name it had in the container, or if that is taken there a name such as {@code
 * dev7} (default_device_exit_net(), net/core/dev.c); the alias stays. Such a device has strayed:
 * its own name is its alias.
 *
 * @param link as it is
 * @param name its own
 */
record HostDevice(Link link, String name) {

    /**
     * The device of a configuration.
     *
     * @param ifName CNI_IFNAME
     * @throws CniException code 7 when it is not on the host
     */
    static HostDevice find(DeviceConfig config, Sysfs sysfs, RtNetlink host, String ifName)
            throws CniException {
        try {
            return of(select(config, sysfs, host), config, ifName);
        } catch (IOException e) {
            throw Failures.of("failed to find host device", e);
        }
    }

    private static Link select(DeviceConfig config, Sysfs sysfs, RtNetlink host)
            throws CniException, IOException {
        if (config.device().isPresent()) {
            String name = config.device().get();
            Optional<Link> named = host.link(name);
            return (named.isPresent() ? named : withAlias(host, name))
                    .orElseThrow(() -> missing("Link not found", "\"" + name + "\""));
        }
        if (config.hardwareAddress().isPresent()) {
            for (Link link : host.links()) {
                if (link.hardwareAddress().equals(config.hardwareAddress())) {
                    return link;
                }
            }
            throw missing(
                    "failed to find physical interface", config.hardwareAddress().get().toString());
        }
        String name =
                config.kernelPath().isPresent()
                        ? sysfs.interfaceAt(config.kernelPath().get())
                        : config.pci().isPresent()
                                ? sysfs.interfaceOfPci(config.pci().get())
                                : sysfs.interfaceOfAuxiliary(config.auxiliary().orElseThrow());
        return host.link(name).orElseThrow(() -> missing("Link not found", "\"" + name + "\""));
    }

    private static Optional<Link> withAlias(RtNetlink netlink, String alias) throws IOException {
        for (Link link : netlink.links()) {
            if (link.alias().equals(alias)) {
                return Optional.of(link);
            }
        }
        return Optional.empty();
    }

    private static HostDevice of(Link link, DeviceConfig config, String ifName) {
        boolean strayed =
                isName(link.alias())
                        && (config.device().isPresent()
                                ? config.device().get().equals(link.alias())
                                : link.name().equals(ifName) || isFallback(link.name()));
        return new HostDevice(link, strayed ? link.alias() : link.name());
    }

    /** Whether it is on the host under another name than its own. */
    boolean hasStrayed() {
        return !link.name().equals(name);
    }

    /** Whether an alias can be the name of an interface; ours on other links never are. */
    static boolean isName(String alias) {
        try {
            CniNames.checkInterfaceName(alias);
            return true;
        } catch (CniException e) {
            return false;
        }
    }

    private static boolean isFallback(String name) {
        if (!name.startsWith("dev") || name.length() == 3) {
            return false;
        }
        for (int i = 3; i < name.length(); i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static CniException missing(String why, String device) {
        return new CniException(
                CniException.INVALID_CONFIG,
                "failed to find host device: " + why,
                "there is no interface "
                        + device
                        + " on the host: it does not exist, or a container has it");
    }
}
