package dev.kakehashi.ipam.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.UnixSocket;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.Dnsmasq;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The daemon as a process, the plugin here, and a real server. */
@Tag("peers")
@KernelTest
class DhcpDaemonTest {

    private static final Path ACTIVATE = Path.of("/usr/bin/systemd-socket-activate");
    private static final Path REFERENCE =
            Path.of(
                    System.getProperty("kakehashi.peers", "/var/cache/kakehashi/peers"),
                    "reference/dhcp");
    private static final String RANGE = "--dhcp-range=192.168.1.5,192.168.1.5,255.255.255.0,2m";

    @TempDir Path root;
    @RegisterExtension final PluginBed bed = PluginBed.ofEachTestBelow(() -> root);
    private Path socket;
    private final LeaseKeeper keeper = LeaseKeeper.create();

    @BeforeEach
    void prepare() throws Exception {
        assumeThat(Dnsmasq.PROGRAM).as("Debian's package dnsmasq-base").isExecutable();
        socket = root.resolve("run/cni/dhcp.sock");
        bed.onHost(
                "ip", "link", "add", "veth0", "type", "veth", "peer", "name", "eth0", "netns",
                netns());
        bed.onHost("ip", "address", "add", "192.168.1.1/24", "dev", "veth0");
        bed.onHost("ip", "link", "set", "veth0", "up");
    }

    /** As another process finds it. */
    private String netns() {
        return PluginBed.path(bed.container()).replace("self", "" + ProcessHandle.current().pid());
    }

    @AfterEach
    void closeKeeper() {
        keeper.close();
    }

    private Dnsmasq server() throws Exception {
        return Dnsmasq.start(bed.host(), root, "--interface=veth0", "--bind-interfaces", RANGE);
    }

    private Calls calls(String keys) {
        return bed.calls(
                        "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge', 'ipam': {'type':"
                                + " 'dhcp'"
                                + keys
                                + "}}")
                .set("CNI_NETNS", netns());
    }

    private DhcpPlugin plugin() {
        return DhcpPlugin.of(new JailedHost(bed.host(), root), keeper);
    }

    private CniResult add() throws CniException {
        return plugin().add(calls("").request(CniCommand.ADD));
    }

    private int files() {
        String[] files = DhcpPlugin.leasesOf(socket).toFile().list();
        return files == null ? 0 : files.length;
    }

    @Test
    void daemonThatListens_keepsTheLease_andSoDoesTheNextOne() throws Exception {
        Path pid = root.resolve("daemon.pid");
        try (Dnsmasq server = server()) {
            CniResult result;
            DaemonProcess first = DaemonProcess.start(bed.host(), root, socket, "--pidfile=" + pid);
            try {
                result = add();
                assertThat(result.ips().getFirst().address()).hasToString("192.168.1.5/24");
                assertThat(Long.parseLong(Files.readString(pid))).isPositive();
                assertThat(keeper.isBusy()).as("this process").isFalse();
                assertThat(files()).isEqualTo(1);
                plugin().check(calls("").prevResult(result).request(CniCommand.CHECK));
            } finally {
                first.kill();
            }
            bed.inContainer("ip", "address", "add", "192.168.1.5/24", "dev", "eth0");
            try (DaemonProcess _ = DaemonProcess.start(bed.host(), root, socket)) {
                assertThat(add()).isEqualTo(result);
                assertThat(server.count("DHCPACK")).isEqualTo(1);
                plugin().del(calls("").request(CniCommand.DEL));
                server.await("DHCPRELEASE(veth0) 192.168.1.5");
                assertThat(files()).isZero();
                plugin().del(calls("").request(CniCommand.DEL));
                assertThatThrownBy(() -> plugin().check(calls("").request(CniCommand.CHECK)))
                        .hasMessage("dhcp: \"eth0\" has no lease");
            }
            assertThat(socket).as("after SIGTERM").doesNotExist();
        }
    }

    @Test
    void delWithoutTheDaemon_givesBackWhatItHadLeased() throws Exception {
        try (Dnsmasq server = server()) {
            DaemonProcess daemon = DaemonProcess.start(bed.host(), root, socket);
            try {
                add();
            } finally {
                daemon.kill();
            }
            bed.inContainer("ip", "address", "add", "192.168.1.5/24", "dev", "eth0");
            plugin().del(calls("").request(CniCommand.DEL));
            server.await("DHCPRELEASE(veth0) 192.168.1.5");
            assertThat(files()).isZero();
        }
    }

    @Test
    void socketOfNobody_isNotAnErrorUnlessItIsNamed() throws Exception {
        try (Dnsmasq _ = server()) {
            DaemonProcess.start(bed.host(), root, socket).kill();
            assertThat(socket).exists();
            add();
            assertThat(keeper.isBusy()).as("kept by this process").isTrue();
        }
        Calls named = calls(", 'daemonSocketPath': '/run/cni/dhcp.sock'");
        assertThatThrownBy(() -> plugin().add(named.request(CniCommand.ADD)))
                .hasMessageStartingWith(
                        "error dialing DHCP daemon: dial unix /run/cni/dhcp.sock: connect:"
                                + " connection refused")
                .extracting("code")
                .isEqualTo(CniException.TRY_AGAIN_LATER);
        assertThatThrownBy(() -> plugin().status(named.request(CniCommand.STATUS)))
                .extracting("code")
                .isEqualTo(CniException.PLUGIN_NOT_AVAILABLE);
        plugin().status(calls("").request(CniCommand.STATUS));
    }

    @Test
    void secondDaemonAtTheSocket_saysSoAndEnds() throws Exception {
        try (DaemonProcess _ = DaemonProcess.start(bed.host(), root, socket)) {
            List<String> again = DaemonProcess.command("-socketpath", socket.toString());
            Path other = Files.createDirectory(root.resolve("second"));
            DaemonProcess second = DaemonProcess.launch(bed.host(), other, again);
            assertThat(second.awaitEnd()).isEqualTo(1);
            assertThat(second.log()).contains("Error getting listener: ").contains("EADDRINUSE");
            plugin().status(
                            calls(", 'daemonSocketPath': '/run/cni/dhcp.sock'")
                                    .request(CniCommand.STATUS));
        }
    }

    @Test
    void socketOfSystemd_isTaken() throws Exception {
        assumeThat(ACTIVATE).as("systemd-socket-activate, of Debian's systemd").isExecutable();
        Files.createDirectories(socket.getParent());
        List<String> command =
                new ArrayList<>(
                        List.of(ACTIVATE.toString(), "--listen=" + socket, "--setenv=PATH"));
        command.addAll(DaemonProcess.command("-socketpath", socket.toString()));
        try (Dnsmasq _ = server()) {
            DaemonProcess daemon = DaemonProcess.launch(bed.host(), root, command);
            try {
                while (!Files.exists(socket)) {
                    Thread.sleep(5);
                }
                assertThat(add().ips().getFirst().address()).hasToString("192.168.1.5/24");
            } finally {
                daemon.close();
            }
            assertThat(socket).as("systemd's to remove").exists();
        }
    }

    @Test
    void daemonOfTheReferencePlugin_isRecognised() throws Exception {
        assumeThat(REFERENCE).as("the reference plugins").isExecutable();
        Files.createDirectories(socket.getParent());
        DaemonProcess daemon =
                DaemonProcess.launch(
                        bed.host(),
                        root,
                        List.of(REFERENCE.toString(), "daemon", "-socketpath", socket.toString()));
        try (Dnsmasq _ = server()) {
            while (!Files.exists(socket)) {
                Thread.sleep(5);
            }
            Calls named = calls(", 'daemonSocketPath': '/run/cni/dhcp.sock'");
            assertThatThrownBy(() -> plugin().add(named.request(CniCommand.ADD)))
                    .hasMessageStartingWith(
                            "\"/run/cni/dhcp.sock\" belongs to the DHCP daemon of the reference"
                                    + " plugin");
            assertThat(files()).isZero();
            add();
            assertThat(keeper.isBusy()).as("kept by this process").isTrue();
        } finally {
            daemon.kill();
        }
    }

    @Test
    void referencePlugin_isToldWhoseDaemonItIs() throws Exception {
        try (DaemonProcess _ = DaemonProcess.start(bed.host(), root, socket);
                UnixSocket connection = UnixSocket.connect(socket)) {
            connection.send(
                    "CONNECT /_goRPC_ HTTP/1.0\n\n".getBytes(StandardCharsets.US_ASCII), List.of());
            assertThat(new String(DaemonWire.receiveLine(connection), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.0 501 this is Kakehashi's DHCP daemon");
        }
    }
}
