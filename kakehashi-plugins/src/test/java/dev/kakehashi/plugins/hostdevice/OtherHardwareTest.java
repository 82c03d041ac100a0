package dev.kakehashi.plugins.hostdevice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.plugins.ReferencePlugin;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;

/**
 * A device whose hardware address is no MAC address. No kernel makes one of InfiniBand without the
 * hardware; this is a tap whose owner has said that it is of IEEE 802.15.4, with eight octets.
 */
@KernelTest
class OtherHardwareTest {

    private static final String ADDRESS = "02:00:5e:10:00:01:00:00";

    /** TUNSETIFF (IFF_TAP, IFF_NO_PI), TUNSETPERSIST, TUNSETLINK (ARPHRD_IEEE802154). */
    private static final String MAKE =
            """
            import fcntl, struct
            tap = open("/dev/net/tun", "r+b", buffering=0)
            fcntl.ioctl(tap, 0x400454ca, struct.pack("16sH22x", b"wpan0", 0x1002))
            fcntl.ioctl(tap, 0x400454cb, 1)
            fcntl.ioctl(tap, 0x400454cd, 804)
            """;

    @RegisterExtension final PluginBed bed = PluginBed.ofEachTest();

    @BeforeEach
    void makeDevice() throws Exception {
        bed.onHost("python3", "-c", MAKE);
        bed.onHost("ip", "link", "set", "wpan0", "address", ADDRESS);
        assumeThat(bed.onHost("ip", "link", "show", "wpan0"))
                .as("the kernel has taps with other addresses (Linux 5.12)")
                .contains("link/ieee802.15.4 " + ADDRESS);
    }

    private Calls calls(String address) {
        return bed.calls(
                "{'cniVersion': '1.0.0', 'name': 'net', 'type': 'host-device', 'hwaddr': '%s'}"
                        .formatted(address));
    }

    @Test
    void deviceIsFoundByItsAddress_whichTheResultHas() throws Exception {
        assertThatThrownBy(() -> bed.add(calls(ADDRESS.replace("5e", "5f"))))
                .isInstanceOf(CniException.class)
                .hasMessageContaining("failed to find physical interface");
        Calls calls = calls(ADDRESS.toUpperCase(java.util.Locale.ROOT).replace(':', '-'));
        CniResult result = bed.add(calls);
        assertThat(result.interfaces())
                .containsExactly(
                        CniInterface.inContainer("eth0", ADDRESS, PluginBed.path(bed.container())));
        bed.check(calls.prevResult(result));
        bed.inContainer("ip", "link", "set", "eth0", "down");
        bed.inContainer(
                "ip", "link", "set", "eth0", "address", ADDRESS.replace("02:00:5e", "02:00:5f"));
        bed.inContainer("ip", "link", "set", "eth0", "up");
        assertThatThrownBy(() -> bed.check(calls.prevResult(result)))
                .isInstanceOf(CniException.class)
                .hasMessageContaining(ADDRESS);
        bed.del(calls);
        assertThat(bed.hostLink("wpan0")).isPresent();
    }

    @Tag("peers")
    @Test
    void resultIsTheReferences() throws Exception {
        String path = PluginBed.path(bed.container());
        Calls calls =
                calls(ADDRESS)
                        .set("CNI_NETNS", path.replace("self", "" + ProcessHandle.current().pid()));
        ReferencePlugin reference = ReferencePlugin.of("host-device");
        String theirs =
                bed.host()
                        .<String, IOException>call(() -> {
                            try {
                                return reference.run(calls.request(CniCommand.ADD)).stdout();
                            } catch (InterruptedException e) {
                                throw new IOException(e);
                            }
                        });
        assertThat(theirs).contains("\"mac\": \"" + ADDRESS + "\"");
        bed.del(calls);
        assertThat(bed.add(calls).interfaces().getFirst().mac()).isEqualTo(ADDRESS);
    }
}
