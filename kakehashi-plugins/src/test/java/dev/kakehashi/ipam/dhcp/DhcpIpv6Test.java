package dev.kakehashi.ipam.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.BootClock;
import dev.kakehashi.linux.IpAddresses;
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

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Both families from a real server and router: dnsmasq at the host's end of the container's pair.
 */
@Tag("peers")
@KernelTest
class DhcpIpv6Test {

    private static final Retry IMPATIENT =
            new Retry(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(5));

    @TempDir Path root;
    @RegisterExtension final PluginBed bed = PluginBed.ofEachTestBelow(() -> root);
    private LeaseKeeper keeper = LeaseKeeper.create(IMPATIENT, false);

    @BeforeEach
    void prepare() throws Exception {
        assumeThat(Dnsmasq.PROGRAM).as("Debian's package dnsmasq-base").isExecutable();
        bed.onHost(
                "ip",
                "link",
                "add",
                "veth0",
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                PluginBed.path(bed.container())
                        .replace("self", "" + ProcessHandle.current().pid()));
        bed.onHost("sysctl", "-qw", "net.ipv6.conf.veth0.accept_dad=0");
        bed.onHost("ip", "address", "add", "192.168.1.1/24", "dev", "veth0");
        bed.onHost("ip", "address", "add", "fd00:1::1/64", "dev", "veth0", "nodad");
        bed.onHost("ip", "link", "set", "veth0", "up");
        bed.inContainer("ip", "link", "set", "eth0", "up");
    }

    @AfterEach
    void closeKeeper() {
        keeper.close();
    }

    private Dnsmasq server(String... options) throws Exception {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "--interface=veth0",
                                "--bind-interfaces",
                                "--enable-ra",
                                "--dhcp-range=192.168.1.5,192.168.1.9,255.255.255.0,1h",
                                "--dhcp-option=option6:dns-server,[fd00:1::53]",
                                "--dhcp-option=option6:domain-search,lab.example"));
        all.addAll(List.of(options));
        return Dnsmasq.start(bed.host(), root, all.toArray(String[]::new));
    }

    private Calls calls(String ipv6) {
        return bed.calls(
                "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge', 'ipam': {'type': 'dhcp',"
                        + " 'ipv6': '"
                        + ipv6
                        + "'}}");
    }

    private Calls onlyIpv6(String ipv6) {
        return bed.calls(
                "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge', 'ipam': {'type': 'dhcp',"
                        + " 'ipv4': 'off', 'ipv6': '"
                        + ipv6
                        + "'}}");
    }

    private DhcpPlugin plugin() {
        return DhcpPlugin.of(new JailedHost(bed.host(), root), keeper);
    }

    private CniIp onlyIpv6(CniResult result) {
        assertThat(result.ips()).hasSize(2);
        assertThat(result.ips().getFirst().address().isIpv4()).isTrue();
        return result.ips().getLast();
    }

    private void configure(CniResult result) throws Exception {
        for (CniIp ip : result.ips()) {
            bed.inContainer("ip", "address", "replace", ip.address().toString(), "dev", "eth0");
        }
    }

    private int files() {
        String[] files = root.resolve("run/kakehashi/dhcp").toFile().list();
        return files == null ? 0 : files.length;
    }

    private String router() throws Exception {
        String link = bed.onHost("ip", "-6", "-o", "address", "show", "veth0", "scope", "link");
        return link.substring(link.indexOf("fe80"), link.indexOf("/64"));
    }

    private static void await(BooleanSupplier what, Supplier<String> text) throws Exception {
        for (int i = 0; i < 1000 && !what.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
        assertThat(what.getAsBoolean()).as(text).isTrue();
    }

    @Test
    void slaac_answersWithTheKernelsAddress_theRouter_andItsNameServers() throws Exception {
        try (Dnsmasq _ = server("--dhcp-range=fd00:1::,ra-only,64,10m")) {
            CniResult result = plugin().add(calls("slaac").request(CniCommand.ADD));

            CniIp ip = onlyIpv6(result);
            String inKernel =
                    bed.inContainer("ip", "-6", "-o", "address", "show", "scope", "global");
            assertThat(inKernel).contains(ip.address().toString()).contains("fd00:1::");
            assertThat(ip.gateway().map(IpAddresses::format)).contains(router());
            assertThat(bed.inContainer("ip", "-6", "route", "show", "default"))
                    .contains("via " + router())
                    .contains("proto ra");
            assertThat(result.dns().nameservers()).contains("fd00:1::53");
            assertThat(result.dns().search()).contains("lab.example");
            plugin().check(calls("slaac").prevResult(result).request(CniCommand.CHECK));
            plugin().del(calls("slaac").request(CniCommand.DEL));
            assertThat(files()).isZero();
        }
    }

    @Test
    void dhcpv6_getsALease_delReleasesIt() throws Exception {
        try (Dnsmasq server = server("--dhcp-range=fd00:1::10,fd00:1::10,64,10m")) {
            CniResult result = plugin().add(calls("dhcpv6").request(CniCommand.ADD));

            CniIp ip = onlyIpv6(result);
            assertThat(ip.address()).hasToString("fd00:1::10/128");
            assertThat(ip.gateway().map(IpAddresses::format)).contains(router());
            assertThat(result.dns().nameservers()).contains("fd00:1::53");
            assertThat(result.dns().search()).contains("lab.example");
            assertThat(files()).isEqualTo(2);
            int replies = server.count("DHCPREPLY");
            assertThat(plugin().add(calls("dhcpv6").request(CniCommand.ADD))).isEqualTo(result);
            assertThat(server.count("DHCPREPLY")).isEqualTo(replies);
            configure(result);
            bed.inContainer("ping", "-6", "-n", "-c", "1", "-W", "5", "fd00:1::1");
            plugin().check(calls("dhcpv6").prevResult(result).request(CniCommand.CHECK));

            plugin().del(calls("dhcpv6").request(CniCommand.DEL));

            server.await("DHCPRELEASE(veth0) 00:04:");
            server.await("DHCPRELEASE(veth0) 192.168.1.");
            assertThat(files()).isZero();
        }
    }

    /** Time goes on while no process keeps the lease. */
    private void resumeAfter(Duration pause) throws Exception {
        keeper.close();
        keeper = LeaseKeeper.create(IMPATIENT, false, InstantSource.offset(new BootClock(), pause));
        keeper.resume(root.resolve("run/kakehashi/dhcp"));
    }

    @Test
    void nextProcess_renewsAndRebinds() throws Exception {
        try (Dnsmasq server = server("--dhcp-range=fd00:1::10,fd00:1::10,64,2m")) {
            configure(plugin().add(calls("dhcpv6").request(CniCommand.ADD)));
            resumeAfter(Duration.ofSeconds(65));
            await(() -> server.count("DHCPRENEW(veth0)") == 1, server::log);
            server.await("DHCPREPLY(veth0) fd00:1::10 00:04:");
            resumeAfter(Duration.ofSeconds(65 + 110));
            await(() -> server.count("DHCPREBIND(veth0)") == 1, server::log);
            assertThat(keeper.isBusy()).isTrue();
            // While one is written there is another beside it.
            await(() -> files() == 2, server::log);
        }
    }

    @Test
    void leaseThatIsOver_isTakenOffTheInterface_whichStaysUp() throws Exception {
        try (Dnsmasq server = server("--dhcp-range=fd00:1::10,fd00:1::10,64,2m")) {
            configure(plugin().add(calls("dhcpv6").request(CniCommand.ADD)));
            resumeAfter(Duration.ofSeconds(121));
            await(() -> files() == 1, server::log);
            assertThat(bed.containerLink("eth0").orElseThrow().isUp()).isTrue();
            assertThat(bed.inContainer("ip", "-6", "address", "show", "dev", "eth0"))
                    .doesNotContain("fd00:1::10/128");
        }
    }

    @Test
    void withoutIpv4_slaac_hasNoLeaseToKeep_andCheckSeesTheAddressGo() throws Exception {
        try (Dnsmasq server = server("--dhcp-range=fd00:1::,ra-only,64,10m")) {
            CniResult result = plugin().add(onlyIpv6("slaac").request(CniCommand.ADD));
            assertThat(result.ips()).hasSize(1);
            String address = result.ips().getFirst().address().toString();
            assertThat(address).startsWith("fd00:1::");
            assertThat(result.routes()).isEmpty();
            assertThat(result.dns().nameservers()).containsExactly("fd00:1::53");
            assertThat(files()).isZero();
            assertThat(keeper.isBusy()).isFalse();
            plugin().check(onlyIpv6("slaac").prevResult(result).request(CniCommand.CHECK));
            bed.inContainer("ip", "address", "del", address, "dev", "eth0");
            assertThatThrownBy(() ->
                            plugin().check(
                                            onlyIpv6("slaac")
                                                    .prevResult(result)
                                                    .request(CniCommand.CHECK)))
                    .hasMessageStartingWith("dhcp: \"eth0\" has lost the address fd00:1::");
            plugin().del(onlyIpv6("slaac").request(CniCommand.DEL));
            assertThat(server.count("DHCPDISCOVER")).as("nobody asks for IPv4").isZero();
        }
    }

    @Test
    void withoutIpv4_dhcpv6_isKeptByTheNextProcess_andGivenBack() throws Exception {
        try (Dnsmasq server = server("--dhcp-range=fd00:1::10,fd00:1::10,64,2m")) {
            CniResult result = plugin().add(onlyIpv6("dhcpv6").request(CniCommand.ADD));
            assertThat(result.ips()).hasSize(1);
            assertThat(result.ips().getFirst().address()).hasToString("fd00:1::10/128");
            assertThat(files()).isEqualTo(1);
            configure(result);
            Calls check = onlyIpv6("dhcpv6").prevResult(result);
            plugin().check(check.request(CniCommand.CHECK));
            resumeAfter(Duration.ofSeconds(65));
            await(() -> server.count("DHCPRENEW(veth0)") == 1, server::log);
            server.await("DHCPREPLY(veth0) fd00:1::10 00:04:");
            plugin().check(check.request(CniCommand.CHECK));
            bed.inContainer("ping", "-6", "-n", "-c", "1", "-W", "5", "fd00:1::1");

            plugin().del(onlyIpv6("dhcpv6").request(CniCommand.DEL));
            server.await("DHCPRELEASE(veth0) 00:04:");
            assertThat(files()).isZero();
            assertThatThrownBy(() -> plugin().check(check.request(CniCommand.CHECK)))
                    .hasMessageStartingWith("dhcp: \"eth0\" has no IPv6 lease");
            assertThat(server.count("DHCPDISCOVER")).as("nobody asks for IPv4").isZero();
        }
    }

    @Test
    void withoutIpv4_gcGivesTheLeaseBack() throws Exception {
        try (Dnsmasq server = server("--dhcp-range=fd00:1::10,fd00:1::10,64,10m")) {
            configure(plugin().add(onlyIpv6("dhcpv6").request(CniCommand.ADD)));
            Calls gc =
                    bed.gcCalls(
                            "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge', 'ipam': {'type': 'dhcp', 'ipv4': 'off', 'ipv6': 'dhcpv6'}}",
                            "dummy",
                            "eth0");
            plugin().gc(gc.request(CniCommand.GC));
            assertThat(files()).as("it is valid").isEqualTo(1);
            gc =
                    bed.gcCalls(
                            "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge', 'ipam': {'type': 'dhcp', 'ipv4': 'off', 'ipv6': 'dhcpv6'}}");
            plugin().gc(gc.request(CniCommand.GC));
            server.await("DHCPRELEASE(veth0) 00:04:");
            assertThat(files()).isZero();
        }
    }

    @Test
    void withoutRouterOrServer_addFails_andGivesTheIpv4LeaseBack() throws Exception {
        try (Dnsmasq server =
                Dnsmasq.start(
                        bed.host(),
                        root,
                        "--interface=veth0",
                        "--bind-interfaces",
                        "--dhcp-range=192.168.1.5,192.168.1.9,255.255.255.0,1h")) {
            assertThatThrownBy(() -> plugin().add(calls("slaac").request(CniCommand.ADD)))
                    .hasMessageStartingWith("no router advertises a prefix for \"eth0\"");
            assertThatThrownBy(() -> plugin().add(calls("dhcpv6").request(CniCommand.ADD)))
                    .hasMessageStartingWith("error calling DHCP.Allocate: no more tries");
            assertThat(server.count("DHCPACK")).isEqualTo(2);
            assertThat(files()).isZero();
            assertThat(keeper.isBusy()).isFalse();
        }
    }

    @Test
    void mainPlugin_configuresBothFamilies() throws Exception {
        bed.onHost("ip", "link", "add", "br0", "type", "bridge");
        bed.onHost("sysctl", "-qw", "net.ipv6.conf.br0.accept_dad=0");
        bed.onHost("ip", "link", "set", "br0", "up");
        bed.onHost("ip", "address", "add", "192.168.2.1/24", "dev", "br0");
        bed.onHost("ip", "address", "add", "fd00:2::1/64", "dev", "br0", "nodad");
        for (String mode : List.of("slaac", "dhcpv6", "dhcpv6 alone")) {
            boolean alone = mode.endsWith("alone");
            try (Dnsmasq _ =
                    Dnsmasq.start(
                            bed.host(),
                            root,
                            "--interface=br0",
                            "--bind-interfaces",
                            "--enable-ra",
                            "--dhcp-range=192.168.2.5,192.168.2.9,255.255.255.0,1h",
                            mode.equals("slaac")
                                    ? "--dhcp-range=fd00:2::,ra-only,64,10m"
                                    : "--dhcp-range=fd00:2::10,fd00:2::20,64,10m")) {
                Calls calls =
                        bed.calls(
                                        "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge',"
                                                + " 'bridge': 'br0', 'ipam': {'type': 'dhcp',"
                                                + (alone ? " 'ipv4': 'off'," : "")
                                                + " 'ipv6': '"
                                                + mode.replace(" alone", "")
                                                + "'}}")
                                .container("dummy", "net0");
                CniResult result = bed.add(calls);
                Optional<CniIp> v6 =
                        result.ips().stream().filter(ip -> !ip.address().isIpv4()).findFirst();
                assertThat(v6.orElseThrow().address().toString()).startsWith("fd00:2:");
                assertThat(result.ips()).hasSize(alone ? 1 : 2);
                if (!alone) {
                    bed.inContainer("ping", "-n", "-c", "1", "-W", "5", "192.168.2.1");
                }
                bed.check(calls.prevResult(result));
                bed.inContainer("ping", "-6", "-n", "-c", "1", "-W", "5", "fd00:2::1");
                bed.del(calls.prevResult(result));
            }
        }
    }
}
