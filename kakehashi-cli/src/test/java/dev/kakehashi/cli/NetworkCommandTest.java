package dev.kakehashi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code kakehashi network} over a store in which nodes said what they said. */
class NetworkCommandTest {
    private static final String SETTLED = "{\"receives\":[\"vxlan\"],\"sends\":\"vxlan\"}";

    @TempDir Path store;

    @BeforeEach
    void fill() throws IOException {
        Files.createDirectories(store.resolve("networks"));
        Files.createDirectories(store.resolve("nodes"));
        Files.writeString(
                network(),
                """
                apiVersion: kakehashi.dev/v1alpha1
                kind: Network
                metadata: {name: pods}
                # a person's own note
                spec: {cidrs: [10.244.0.0/16], carrier: vxlan}
                """);
        node("a", "kakehashi.dev/carriers: '" + SETTLED + "'");
        node("b", "kakehashi.dev/carriers: '" + SETTLED + "'");
    }

    private Path network() {
        return store.resolve("networks/pods.yaml");
    }

    private void node(String name, String annotations) throws IOException {
        Files.writeString(
                store.resolve("nodes/" + name + ".yaml"),
                "{apiVersion: v1, kind: Node, metadata: {name: %s, annotations: {%s}}}\n"
                        .formatted(name, annotations));
    }

    private Captured run(String... words) {
        List<String> all = new ArrayList<>(List.of("network"));
        all.addAll(List.of(words));
        all.addAll(List.of("--store", store.toString()));
        return Captured.of(() -> Kakehashi.run(all.toArray(String[]::new)));
    }

    @Test
    void list_isATable_andBrokenOnesAreStatusOne() throws Exception {
        Captured good = run("list");
        assertThat(good.out())
                .isEqualTo(
                        """
                        NAME   CARRIER   MODE      PODS            MIGRATION
                        pods   vxlan     podCIDR   10.244.0.0/16   settled
                        """);
        assertThat(good.status()).isZero();
        JsonObject json = (JsonObject) JsonParser.parse(run("list", "-o", "json").out());
        assertThat(json.objects("networks"))
                .singleElement()
                .satisfies(network -> {
                    assertThat(network.string("carrier", "")).isEqualTo("vxlan");
                    assertThat(network.object("migration").orElseThrow().bool("done", false))
                            .isTrue();
                });
        Files.writeString(store.resolve("networks/x.yaml"), "kind: Network\n");
        Captured broken = run("list", "-o", "wide");
        assertThat(broken.status()).isEqualTo(1);
        assertThat(broken.out()).contains("PODLINK").contains("unusable: ");
    }

    @Test
    void show_saysByWhatEachNodeReceivesAndSends() throws Exception {
        node(
                "a",
                "kakehashi.dev/carriers: '{\"receives\":[\"host-gw\",\"vxlan\"],"
                        + "\"sends\":\"host-gw\"}'");
        Captured shown = run("show", "pods", "-o", "wide");
        assertThat(shown.status()).isEqualTo(1);
        assertThat(shown.out())
                .contains("Network     pods, to vxlan: 1 of 2 ways, 1 of 2 nodes\n")
                .contains("carrier: vxlan\n")
                .contains("a      Preparing   vxlan,host-gw   host-gw   0/1\n")
                .contains("b      Settled     vxlan           vxlan     1/1\n")
                .contains("FROM   TO   BY        TURNING TO\na      b    host-gw\n");
        assertThat(run("show", "pods", "-o", "yaml").out()).contains("receives:");
        assertThat(run("show", "nets").err())
                .contains("there is no Network 'nets' in the store; it has pods");
    }

    @Test
    void migrate_changesTheCarrierOnly_andUndoesIt() throws Exception {
        Captured changed = run("migrate", "pods", "--to", "host-gw", "--no-wait");
        assertThat(changed.status()).as(changed.err()).isZero();
        assertThat(Files.readString(network()))
                .contains("# a person's own note")
                .contains("carrier: host-gw")
                .contains("kakehashi.dev/former-carrier: vxlan");

        Captured undone = run("migrate", "pods", "--undo");
        assertThat(undone.status()).as(undone.err()).isZero();
        assertThat(undone.err())
                .contains("network pods: carrier host-gw -> vxlan")
                .contains("all 2 nodes have vxlan and no other");
        assertThat(Files.readString(network())).contains("carrier: vxlan");
    }

    @Test
    void migrate_saysWhoIsNotThere_andWhy() throws Exception {
        Files.writeString(
                store.resolve("nodes/b.yaml"),
                """
                apiVersion: v1
                kind: Node
                metadata: {name: b, annotations: {kakehashi.dev/carriers: '%s'}}
                status:
                  conditions:
                  - {type: NetworkUnavailable, status: 'False', reason: KernelFailed, message: no device}
                """
                        .formatted(SETTLED));
        Captured late = run("migrate", "pods", "--to", "host-gw", "--timeout", "1s");
        assertThat(late.status()).isEqualTo(1);
        assertThat(late.err())
                .contains("not done after 1 s; to host-gw: 0 of 2 ways, 0 of 2 nodes")
                .contains("a is Preparing: it has not said anything of it: does its agent run?")
                .contains("b is Preparing: no device")
                .contains("kakehashi network migrate pods --undo");
    }

    @Test
    void whatCannotBe_changesNothing() throws Exception {
        node("b", "kakehashi.dev/carrier-obstacles: '{\"wireguard\":\"no module\"}'");
        String before = Files.readString(network());

        Captured unable = run("migrate", "pods", "--to", "wireguard");
        assertThat(unable.status()).isEqualTo(1);
        assertThat(unable.err())
                .contains("network pods stays with vxlan, nothing is changed:")
                .contains("node b cannot: no module");
        Captured unknown = run("migrate", "pods", "--to", "pigeon");
        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.err()).contains("there is no carrier 'pigeon': it is one of vxlan, ");
        assertThat(run("migrate", "pods").status()).isEqualTo(2);
        assertThat(run("migrate", "pods", "--to", "bgp", "--undo").status()).isEqualTo(2);
        assertThat(run("migrate", "pods", "--to", "bgp", "--timeout", "soon").status())
                .isEqualTo(2);
        assertThat(run("migrate", "pods", "--undo").err()).contains("name it with --to");
        assertThat(run("migrate", "../pods", "--to", "bgp").status()).isEqualTo(1);

        assertThat(Files.readString(network())).isEqualTo(before);
    }

    @Test
    void rotateKeys_changesTheDeviceOnly_andUndoesItWhileItIsNotDone() throws Exception {
        Files.writeString(network(), Files.readString(network()).replace(": vxlan", ": wireguard"));
        String first = "'{\"receives\":[\"wireguard\"],\"sends\":\"wireguard\"}'";
        node("a", "kakehashi.dev/carriers: " + first);
        node("b", "kakehashi.dev/carriers: " + first);
        assertThat(run("rotate-keys", "pods", "--undo").err())
                .contains("network pods keeps its keys, nothing is changed: no rotation is under");
        assertThat(run("rotate-keys", "pods", "--node", "c").err()).contains("no Node 'c'");

        Captured asked = run("rotate-keys", "pods", "--node", "b", "--timeout", "1s");
        assertThat(asked.status()).as(asked.err()).isEqualTo(1);
        assertThat(asked.err())
                .contains("network pods: WireGuard device 1 -> 2")
                .contains("not done after 1 s; to wireguard-2: 0 of 2 ways, 0 of 2 nodes")
                .contains("kakehashi network rotate-keys pods --undo");
        assertThat(Files.readString(network()))
                .contains("# a person's own note")
                .contains("carrier: wireguard")
                .contains("\"device\":2,")
                .contains("\"nodes\":[\"b\"]");
        assertThat(run("rotate-keys", "pods").err())
                .contains("still on their way (to wireguard-2: 0 of 2 ways, 0 of 2 nodes)");

        Captured undone = run("rotate-keys", "pods", "--undo");
        assertThat(undone.status()).as(undone.err()).isZero();
        assertThat(undone.err()).contains("all 2 nodes have wireguard and no other");
        assertThat(Files.readString(network())).contains("\"device\":1,");
    }

    @Test
    void rotateKeys_whereThereAreNone_isRefused() {
        assertThat(run("rotate-keys", "pods").err()).contains("its carrier is vxlan, which has no");
    }
}
