package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.scenario.DhcpBehaviour.dhcp;
import static dev.kakehashi.conformance.scenario.DhcpBehaviour.leases;
import static dev.kakehashi.conformance.scenario.DhcpBehaviour.start;
import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.CniRoute;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.Stage;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What {@code dhcp} sends and asks for, and what it does without its daemon or without a lease. */
final class DhcpOptions {
    private static final long NOT_AVAILABLE = 50;

    private DhcpOptions() {}

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        sent(all);
        received(all);
        missing(all);
        return all;
    }

    private static void sent(List<Scenario> all) {
        all.add(
                dhcp(
                                "client-id",
                                "the client identifier is a zero, then container, network and"
                                        + " interface")
                        .step("start a server and the daemon", DhcpBehaviour::start)
                        .step("ADD", DhcpBehaviour::leased)
                        .step(
                                "the server's leases",
                                stage ->
                                        known(
                                                stage,
                                                "00:"
                                                        + hex(
                                                                stage.pod().id()
                                                                        + "/"
                                                                        + Stage.NETWORK
                                                                        + "/"
                                                                        + IF_NAME)))
                        .del()
                        .build());
        all.add(
                dhcp("provide", "provide says which options are sent: by value or from CNI_ARGS")
                        .step(
                                "start a server, and the daemon",
                                stage ->
                                        start(
                                                stage,
                                                ", \"provide\": [{\"option\": \"host-name\","
                                                        + " \"fromArg\": \"K8S_POD_NAME\"},"
                                                        + " {\"option\": \"dhcp-client-identifier\","
                                                        + " \"value\": \"conformance\"}]"))
                        .step(
                                "ADD with a name in CNI_ARGS",
                                stage ->
                                        stage.add(
                                                stage.request(CniCommand.ADD, stage.pod())
                                                        .set(
                                                                "CNI_ARGS",
                                                                "IgnoreUnknown=1;K8S_POD_NAME=web-0")))
                        .step(
                                "the server's leases",
                                stage -> {
                                    known(stage, " web-0 ");
                                    known(stage, " " + hex("conformance"));
                                })
                        .del()
                        .build());
    }

    private static String hex(String text) {
        return HexFormat.ofDelimiter(":").formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void known(Stage stage, String words) throws Exception {
        String leases = Files.readString(leases(stage));
        if (!leases.contains(words)) {
            throw Mismatch.of("a lease of \"" + words.strip() + "\"", leases.strip());
        }
    }

    private static void received(List<Scenario> all) {
        all.add(
                dhcp(
                                "classless-routes",
                                "classless routes of the server are the result's, in the place of the"
                                        + " router's default route (RFC 3442)")
                        .step(
                                "start a server that sends one when it is asked, and the daemon",
                                stage ->
                                        start(
                                                stage,
                                                ", \"request\": [{\"option\": \"121\"}]",
                                                "--dhcp-option=121,198.51.100.0/24,192.168.1.9"))
                        .step("ADD", stage -> routes(stage, "198.51.100.0/24 through 192.168.1.9"))
                        .del()
                        .build());
        all.add(
                dhcp("priority", "priority is that of all routes")
                        .since(CniVersion.V1_1_0)
                        .step(
                                "start a server, and the daemon",
                                stage -> start(stage, ", \"priority\": 50"))
                        .step(
                                "ADD",
                                stage -> {
                                    List<CniRoute> routes = stage.add().routes();
                                    if (routes.isEmpty()
                                            || routes.stream().anyMatch(r -> r.priority() != 50)) {
                                        throw Mismatch.of(
                                                "routes of priority 50", routes.toString());
                                    }
                                })
                        .del()
                        .build());
    }

    private static void routes(Stage stage, String wanted) throws Exception {
        CniResult result = stage.add();
        List<String> seen =
                result.routes().stream()
                        .map(route ->
                                route.destination()
                                        + " through "
                                        + route.gateway()
                                                .map(g -> g.getHostAddress())
                                                .orElse("none"))
                        .toList();
        if (!seen.equals(List.of(wanted))) {
            throw Mismatch.of(wanted, seen.toString());
        }
    }

    private static void missing(List<Scenario> all) {
        String nowhere =
                "{\"ipam\": {\"type\": \"dhcp\", \"daemonSocketPath\": \"{work}/nobody.sock\"}}";
        all.add(
                dhcp("no-daemon", "ADD fails where the daemon it is told to ask is not there")
                        .step(
                                "ADD",
                                stage -> {
                                    stage.use(nowhere);
                                    stage.tryAdd().failed().mentions("nobody.sock");
                                })
                        .build());
        all.add(
                dhcp(
                                "status-no-daemon",
                                "STATUS fails with code 50 where the daemon it is told to ask is not"
                                        + " there")
                        .since(CniVersion.V1_1_0)
                        .proves(41)
                        .upstream("plugins #1014")
                        .step(
                                "STATUS",
                                stage -> {
                                    stage.use(nowhere);
                                    stage.status().failed(NOT_AVAILABLE);
                                })
                        .build());
        all.add(
                dhcp("check-no-lease", "CHECK fails, and leases nothing, where there is no lease")
                        .proves(36)
                        .step("start a server and the daemon", DhcpBehaviour::start)
                        .step("ADD", DhcpBehaviour::leased)
                        .del()
                        .checkFails()
                        .build());
    }
}
