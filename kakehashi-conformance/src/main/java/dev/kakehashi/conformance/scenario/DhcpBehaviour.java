package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.Place;
import dev.kakehashi.conformance.stage.Stage;
import dev.kakehashi.conformance.stage.Unsuitable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code dhcp} does with its daemon and a real server, dnsmasq. */
final class DhcpBehaviour {
    private static final Path DNSMASQ = Path.of("/usr/sbin/dnsmasq");
    private static final String LEASED = "192.168.1.5";

    private DhcpBehaviour() {}

    static Scenario.Builder dhcp(String id, String requirement) {
        return Scenario.plugin("dhcp", id, requirement).since(CniVersion.V0_4_0);
    }

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        all.add(
                dhcp(
                                "lease",
                                "the result is what the server leases: address, gateway, default"
                                        + " route")
                        .step("start a server and the daemon", DhcpBehaviour::start)
                        .step("ADD", DhcpBehaviour::leased)
                        .check()
                        .del()
                        .step("DEL again", stage -> stage.del().silent())
                        .build());
        all.add(
                dhcp("same-lease", "ADD of an attachment that has a lease gives the same address")
                        .step("start a server and the daemon", DhcpBehaviour::start)
                        .step("ADD", DhcpBehaviour::leased)
                        .step("ADD again", DhcpBehaviour::leased)
                        .del()
                        .build());
        all.add(
                dhcp("none-left", "where the server has no address left ADD fails in bounded time")
                        .step(
                                "start a server of one address, and the daemon",
                                DhcpBehaviour::startImpatient)
                        .step("ADD", DhcpBehaviour::leased)
                        .step(
                                "ADD of another interface",
                                stage -> {
                                    stage.in(stage.pod())
                                            .join("eth1", stage.machine("alone"), "far");
                                    stage.tryAdd(stage.pod(), "eth1").failed();
                                })
                        .del()
                        .build());
        all.add(
                dhcp("released", "DEL gives the lease back to the server")
                        .upstream("plugins #1271")
                        .step("start a server and the daemon", DhcpBehaviour::start)
                        .step("ADD", DhcpBehaviour::leased)
                        .step(
                                "put the address on the interface, as the calling plugin does",
                                stage -> stage.container().address(IF_NAME, LEASED + "/24"))
                        .del()
                        .step("the server's leases", DhcpBehaviour::noLease)
                        .build());
        return all;
    }

    static void start(Stage stage) throws Exception {
        start(stage, List.of());
    }

    /** The same with further keys of {@code ipam}, and options for the server. */
    static void start(Stage stage, String keys, String... serverOptions) throws Exception {
        start(stage, List.of(), keys, List.of(serverOptions));
    }

    /** A daemon that gives up after six seconds, not minutes. */
    private static void startImpatient(Stage stage) throws Exception {
        start(stage, List.of("-timeout", "3s", "-resendmax", "2s", "-resendtimeout", "6s"));
    }

    private static void start(Stage stage, List<String> flags) throws Exception {
        start(stage, flags, "", List.of());
    }

    private static void start(
            Stage stage, List<String> flags, String keys, List<String> serverOptions)
            throws Exception {
        if (!Files.isExecutable(DNSMASQ)) {
            throw Unsuitable.because("no dnsmasq here");
        }
        Place server = stage.machine("a DHCP server");
        stage.container().join(IF_NAME, server, "srv0");
        server.address("srv0", "192.168.1.1/24");
        Path work = stage.work();
        Path pid = work.resolve("dnsmasq.pid");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                DNSMASQ.toString(),
                                "--keep-in-foreground",
                                "--conf-file=/dev/null",
                                "--port=0",
                                "--user=root",
                                "--interface=srv0",
                                "--bind-interfaces",
                                "--dhcp-authoritative",
                                "--no-ping",
                                "--dhcp-range=" + LEASED + "," + LEASED + ",255.255.255.0,1h",
                                "--dhcp-option=3,192.168.1.1",
                                "--dhcp-leasefile=" + leases(stage),
                                "--pid-file=" + pid));
        command.addAll(serverOptions);
        boolean serving = stage.servers().run(server, pid, command);
        if (!serving) {
            throw Unsuitable.because("dnsmasq does not start here");
        }
        Path socket = work.resolve("dhcp.sock");
        List<String> daemon =
                new ArrayList<>(
                        List.of(
                                stage.target().binary().toString(),
                                "daemon",
                                "-socketpath",
                                socket.toString()));
        daemon.addAll(flags);
        boolean asked = stage.servers().run(stage.node(), socket, daemon);
        if (!asked && !flags.isEmpty()) {
            throw Unsuitable.because("its daemon takes no limits of time");
        }
        // A plugin that has no such daemon may have another one, or need none.
        stage.use(
                "{\"ipam\": {\"type\": \"dhcp\""
                        + (asked ? ", \"daemonSocketPath\": \"{work}/dhcp.sock\"" : "")
                        + keys
                        + "}}");
    }

    static Path leases(Stage stage) {
        return stage.work().resolve("leases");
    }

    static void leased(Stage stage) throws Exception {
        List<CniIp> ips = stage.add().ips();
        if (ips.size() != 1
                || !ips.getFirst().address().toString().equals(LEASED + "/24")
                || !ips.getFirst().gateway().toString().contains("192.168.1.1")) {
            throw Mismatch.of(LEASED + "/24 through 192.168.1.1", ips.toString());
        }
    }

    private static void noLease(Stage stage) throws Exception {
        long deadline = System.nanoTime() + 3_000_000_000L;
        while (Files.readString(leases(stage)).contains(LEASED)) {
            if (System.nanoTime() > deadline) {
                throw Mismatch.of("no lease of " + LEASED, Files.readString(leases(stage)).strip());
            }
            Thread.sleep(10);
        }
    }
}
