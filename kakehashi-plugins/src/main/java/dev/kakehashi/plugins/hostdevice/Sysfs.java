package dev.kakehashi.plugins.hostdevice;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.plugins.PluginHost;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the caller's /sys says about devices (kernel documentation, "sysfs-rules"). */
final class Sysfs {

    private static final String PCI = "/sys/bus/pci/devices/";
    private static final String AUXILIARY = "/sys/bus/auxiliary/devices/";

    /** Drivers that give a device to programs such as DPDK; the kernel has no interface of it. */
    private static final Set<String> USER_SPACE_DRIVERS =
            Set.of("vfio-pci", "uio_pci_generic", "igb_uio");

    private final PluginHost host;

    Sysfs(PluginHost host) {
        this.host = host;
    }

    boolean hasPci(String address) {
        return Files.exists(host.file(PCI + address));
    }

    boolean hasAuxiliary(String name) {
        return Files.exists(host.file(AUXILIARY + name));
    }

    /**
     * Whether a PCI device belongs to a program, not to the kernel.
     *
     * @throws CniException code 7 when there is no such device, or it has no driver
     */
    boolean isInUserSpace(String address) throws CniException {
        String link = PCI + address + "/driver";
        try {
            Path driver = host.file(link).toRealPath();
            return USER_SPACE_DRIVERS.contains(String.valueOf(driver.getFileName()));
        } catch (NoSuchFileException e) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "error with host device: lstat "
                            + (hasPci(address) ? link : PCI + address)
                            + ": no such file or directory",
                    "there is no PCI device " + address + " on the host, or it has no driver");
        } catch (IOException e) {
            throw new CniException(
                    CniException.IO_FAILURE, "error with host device: " + e.getMessage(), e);
        }
    }

    /** The interface of a PCI device, or of the virtio device behind it. */
    String interfaceOfPci(String address) throws CniException {
        String folder = PCI + address + "/net";
        if (Files.exists(host.file(folder), LinkOption.NOFOLLOW_LINKS)) {
            return firstIn(folder);
        }
        for (String entry : entries(PCI + address)) {
            String behind = PCI + address + "/" + entry + "/net";
            if (entry.startsWith("virtio") && Files.isDirectory(host.file(behind))) {
                return firstIn(behind);
            }
        }
        throw missing("no net directory under pci device " + address);
    }

    /** The interface of an auxiliary device. */
    String interfaceOfAuxiliary(String name) throws CniException {
        return firstIn(AUXILIARY + name + "/net");
    }

    /** The interface of a device. */
    String interfaceAt(String kernelPath) throws CniException {
        return firstIn(kernelPath + (kernelPath.endsWith("/") ? "net" : "/net"));
    }

    private String firstIn(String folder) throws CniException {
        Optional<String> first = entries(folder).stream().findFirst();
        return first.orElseThrow(() -> missing("failed to find network device in path " + folder));
    }

    private Set<String> entries(String folder) throws CniException {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(host.file(folder))) {
            for (Path entry : entries) {
                names.add(String.valueOf(entry.getFileName()));
            }
        } catch (IOException e) {
            throw missing(
                    "failed to read directory "
                            + folder
                            + ": \"open "
                            + folder
                            + ": no such file or directory\"");
        }
        return names;
    }

    private static CniException missing(String msg) {
        return new CniException(
                CniException.INVALID_CONFIG,
                "failed to find host device: " + msg,
                "it does not exist on the host, or a container has it");
    }
}
