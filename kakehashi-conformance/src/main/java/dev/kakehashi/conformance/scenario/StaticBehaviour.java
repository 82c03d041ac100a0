package dev.kakehashi.conformance.scenario;

import static dev.kakehashi.conformance.scenario.AddressBehaviour.gives;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.conformance.stage.Mismatch;
import dev.kakehashi.conformance.stage.Request;
import dev.kakehashi.conformance.stage.Stage;

import java.util.ArrayList;
import java.util.List;

/** What the reference plugin {@code static} does. */
final class StaticBehaviour {

    private StaticBehaviour() {}

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        addresses(all);
        return all;
    }

    private static Scenario.Builder fixed(String id, String requirement) {
        return Scenario.plugin("static", id, requirement).since(CniVersion.V0_3_0);
    }

    private static void addresses(List<Scenario> all) {
        all.add(
                fixed(
                                "addresses",
                                "the result has the addresses, routes and dns of the configuration")
                        .step(
                                "ADD",
                                stage -> {
                                    stage.use(
                                            "{\"ipam\": {\"type\": \"static\", \"addresses\": [{\"address\":"
                                                    + " \"10.1.2.3/24\", \"gateway\": \"10.1.2.1\"}, {\"address\":"
                                                    + " \"2001:db8::3/64\"}], \"routes\": [{\"dst\":"
                                                    + " \"0.0.0.0/0\"}, {\"dst\": \"192.0.2.0/24\", \"gw\":"
                                                    + " \"10.1.2.9\"}], \"dns\": {\"nameservers\":"
                                                    + " [\"192.0.2.53\"]}}}");
                                    CniResult result = stage.add();
                                    gives(result, "10.1.2.3/24", "2001:db8::3/64");
                                    if (result.routes().size() != 2
                                            || !result.dns()
                                                    .nameservers()
                                                    .equals(List.of("192.0.2.53"))) {
                                        throw Mismatch.of(
                                                "two routes and nameserver 192.0.2.53",
                                                result.toString());
                                    }
                                })
                        .build());
        all.add(
                fixed(
                                "precedence",
                                "CNI_ARGS add to the configuration; args take their place, and"
                                        + " runtimeConfig the place of all")
                        .step(
                                "by CNI_ARGS",
                                stage ->
                                        gives(
                                                stage.add(
                                                        stage.request(CniCommand.ADD, stage.pod())
                                                                .set(
                                                                        "CNI_ARGS",
                                                                        "IgnoreUnknown=1;IP=10.7.0.77/24;GATEWAY=10.7.0.1")),
                                                "10.7.0.5/24",
                                                "10.7.0.77/24"))
                        .step(
                                "by args too",
                                stage ->
                                        gives(
                                                stage.add(
                                                        asked(
                                                                stage,
                                                                "{\"cni\": {\"ips\": [\"10.7.0.78/24\"]}}")),
                                                "10.7.0.78/24"))
                        .step(
                                "by runtimeConfig too",
                                stage ->
                                        gives(
                                                stage.add(
                                                        asked(
                                                                        stage,
                                                                        "{\"cni\": {\"ips\": [\"10.7.0.78/24\"]}}")
                                                                .with(
                                                                        "runtimeConfig",
                                                                        stage.parse(
                                                                                "{\"ips\":"
                                                                                        + " [\"10.7.0.79/24\"]}"))),
                                                "10.7.0.79/24"))
                        .build());
        all.add(
                fixed("refusals", "addresses without a prefix are refused")
                        .step(
                                "in the configuration",
                                stage -> {
                                    stage.use(
                                            "{\"ipam\": {\"type\": \"static\", \"addresses\": [{\"address\":"
                                                    + " \"10.1.2.3\"}]}}");
                                    stage.tryAdd().failed().mentions("10.1.2.3");
                                })
                        .step(
                                "in CNI_ARGS",
                                stage ->
                                        stage.call(
                                                        stage.request(CniCommand.ADD, stage.pod())
                                                                .set("CNI_ARGS", "IP=10.1.2.4"))
                                                .failed())
                        .build());
    }

    private static Request asked(Stage stage, String args) throws Exception {
        return stage.request(CniCommand.ADD, stage.pod())
                .set("CNI_ARGS", "IgnoreUnknown=1;IP=10.7.0.77/24")
                .with("args", stage.parse(args));
    }
}
