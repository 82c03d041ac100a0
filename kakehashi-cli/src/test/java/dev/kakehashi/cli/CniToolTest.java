package dev.kakehashi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/** The commands with plugins that are shell scripts. */
class CniToolTest {
    @TempDir Path folder;
    private String out = "";
    private String err = "";

    @BeforeEach
    void install() throws IOException {
        Files.createDirectories(folder.resolve("bin"));
        Files.createDirectories(folder.resolve("conf"));
        plugin(
                "one",
                """
                case $CNI_COMMAND in
                VERSION) echo '{"cniVersion":"1.1.0","supportedVersions":["1.0.0","1.1.0"]}';;
                ADD) echo '{"cniVersion":"1.1.0","interfaces":[{"name":"'$CNI_IFNAME'","sandbox":"'$CNI_NETNS'"}],
                    "ips":[{"address":"10.0.0.2/24","gateway":"10.0.0.1","interface":0}],
                    "routes":[{"dst":"0.0.0.0/0","gw":"10.0.0.1"}]}';;
                GC) cat >"$0.gc" <<X
                $input
                X
                esac
                """);
        Files.writeString(
                folder.resolve("conf/10-net.conflist"),
                """
                {"cniVersion": "1.1.0", "name": "net", "plugins": [
                    {"type": "one", "capabilities": {"mac": true}}]}
                """);
    }

    private void plugin(String type, String shell) throws IOException {
        Path file = folder.resolve("bin").resolve(type);
        Files.writeString(
                file,
                "#!/bin/sh\ninput=$(cat)\necho $CNI_COMMAND $CNI_CONTAINERID $CNI_IFNAME"
                        + " $CNI_ARGS >>\"$0.log\"\n"
                        + shell);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private List<String> log() throws IOException {
        Path log = folder.resolve("bin/one.log");
        return Files.exists(log)
                ? Files.readAllLines(log).stream().map(String::strip).toList()
                : List.of();
    }

    /** {@code kakehashi cni COMMAND} with the folders of this test behind it. */
    private int cni(String command, String... arguments) {
        List<String> line = new ArrayList<>(List.of("cni", command));
        line.addAll(
                List.of(
                        "--plugin-dir",
                        folder.resolve("bin").toString(),
                        "--conf-dir",
                        folder.resolve("conf").toString(),
                        "--cache-dir",
                        folder.resolve("cache").toString()));
        line.addAll(List.of(arguments));
        return captured(() -> Kakehashi.run(line.toArray(String[]::new)));
    }

    private int captured(IntSupplier work) {
        Captured run = Captured.of(work);
        out = run.out();
        err = run.err();
        return run.status();
    }

    private long remembered() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("cache/results"))) {
            return files.count();
        }
    }

    @Test
    void addCheckDel_attachment_runThePluginAndRemember() throws Exception {
        assertThat(cni("add", "net", "/run/netns/x", "--container-id", "c1", "-i", "net1"))
                .isZero();
        assertThat(out).contains("\"name\": \"net1\"").endsWith("}");
        assertThat(remembered()).isOne();
        assertThat(cni("check", "net", "/run/netns/x", "--container-id", "c1", "-i", "net1"))
                .isZero();
        assertThat(out).isEmpty();
        assertThat(cni("del", "net", "/run/netns/x", "--container-id", "c1", "-i", "net1"))
                .isZero();
        assertThat(remembered()).isZero();
        assertThat(log()).containsExactly("ADD c1 net1", "CHECK c1 net1", "DEL c1 net1");
    }

    @Test
    void add_table_showsInterfacesAddressesAndRoutes() {
        assertThat(cni("add", "net", "/run/netns/x", "-o", "table")).isZero();
        assertThat(out.lines()).contains("10.0.0.2/24   10.0.0.1   eth0", "0.0.0.0/0   10.0.0.1");
    }

    @Test
    void add_args_reachThePlugin() throws Exception {
        assertThat(cni("add", "net", "/x", "--container-id", "c1", "--args", "A=1;B=2")).isZero();
        assertThat(log()).containsExactly("ADD c1 eth0 A=1;B=2");
        assertThat(cni("add", "net", "/x", "--args", "A")).isOne();
        assertThat(err).contains("invalid CNI_ARGS pair \"A\"");
    }

    @Test
    void add_unknownNetwork_isOneLine() {
        assertThat(cni("add", "other", "/run/netns/x")).isOne();
        assertThat(err.strip())
                .isEqualTo(
                        "kakehashi: no net configuration with name \"other\" in "
                                + folder.resolve("conf"));
    }

    @Test
    void add_pluginThatHangs_isKilledInTime() throws Exception {
        plugin("one", "echo $$ >\"$0.pid\"\nsleep 100\n");
        long start = System.nanoTime();
        assertThat(cni("add", "net", "/run/netns/x", "--timeout", "1")).isOne();
        assertThat(System.nanoTime() - start).isLessThan(30_000_000_000L);
        assertThat(err).contains("did not finish within 1000 ms and was killed");
        long pid = Long.parseLong(Files.readString(folder.resolve("bin/one.pid")).strip());
        assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)).isFalse();
    }

    @Test
    void list_attachments_inEveryForm() {
        cni("add", "net", "/run/netns/gone", "--container-id", "c1");
        cni("add", "net", folder.toString(), "--container-id", "c2");
        assertThat(cni("list")).isZero();
        assertThat(out.lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "NETWORK CONTAINER INTERFACE ADDRESSES",
                        "net c1 eth0 10.0.0.2/24",
                        "net c2 eth0 10.0.0.2/24");
        assertThat(cni("list", "-o", "wide", "--container-id", "c1")).isZero();
        assertThat(out.lines().skip(1).map(line -> line.replaceAll(" +", " ")))
                .containsExactly("net c1 eth0 10.0.0.2/24 /run/netns/gone no");
        assertThat(cni("list", "-o", "json", "--network", "net")).isZero();
        assertThat(out)
                .contains("\"netnsExists\": false", "\"netnsExists\": true", "\"result\": {");
        assertThat(cni("list", "-o", "yaml", "--network", "other")).isZero();
        assertThat(out).isEqualTo("attachments: []\n");
    }

    @Test
    void gc_valid_spared() throws Exception {
        cni("add", "net", "/run/netns/x", "--container-id", "c1");
        cni("add", "net", "/run/netns/y", "--container-id", "c2");
        cni("add", "net", "/run/netns/z");
        assertThat(cni("gc", "net", "--valid", "c2", "--valid", "/run/netns/z:eth0")).isZero();
        assertThat(log()).filteredOn(line -> line.startsWith("DEL")).containsExactly("DEL c1 eth0");
        assertThat(Files.readString(folder.resolve("bin/one.gc")))
                .contains(
                        "\"cni.dev/valid-attachments\":[{\"containerID\":\"c2\",\"ifname\":\"eth0\"}");
        assertThat(remembered()).isEqualTo(2);
    }

    @Test
    void gc_existing_sparesWhoseNamespaceIsThere() throws Exception {
        cni("add", "net", folder.resolve("gone").toString(), "--container-id", "c1");
        cni("add", "net", folder.toString(), "--container-id", "c2");
        assertThat(cni("gc", "net", "--existing")).isZero();
        assertThat(log()).filteredOn(line -> line.startsWith("DEL")).containsExactly("DEL c1 eth0");
    }

    @Test
    void gc_existing_withSomethingUnreadable_isRefused() throws Exception {
        cni("add", "net", folder.resolve("gone").toString(), "--container-id", "c1");
        cni("add", "net", folder.toString(), "--container-id", "c2");
        Path file = folder.resolve("cache/results/net-c2-eth0");
        Files.writeString(file, "{");
        assertThat(cni("gc", "net", "--existing")).isOne();
        assertThat(err).contains(file + "").contains("--valid");
        assertThat(log()).noneMatch(line -> line.startsWith("DEL") || line.startsWith("GC"));
        assertThat(cni("gc", "net", "--valid", "c2")).isZero();
    }

    @Test
    void gc_nothingSaid_isRefusedAndAllIsKept() throws Exception {
        cni("add", "net", "/run/netns/x", "--container-id", "c1");
        assertThat(cni("gc", "net")).isEqualTo(2);
        assertThat(cni("gc", "net", "--all", "--existing")).isEqualTo(2);
        assertThat(remembered()).isOne();
        assertThat(cni("gc", "net", "--all")).isZero();
        assertThat(remembered()).isZero();
    }

    @Test
    void status_notReady_showsThePluginsWords() throws Exception {
        assertThat(cni("status", "net")).isZero();
        plugin("one", "echo '{\"code\": 50, \"msg\": \"no addresses left\"}'\nexit 1\n");
        assertThat(cni("status", "net")).isOne();
        assertThat(err).contains("no addresses left");
    }

    @Test
    void validate_plugins_areAskedForTheirVersions() throws Exception {
        assertThat(cni("validate", "net")).isZero();
        assertThat(out).contains("1.0.0,1.1.0").contains("mac");
        Path file = folder.resolve("old.conflist");
        Files.writeString(
                file,
                "{\"cniVersion\": \"0.4.0\", \"name\": \"old\", \"plugins\": [{\"type\": \"one\"},"
                        + " {\"type\": \"two\"}]}");
        assertThat(cni("validate", file.toString(), "-o", "json")).isOne();
        assertThat(out)
                .contains("does not speak version 0.4.0")
                .contains("failed to find plugin \\\"two\\\" in path");
    }
}
