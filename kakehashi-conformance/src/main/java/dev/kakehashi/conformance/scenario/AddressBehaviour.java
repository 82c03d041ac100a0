package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.Stage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What configurations of {@code host-local} and {@code static} do. */
final class AddressBehaviour {
    private static final long NOT_AVAILABLE = 50;

    private AddressBehaviour() {}

    private static Scenario.Builder hostLocal(String id, String requirement) {
        return Scenario.plugin("host-local", id, requirement).since(CniVersion.V0_3_0);
    }

    /** A configuration of host-local with these keys of {@code ipam}. */
    private static String config(String keys) {
        return "{\"ipam\": {\"type\": \"host-local\", \"dataDir\": \"{work}/networks\", "
                + keys
                + "}}";
    }

    private static void use(Stage stage, String keys) throws Exception {
        stage.use(config(keys));
    }

    static void gives(CniResult result, String... addresses) throws Mismatch {
        List<String> given = result.ips().stream().map(ip -> ip.address().toString()).toList();
        if (!given.equals(List.of(addresses))) {
            throw Mismatch.of("addresses " + List.of(addresses), given.toString());
        }
    }

    private static Path files(Stage stage) {
        return stage.work().resolve("networks").resolve(Stage.NETWORK);
    }

    /** The names of the reservations. */
    private static List<String> reservations(Stage stage) throws Exception {
        if (!Files.isDirectory(files(stage))) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(files(stage))) {
            return all.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("last_reserved_ip") && !name.equals("lock"))
                    .sorted()
                    .toList();
        }
    }

    private static void holds(Stage stage, String... addresses) throws Exception {
        if (!reservations(stage).equals(List.of(addresses))) {
            throw Mismatch.of("reservations " + List.of(addresses), reservations(stage).toString());
        }
    }

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        ranges(all);
        files(all);
        requested(all);
        collection(all);
        return all;
    }

    private static void ranges(List<Scenario> all) {
        all.add(
                hostLocal(
                                "first",
                                "the first address is the one after the gateway, with its gateway")
                        .step(
                                "ADD",
                                stage -> {
                                    CniResult result = stage.add();
                                    gives(result, "10.7.0.2/24");
                                    CniIp ip = result.ips().getFirst();
                                    if (!ip.gateway()
                                            .map(Object::toString)
                                            .orElse("")
                                            .endsWith("10.7.0.1")) {
                                        throw Mismatch.of("gateway 10.7.0.1", ip.toString());
                                    }
                                })
                        .build());
        all.add(
                hostLocal("round-robin", "an address that was given back is not the next one given")
                        .step("ADD", stage -> gives(stage.add(), "10.7.0.2/24"))
                        .del()
                        .step(
                                "ADD of another",
                                stage -> gives(stage.add(stage.pod("two")), "10.7.0.3/24"))
                        .build());
        all.add(
                hostLocal(
                                "ranges",
                                "each set of ranges gives one address, in the order of the sets")
                        .step(
                                "ADD with an IPv4 and an IPv6 set",
                                stage -> {
                                    use(
                                            stage,
                                            "\"ranges\": [[{\"subnet\": \"10.1.2.0/24\", \"rangeStart\":"
                                                    + " \"10.1.2.9\"}], [{\"subnet\": \"2001:db8:1::/64\"}]]");
                                    gives(stage.add(), "10.1.2.9/24", "2001:db8:1::2/64");
                                })
                        .build());
        all.add(
                hostLocal("old-form", "subnet, rangeStart, rangeEnd and gateway without ranges")
                        .step(
                                "ADD",
                                stage -> {
                                    use(
                                            stage,
                                            "\"subnet\": \"10.1.2.0/24\", \"rangeStart\": \"10.1.2.9\","
                                                    + " \"gateway\": \"10.1.2.254\"");
                                    gives(stage.add(), "10.1.2.9/24");
                                })
                        .build());
        all.add(
                hostLocal(
                                "exhausted",
                                "when no address is left ADD fails; one that is given back is used")
                        .step(
                                "ADD twice in a pool of one",
                                stage -> {
                                    use(
                                            stage,
                                            "\"ranges\": [[{\"subnet\": \"10.1.2.0/24\", \"rangeStart\":"
                                                    + " \"10.1.2.9\", \"rangeEnd\": \"10.1.2.9\"}]]");
                                    gives(stage.add(), "10.1.2.9/24");
                                    stage.tryAdd(stage.pod("two"))
                                            .failed()
                                            .mentions("no IP addresses available in range set");
                                })
                        .del()
                        .step(
                                "ADD of the other",
                                stage -> gives(stage.add(stage.pod("two")), "10.1.2.9/24"))
                        .build());
        all.add(
                hostLocal("duplicate", "a second ADD of the same attachment fails")
                        .add()
                        .step("ADD again", stage -> stage.tryAdd().failed().mentions("duplicate"))
                        .step("the reservations", stage -> holds(stage, "10.7.0.2"))
                        .build());
        all.add(
                hostLocal("refusals", "ranges that cannot work are refused")
                        .refused(
                                "host bits in the subnet",
                                config("\"subnet\": \"10.1.2.7/24\""),
                                "host bits")
                        .refused(
                                "a subnet of one address",
                                config("\"subnet\": \"10.1.2.0/31\""),
                                "too small")
                        .refused(
                                "a start outside",
                                config(
                                        "\"subnet\": \"10.1.2.0/24\", \"rangeStart\":"
                                                + " \"10.1.3.1\""),
                                "not in network")
                        .refused(
                                "overlapping ranges",
                                config(
                                        "\"ranges\": [[{\"subnet\": \"10.1.2.0/24\"}],"
                                                + " [{\"subnet\": \"10.1.2.0/25\"}]]"),
                                "overlap")
                        .refused("no ranges", config("\"ranges\": []"), "no IP ranges")
                        .build());
        all.add(
                hostLocal("resolv-conf", "resolvConf is where dns of the result comes from")
                        .step(
                                "ADD with resolvConf",
                                stage -> {
                                    Files.writeString(
                                            stage.work().resolve("resolv.conf"),
                                            "# a comment\nnameserver 192.0.2.53\nsearch a.example b.example\n");
                                    use(
                                            stage,
                                            "\"subnet\": \"10.1.2.0/24\", \"resolvConf\":"
                                                    + " \"{work}/resolv.conf\"");
                                    var dns = stage.add().dns();
                                    if (!dns.nameservers().equals(List.of("192.0.2.53"))
                                            || !dns.search()
                                                    .equals(List.of("a.example", "b.example"))) {
                                        throw Mismatch.of(
                                                "nameserver 192.0.2.53, search a.example b.example",
                                                dns.toString());
                                    }
                                })
                        .build());
    }

    private static void files(List<Scenario> all) {
        all.add(
                hostLocal(
                                "files",
                                "a reservation is a file with the address's name, the container's id and"
                                        + " the interface in it")
                        .step(
                                "ADD",
                                stage -> {
                                    stage.add();
                                    String content =
                                            Files.readString(files(stage).resolve("10.7.0.2"))
                                                    .strip();
                                    String wanted = stage.pod().id() + "\r\n" + IF_NAME;
                                    if (!content.equals(wanted)) {
                                        throw Mismatch.of(
                                                wanted.replace("\r\n", "\\r\\n"),
                                                content.replace("\r\n", "\\r\\n"));
                                    }
                                })
                        .del()
                        .step("the reservations", stage -> holds(stage))
                        .build());
        all.add(
                hostLocal("two-interfaces", "DEL of one interface leaves the address of the other")
                        .step(
                                "ADD of eth0 and eth1, DEL of eth1",
                                stage -> {
                                    stage.add();
                                    stage.add(stage.pod(), "eth1");
                                    stage.del(stage.pod(), "eth1").silent();
                                    holds(stage, "10.7.0.2");
                                })
                        .build());
        all.add(
                hostLocal("check-gone", "CHECK fails when the reservation is missing")
                        .proves(36)
                        .since(CniVersion.V0_4_0)
                        .add()
                        .step(
                                "remove the reservation, CHECK",
                                stage -> {
                                    Files.delete(files(stage).resolve("10.7.0.2"));
                                    stage.check().failed();
                                })
                        .build());
    }

    private static void requested(List<Scenario> all) {
        all.add(
                hostLocal(
                                "requested",
                                "an address can be asked for by CNI_ARGS, args or runtimeConfig")
                        .step(
                                "by CNI_ARGS",
                                stage ->
                                        gives(
                                                stage.add(
                                                        stage.request(CniCommand.ADD, stage.pod())
                                                                .set(
                                                                        "CNI_ARGS",
                                                                        "IgnoreUnknown=1;IP=10.7.0.77")),
                                                "10.7.0.77/24"))
                        .step(
                                "by args",
                                stage ->
                                        gives(
                                                stage.add(
                                                        stage.request(
                                                                        CniCommand.ADD,
                                                                        stage.pod("two"))
                                                                .with(
                                                                        "args",
                                                                        stage.parse(
                                                                                "{\"cni\": {\"ips\":"
                                                                                        + " [\"10.7.0.78/24\"]}}"))),
                                                "10.7.0.78/24"))
                        .step(
                                "by runtimeConfig",
                                stage ->
                                        gives(
                                                stage.add(
                                                        stage.request(
                                                                        CniCommand.ADD,
                                                                        stage.pod("three"))
                                                                .with(
                                                                        "runtimeConfig",
                                                                        stage.parse(
                                                                                "{\"ips\":"
                                                                                        + " [\"10.7.0.79\"]}"))),
                                                "10.7.0.79/24"))
                        .step(
                                "the first again, for another",
                                stage ->
                                        stage.call(
                                                        stage.request(
                                                                        CniCommand.ADD,
                                                                        stage.pod("four"))
                                                                .set("CNI_ARGS", "IP=10.7.0.77"))
                                                .failed()
                                                .mentions("10.7.0.77"))
                        .build());
        all.add(
                hostLocal(
                                "requested-elsewhere",
                                "an address that no range has is refused, and nothing is kept")
                        .step(
                                "ADD with IP=10.99.0.1",
                                stage -> {
                                    stage.call(
                                                    stage.request(CniCommand.ADD, stage.pod())
                                                            .set("CNI_ARGS", "IP=10.99.0.1"))
                                            .failed()
                                            .mentions("10.99.0.1");
                                    holds(stage);
                                })
                        .build());
        all.add(
                hostLocal(
                                "ip-ranges",
                                "runtimeConfig.ipRanges comes before the configuration's ranges")
                        .step(
                                "ADD",
                                stage ->
                                        gives(
                                                stage.add(
                                                        stage.request(CniCommand.ADD, stage.pod())
                                                                .with(
                                                                        "runtimeConfig",
                                                                        stage.parse(
                                                                                "{\"ipRanges\":"
                                                                                        + " [[{\"subnet\":"
                                                                                        + " \"10.6.0.0/24\"}]]}"))),
                                                "10.6.0.2/24",
                                                "10.7.0.2/24"))
                        .build());
    }

    private static void collection(List<Scenario> all) {
        all.add(
                hostLocal("gc", "GC gives back the addresses of attachments that are not valid")
                        .proves(46)
                        .since(CniVersion.V1_1_0)
                        .upstream("plugins #1047", "plugins #498", "plugins #252")
                        .step(
                                "ADD, ADD, GC with the second valid",
                                stage -> {
                                    stage.add();
                                    stage.add(stage.pod("two"));
                                    stage.gc(stage.pod("two")).silent();
                                    holds(stage, "10.7.0.3");
                                })
                        .build());
        all.add(
                hostLocal("status-exhausted", "STATUS fails with code 50 when no address is left")
                        .proves(40, 41)
                        .since(CniVersion.V1_1_0)
                        .upstream("plugins #1014")
                        .step(
                                "ADD in a pool of one, STATUS",
                                stage -> {
                                    use(
                                            stage,
                                            "\"ranges\": [[{\"subnet\": \"10.1.2.0/24\", \"rangeStart\":"
                                                    + " \"10.1.2.9\", \"rangeEnd\": \"10.1.2.9\"}]]");
                                    stage.add();
                                    stage.status().failed(NOT_AVAILABLE);
                                })
                        .build());
    }
}
