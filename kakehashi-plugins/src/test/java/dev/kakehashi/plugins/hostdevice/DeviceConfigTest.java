package dev.kakehashi.plugins.hostdevice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginHost;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;

class DeviceConfigTest {

    private static final String PCI = "0000:00:19.0";

    @TempDir Path root;

    private Sysfs sysfs() {
        return new Sysfs(
                new PluginHost() {
                    @Override
                    public Netns netns() {
                        throw new AssertionError();
                    }

                    @Override
                    public Netns openNetns(String path) {
                        throw new AssertionError(path);
                    }

                    @Override
                    public Path file(String path) {
                        return root.resolve(path.substring(1));
                    }
                });
    }

    private DeviceConfig config(String keys) throws Exception {
        return DeviceConfig.parse(
                Calls.with(
                                "{'cniVersion': '1.1.0', 'name': 'n', 'type': 'host-device'"
                                        + keys
                                        + "}")
                        .request(CniCommand.ADD),
                sysfs());
    }

    private Path folder(String path) throws Exception {
        return Files.createDirectories(root.resolve(path));
    }

    private void driver(String name) throws Exception {
        folder("sys/bus/pci/drivers/" + name);
        Files.createSymbolicLink(
                folder("sys/bus/pci/devices/" + PCI).resolve("driver"),
                Path.of("../../drivers/" + name));
    }

    @Test
    void deviceId_ofThePciBus_winsOverTheConfiguration() throws Exception {
        folder("sys/bus/pci/devices/" + PCI);
        DeviceConfig config =
                config(
                        ", 'pciBusID': '0000:00:01.0', 'runtimeConfig': {'deviceID': '%s'}"
                                .formatted(PCI));
        assertThat(config.pci()).contains(PCI);
        assertThat(config.auxiliary()).isEmpty();
    }

    @Test
    void deviceId_ofTheAuxiliaryBus_isNoPciDevice() throws Exception {
        folder("sys/bus/auxiliary/devices/mlx5_core.sf.4/net/ens1s4");
        DeviceConfig config =
                config(
                        ", 'pciBusID': '0000:00:01.0', 'runtimeConfig': {'deviceID':"
                                + " 'mlx5_core.sf.4'}");
        assertThat(config.pci()).isEmpty();
        assertThat(config.auxiliary()).contains("mlx5_core.sf.4");
        assertThat(sysfs().interfaceOfAuxiliary("mlx5_core.sf.4")).isEqualTo("ens1s4");
    }

    @Test
    void interface_ofAPciDevice_isItsOwnOrThatOfTheVirtioDeviceBehindIt() throws Exception {
        folder("sys/bus/pci/devices/" + PCI + "/net/ens25");
        assertThat(sysfs().interfaceOfPci(PCI)).isEqualTo("ens25");
        folder("sys/bus/pci/devices/0000:00:03.0/virtio2/net/ens3");
        assertThat(sysfs().interfaceOfPci("0000:00:03.0")).isEqualTo("ens3");
        folder("sys/bus/pci/devices/0000:00:04.0/usb1");
        assertThatThrownBy(() -> sysfs().interfaceOfPci("0000:00:04.0"))
                .hasMessageContaining("no net directory under pci device 0000:00:04.0");
        folder("sys/devices/pci0000:00/0000:00:19.0/net");
        assertThatThrownBy(() -> sysfs().interfaceAt("/sys/devices/pci0000:00/0000:00:19.0"))
                .hasMessageContaining(
                        "failed to find network device in path"
                                + " /sys/devices/pci0000:00/0000:00:19.0/net");
    }

    @ParameterizedTest
    @CsvSource({"vfio-pci, true", "uio_pci_generic, true", "igb_uio, true", "e1000e, false"})
    void driver_saysWhetherTheDeviceIsAPrograms(String driver, boolean program) throws Exception {
        driver(driver);
        assertThat(sysfs().isInUserSpace(PCI)).isEqualTo(program);
    }

    @Test
    void deviceWithoutDriver_isRefused() throws Exception {
        assertThatThrownBy(() -> sysfs().isInUserSpace(PCI))
                .hasMessageStartingWith(
                        "error with host device: lstat /sys/bus/pci/devices/0000:00:19.0: no such"
                                + " file or directory");
        folder("sys/bus/pci/devices/" + PCI);
        assertThatThrownBy(() -> sysfs().isInUserSpace(PCI))
                .hasMessageStartingWith(
                        "error with host device: lstat /sys/bus/pci/devices/0000:00:19.0/driver: no"
                                + " such file or directory");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    'name': 'x'              | specify either "device", "hwaddr", "kernelpath" or "pciBusID"
                    'hwaddr': '02:00'        | failed to parse MAC address "02:00": address 02:00: invalid MAC address
                    'kernelpath': 'devices/' | kernel device path "devices/" must be absolute and begin with /sys/devices/
                    'kernelpath': '/sys/devices/../../etc' | must be absolute and begin with /sys/devices/
                    'pciBusID': '../x'       | ../x" is not the address of a device
                    'device': 'a/b'          | a/b": interface name contains /
                    'runtimeConfig': {'deviceID': '0000:77:00.0'} | runtime config DeviceID 0000:77:00.0 not found or unsupported
                    """)
    void parse_ofWhatCannotBe_isRefused(String keys, String message) {
        assertThatThrownBy(() -> config(", " + keys).requireDevice())
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> assertThat(e.code()).isEqualTo(CniException.INVALID_CONFIG))
                .hasMessageContaining(message);
    }
}
