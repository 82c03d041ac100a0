package dev.kakehashi.ipam.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.BootClock;
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

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Against a real server: the host's end of a veth pair has it, the container's end is eth0. */
@Tag("peers")
@KernelTest
class DhcpPluginTest {

    private static final Retry IMPATIENT =
            new Retry(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(3));

    @TempDir Path root;
    @RegisterExtension final PluginBed bed = PluginBed.ofEachTestBelow(() -> root);
    private LeaseKeeper keeper = LeaseKeeper.create(IMPATIENT, false);

    @BeforeEach
    void prepare() throws Exception {
        assumeThat(Dnsmasq.PROGRAM).as("Debian's package dnsmasq-base").isExecutable();
        link("eth0", "veth0", "192.168.1.1/24");
    }

    private void link(String inside, String outside, String address) throws Exception {
        String container = PluginBed.path(bed.container()).replace("self", "" + pid());
        bed.onHost(
                "ip", "link", "add", outside, "type", "veth", "peer", "name", inside, "netns",
                container);
        bed.onHost("ip", "address", "add", address, "dev", outside);
        bed.onHost("ip", "link", "set", outside, "up");
    }

    private static long pid() {
        return ProcessHandle.current().pid();
    }

    @AfterEach
    void closeKeeper() {
        keeper.close();
    }

    private Dnsmasq server(String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of("--interface=veth0", "--bind-interfaces"));
        all.addAll(List.of(options));
        return Dnsmasq.start(bed.host(), root, all.toArray(String[]::new));
    }

    private Calls calls(String keys) {
        return bed.calls(
                "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge', 'ipam': {'type': 'dhcp'%s}}"
                        .formatted(keys));
    }

    private DhcpPlugin plugin() {
        return DhcpPlugin.of(new JailedHost(bed.host(), root), keeper);
    }

    private CniResult add(Calls calls) throws CniException {
        return plugin().add(calls.request(CniCommand.ADD));
    }

    private void del(Calls calls) throws CniException {
        plugin().del(calls.request(CniCommand.DEL));
    }

    /** As a main plugin does. */
    private void configure(CniResult result) throws Exception {
        bed.inContainer(
                "ip",
                "address",
                "add",
                result.ips().getFirst().address().toString(),
                "dev",
                "eth0");
    }

    private int files() {
        String[] files = root.resolve("run/kakehashi/dhcp").toFile().list();
        return files == null ? 0 : files.length;
    }

    @Test
    void add_getsALease_delReleasesIt() throws Exception {
        try (Dnsmasq server =
                server(
                        "--dhcp-range=192.168.1.5,192.168.1.5,255.255.255.0,1h",
                        "--dhcp-option=6,192.168.1.1,192.0.2.53",
                        "--dhcp-option=15,lab.example",
                        "--dhcp-option=119,lab.example,a.lab.example")) {
            CniResult result = add(calls(", 'priority': 50"));

            assertThat(result.ips()).hasSize(1);
            assertThat(result.ips().getFirst().address()).hasToString("192.168.1.5/24");
            assertThat(result.ips().getFirst().gateway().orElseThrow().getHostAddress())
                    .isEqualTo("192.168.1.1");
            assertThat(result.routes()).hasSize(1);
            assertThat(result.routes().getFirst().destination()).hasToString("0.0.0.0/0");
            assertThat(result.routes().getFirst().priority()).isEqualTo(50);
            assertThat(result.dns().nameservers()).containsExactly("192.168.1.1", "192.0.2.53");
            assertThat(result.dns().domain()).isEqualTo("lab.example");
            assertThat(result.dns().search()).containsExactly("lab.example", "a.lab.example");
            assertThat(add(calls(", 'priority': 50"))).isEqualTo(result);
            assertThat(server.count("DHCPACK")).isEqualTo(1);
            plugin().check(calls("").prevResult(result).request(CniCommand.CHECK));
            configure(result);

            del(calls(""));

            server.await("DHCPRELEASE(veth0) 192.168.1.5");
            assertThat(files()).isZero();
            del(calls(""));
            assertThatThrownBy(() -> plugin().check(calls("").request(CniCommand.CHECK)))
                    .hasMessage("dhcp: \"eth0\" has no lease");
        }
    }

    @Test
    void twoInterfaces_haveALeaseEach_andThePoolMayBeExhausted() throws Exception {
        try (Dnsmasq server = server("--dhcp-range=192.168.1.5,192.168.1.5,255.255.255.0,1h")) {
            add(calls(""));
            bed.inContainer(
                    "ip", "link", "add", "eth1", "link", "eth0", "type", "macvlan", "mode",
                    "bridge");
            assertThatThrownBy(() -> add(calls("").container("dummy", "eth1")))
                    .isInstanceOf(CniException.class)
                    .hasMessageStartingWith("error calling DHCP.Allocate: no more tries");
            assertThat(server.count("DHCPACK")).isEqualTo(1);
            assertThat(files()).isEqualTo(1);
        }
    }

    @Test
    void classlessRoutes_replaceTheDefaultRoute() throws Exception {
        try (Dnsmasq _ =
                server(
                        "--dhcp-range=192.168.1.5,192.168.1.9,255.255.255.0,1h",
                        "--dhcp-option=121,198.51.100.0/24,192.168.1.7,203.0.113.0/25,0.0.0.0")) {
            CniResult result = add(calls(""));
            assertThat(result.routes().stream().map(r -> r.destination().toString()))
                    .containsExactly("198.51.100.0/24", "203.0.113.0/25");
            assertThat(result.routes().get(1).scope()).hasValue(253);
        }
    }

    @Test
    void options_areProvided() throws Exception {
        try (Dnsmasq server =
                server(
                        "--dhcp-range=192.168.1.5,192.168.1.9,255.255.255.0,1h",
                        "--dhcp-host=id:me,192.168.1.8")) {
            CniResult result =
                    add(
                            calls(
                                            ", 'provide': [{'option': 'host-name', 'fromArg':"
                                                    + " 'K8S_POD_NAME'}, {'option':"
                                                    + " 'dhcp-client-identifier', 'value': 'me'}]")
                                    .set("CNI_ARGS", "K8S_POD_NAME=web-7"));
            server.await("client provides name: web-7");
            assertThat(result.ips().getFirst().address()).hasToString("192.168.1.8/24");
        }
    }

    /** Time goes on while no process keeps the lease; the next one begins with what is due. */
    private void resumeAfter(Duration pause) throws Exception {
        keeper.close();
        InstantSource later = InstantSource.offset(new BootClock(), pause);
        keeper = LeaseKeeper.create(IMPATIENT, false, later);
        keeper.resume(root.resolve("run/kakehashi/dhcp"));
    }

    private static void await(BooleanSupplier what, Supplier<String> text) throws Exception {
        for (int i = 0; i < 1000 && !what.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
        assertThat(what.getAsBoolean()).as(text).isTrue();
    }

    @Test
    void nextProcess_renewsFromTheAddress_withoutAskingForAnother() throws Exception {
        try (Dnsmasq server = server("--dhcp-range=192.168.1.5,192.168.1.5,255.255.255.0,2m")) {
            CniResult result = add(calls(""));
            configure(result);
            assertThat(keeper.isBusy()).isTrue();
            int discovered = server.count("DHCPDISCOVER");

            resumeAfter(Duration.ofSeconds(61)); // T1 of the server is one minute

            await(() -> server.count("DHCPACK") == 2, server::log);
            assertThat(server.count("DHCPDISCOVER")).isEqualTo(discovered);
            assertThat(add(calls(""))).isEqualTo(result);
            assertThat(server.count("DHCPACK")).isEqualTo(2);
            del(calls("").set("CNI_NETNS", ""));
            server.await("DHCPRELEASE(veth0) 192.168.1.5");
        }
    }

    @Test
    void nextProcess_afterT2_asksAnyServer() throws Exception {
        try (Dnsmasq server = server("--dhcp-range=192.168.1.5,192.168.1.5,255.255.255.0,2m")) {
            configure(add(calls("")));
            resumeAfter(Duration.ofSeconds(110));
            await(() -> server.count("DHCPACK") == 2, server::log);
            assertThat(keeper.isBusy()).isTrue();
        }
    }

    @Test
    void leaseThatIsOver_isNotUsedAnyMore() throws Exception {
        try (Dnsmasq server = server("--dhcp-range=192.168.1.5,192.168.1.5,255.255.255.0,2m")) {
            configure(add(calls("")));
            resumeAfter(Duration.ofSeconds(121));
            await(() -> !keeper.isBusy(), server::log);
            await(() -> files() == 0, server::log);
            assertThat(bed.containerLink("eth0").orElseThrow().isUp()).isFalse();
        }
    }

    @Test
    void leaseOfAnInterfaceThatIsGone_isForgotten() throws Exception {
        try (Dnsmasq server = server("--dhcp-range=192.168.1.5,192.168.1.5,255.255.255.0,2m")) {
            add(calls(""));
            bed.inContainer("ip", "link", "delete", "eth0");
            resumeAfter(Duration.ofSeconds(61));
            await(() -> !keeper.isBusy() && files() == 0, server::log);
        }
    }

    @Test
    void gc_givesBackWhatNobodyNeeds() throws Exception {
        try (Dnsmasq server = server("--dhcp-range=192.168.1.5,192.168.1.5,255.255.255.0,1h")) {
            configure(add(calls("")));
            String config = "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'dhcp'}";
            plugin().gc(bed.gcCalls(config, "dummy", "eth0").request(CniCommand.GC));
            assertThat(files()).isEqualTo(1);
            plugin().gc(bed.gcCalls(config, "dummy", "eth1").request(CniCommand.GC));
            assertThat(files()).isZero();
            server.await("DHCPRELEASE(veth0) 192.168.1.5");
        }
    }

    @Test
    void withoutServer_givesUpInTime() {
        assertThatThrownBy(() -> add(calls("")))
                .hasMessageStartingWith("error calling DHCP.Allocate: no more tries");
        assertThat(keeper.isBusy()).isFalse();
    }

    @Test
    void mainPlugin_configuresWhatTheServerGives_andReleasesBeforeTheInterfaceGoes()
            throws Exception {
        bed.onHost("ip", "link", "add", "br0", "type", "bridge");
        bed.onHost("ip", "link", "set", "br0", "up");
        bed.onHost("ip", "address", "flush", "dev", "veth0");
        bed.onHost("ip", "address", "add", "192.168.1.1/24", "dev", "br0");
        try (Dnsmasq server =
                Dnsmasq.start(
                        bed.host(),
                        root,
                        "--interface=br0",
                        "--bind-interfaces",
                        "--dhcp-range=192.168.1.5,192.168.1.5,255.255.255.0,1h")) {
            String config =
                    "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge', 'bridge': 'br0', 'ipam':"
                            + " {'type': 'dhcp'}}";
            CniResult result = bed.add(bed.calls(config).container("dummy", "net0"));
            assertThat(result.ips().getFirst().address()).hasToString("192.168.1.5/24");
            bed.ping("192.168.1.1");
            bed.check(bed.calls(config).container("dummy", "net0").prevResult(result));

            bed.del(bed.calls(config).container("dummy", "net0"));

            server.await("DHCPRELEASE(br0) 192.168.1.5");
        }
    }

    @Test
    void leaseOfAContainerThatIsGone_isNotKept() throws Exception {
        try (Dnsmasq _ = server("--dhcp-range=192.168.1.5,192.168.1.5,255.255.255.0,2m")) {
            add(calls(""));
            keeper.close();
            Path directory = root.resolve("run/kakehashi/dhcp");
            for (String name : directory.toFile().list()) {
                Path file = directory.resolve(name);
                Files.writeString(
                        file,
                        Files.readString(file)
                                .replaceFirst(
                                        "\"netns\" *: *\"[^\"]*\"",
                                        "\"netns\": \"/run/netns/nobody-has-this\""));
                assertThat(Files.readString(file)).contains("nobody-has-this");
            }
            keeper = LeaseKeeper.create(IMPATIENT, false, new BootClock());
            keeper.resume(directory);
            assertThat(keeper.isBusy()).isFalse();
        }
    }

    @Test
    void badFile_isLeftAlone() throws Exception {
        Path directory = Files.createDirectories(root.resolve("run/kakehashi/dhcp"));
        Path bad = directory.resolve("bad.json");
        Files.writeString(bad, "{\"address\": 5");
        keeper.resume(directory);
        assertThat(keeper.isBusy()).isFalse();
        assertThat(bad).exists();
    }
}
