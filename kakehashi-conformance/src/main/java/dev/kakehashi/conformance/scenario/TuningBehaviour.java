package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.stage.Stage.IF_NAME;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.Place;
import dev.kakehashi.conformance.stage.Stage;
import dev.kakehashi.linux.rtnetlink.LinkSpec;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What configurations of {@code tuning} do. */
final class TuningBehaviour {
    private static final String TUNING = "{\"dataDir\": \"{work}/tuning\", ";
    private static final String LINK = "link " + IF_NAME + " ";

    private TuningBehaviour() {}

    private static Scenario.Builder of(String id, String requirement) {
        return ChainedBehaviour.of("tuning", id, requirement);
    }

    private static void attribute(
            List<Scenario> all, String id, String keys, String fact, Breaking breaking) {
        all.add(
                of(
                                id,
                                "it sets "
                                        + id
                                        + ", CHECK sees when that is changed, DEL restores what was before")
                        .step(
                                "ADD, change it, CHECK, DEL",
                                stage -> {
                                    Set<String> before = stage.container().view().facts();
                                    stage.use(TUNING + keys + "}");
                                    stage.add();
                                    stage.container().see(LINK + fact);
                                    stage.check().silent();
                                    breaking.apply(stage.container());
                                    stage.check().failed();
                                    stage.del().silent();
                                    Set<String> missing = new TreeSet<>(before);
                                    missing.removeAll(stage.container().view().facts());
                                    if (!missing.isEmpty()) {
                                        throw Mismatch.of(
                                                "the link as it was before ADD", "not: " + missing);
                                    }
                                })
                        .build());
    }

    private interface Breaking {
        void apply(Place container) throws Exception;
    }

    private static void change(Place container, LinkSpec changes) throws Exception {
        container.change(IF_NAME, changes);
    }

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        attribute(
                all,
                "mtu",
                "\"mtu\": 1400",
                "mtu 1400",
                c -> change(c, LinkSpec.builder().mtu(1450).build()));
        attribute(
                all,
                "promisc",
                "\"promisc\": true",
                "promisc",
                c -> change(c, LinkSpec.builder().promiscuous(false).build()));
        attribute(
                all,
                "allmulti",
                "\"allmulti\": true",
                "allmulti",
                c -> change(c, LinkSpec.builder().allMulticast(false).build()));
        attribute(
                all,
                "txQLen",
                "\"txQLen\": 777",
                "txqlen 777",
                c -> change(c, LinkSpec.builder().txQueueLength(500).build()));
        all.add(
                of("mac", "it sets mac, also in the result; DEL restores the old one")
                        .step(
                                "ADD with mac, DEL",
                                stage -> {
                                    Set<String> before = stage.container().view().facts();
                                    stage.use(TUNING + "\"mac\": \"02:00:00:00:00:08\"}");
                                    List<CniInterface> links = stage.add().interfaces();
                                    stage.container().see(LINK + "mac 02:00:00:00:00:08");
                                    if (links.stream()
                                            .noneMatch(l -> l.mac().equals("02:00:00:00:00:08"))) {
                                        throw Mismatch.of(
                                                "mac 02:00:00:00:00:08 in the result",
                                                links.toString());
                                    }
                                    stage.del().silent();
                                    if (!stage.container().view().facts().equals(before)) {
                                        throw Mismatch.of(
                                                before.toString(),
                                                stage.container().view().facts().toString());
                                    }
                                })
                        .build());
        all.add(
                of("mac-sources", "args win over runtimeConfig, that over CNI_ARGS, those over mac")
                        .step("CNI_ARGS", stage -> mac(stage, "\"x\": 1}", "02:00:00:00:00:01"))
                        .step(
                                "runtimeConfig",
                                stage ->
                                        mac(
                                                stage,
                                                "\"runtimeConfig\": {\"mac\": \"02:00:00:00:00:02\"}}",
                                                "02:00:00:00:00:02"))
                        .step(
                                "args",
                                stage ->
                                        mac(
                                                stage,
                                                "\"runtimeConfig\": {\"mac\": \"02:00:00:00:00:02\"},"
                                                        + " \"args\": {\"cni\": {\"mac\":"
                                                        + " \"02:00:00:00:00:03\"}}}",
                                                "02:00:00:00:00:03"))
                        .build());
        all.add(
                of("sysctl", "it sets sysctls of the container; CHECK sees a change")
                        .step(
                                "ADD with sysctl",
                                stage -> {
                                    stage.use(
                                            TUNING
                                                    + "\"sysctl\": {\"net.ipv4.conf.IFNAME.arp_filter\":"
                                                    + " \"1\", \"net.ipv4.ip_forward\": \"1\"}}");
                                    stage.add();
                                    stage.container()
                                            .seeSysctl(
                                                    "net.ipv4.conf." + IF_NAME + ".arp_filter",
                                                    "1");
                                    stage.container().seeSysctl("net.ipv4.ip_forward", "1");
                                    stage.node().seeSysctl("net.ipv4.ip_forward", "0");
                                    stage.check().silent();
                                    stage.container()
                                            .sysctl(
                                                    "net.ipv4.conf." + IF_NAME + ".arp_filter",
                                                    "0");
                                    stage.check().failed();
                                })
                        .build());
        all.add(
                of("sysctl-refused", "sysctls outside of net are refused")
                        .refused(
                                "kernel.shmmax", TUNING + "\"sysctl\": {\"kernel.shmmax\": \"1\"}}")
                        .refused(
                                "net/../kernel/shmmax",
                                TUNING + "\"sysctl\": {\"net/../kernel/shmmax\":" + " \"1\"}}")
                        .build());
        return all;
    }

    private static void mac(Stage stage, String keys, String wanted) throws Exception {
        stage.use(TUNING + keys);
        stage.add(
                stage.request(CniCommand.ADD, stage.pod())
                        .set("CNI_ARGS", "IgnoreUnknown=1;MAC=02:00:00:00:00:01"));
        stage.container().see(LINK + "mac " + wanted);
    }
}
