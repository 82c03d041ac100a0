package dev.kakehashi.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.plugin.PluginCall;
import dev.kakehashi.cni.plugin.PluginDispatcher;
import dev.kakehashi.cni.plugin.ProcessDelegator;
import dev.kakehashi.cni.runtime.CniArg;
import dev.kakehashi.cni.runtime.CniRuntime;
import dev.kakehashi.cni.runtime.RuntimeConf;
import dev.kakehashi.cni.runtime.RuntimeSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

class HostsFilePluginTest {
    private static final String PREVIOUS =
            "\"prevResult\":{\"cniVersion\":\"1.1.0\",\"ips\":[{\"address\":\"10.1.2.3/24\"},"
                    + "{\"address\":\"fd00::3/64\"}]}";

    @TempDir private Path folder;

    private Path hosts() {
        return folder.resolve("hosts");
    }

    private String call(String command, String id, String args, String more) {
        String config =
                "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"hostsfile\",\"file\":\""
                        + hosts()
                        + "\",\"domain\":\"pods\",\"cni.dev/valid-attachments\":[{\"containerID\":\"b\",\"ifname\":\"eth0\"}],"
                        + more
                        + "}";
        return call(command, id, args, config.getBytes(UTF_8));
    }

    private static String call(String command, String id, String args, byte[] config) {
        Map<String, String> environment =
                Map.of(
                        "CNI_COMMAND",
                        command,
                        "CNI_CONTAINERID",
                        id,
                        "CNI_NETNS",
                        "/run/netns/x",
                        "CNI_IFNAME",
                        "eth0",
                        "CNI_ARGS",
                        args,
                        "CNI_PATH",
                        "/opt/cni/bin");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PluginDispatcher dispatcher =
                PluginDispatcher.of(netns -> false, ProcessDelegator.create());
        int status =
                dispatcher.dispatch(
                        new HostsFilePlugin(),
                        new PluginCall(
                                environment, new ByteArrayInputStream(config), out, System.err));
        return status + " " + out.toString(UTF_8);
    }

    @Test
    void add_writesALineForEachAddressAndPassesTheResultOn() {
        assertThat(call("ADD", "a", "", PREVIOUS)).startsWith("0 ").contains("fd00::3/64");

        assertThat(hosts())
                .hasContent("10.1.2.3 a.pods # cni net a eth0\nfd00::3 a.pods # cni net a eth0");
    }

    @Test
    void add_podNameTold_isTheName() {
        call("ADD", "a", "IgnoreUnknown=1;K8S_POD_NAME=web-1", PREVIOUS);

        assertThat(hosts()).content().startsWith("10.1.2.3 web-1.pods #");
    }

    @Test
    void del_removesItsOwnLinesOnlyAndCanBeRepeated() throws IOException {
        Files.writeString(hosts(), "127.0.0.1 localhost # mine\n");
        call("ADD", "a", "", PREVIOUS);
        call("ADD", "b", "", PREVIOUS);

        assertThat(call("DEL", "a", "", PREVIOUS)).isEqualTo("0 ");
        assertThat(call("DEL", "a", "", PREVIOUS)).isEqualTo("0 ");

        assertThat(hosts())
                .hasContent(
                        "127.0.0.1 localhost # mine\n10.1.2.3 b.pods # cni net b eth0\n"
                                + "fd00::3 b.pods # cni net b eth0");
    }

    @Test
    void check_lineLost_namesIt() throws IOException {
        call("ADD", "a", "", PREVIOUS);
        assertThat(call("CHECK", "a", "", PREVIOUS)).isEqualTo("0 ");

        Files.writeString(hosts(), "");
        assertThat(call("CHECK", "a", "", PREVIOUS))
                .startsWith("1 ")
                .contains("\"code\": 100")
                .contains("10.1.2.3 a.pods");
    }

    @Test
    void gc_removesWhatIsNotValidOfItsNetworkOnly() throws IOException {
        Files.writeString(hosts(), "10.9.9.9 x # cni net2 a eth0\n");
        call("ADD", "a", "", PREVIOUS);
        call("ADD", "b", "", PREVIOUS);

        assertThat(call("GC", "", "", PREVIOUS)).isEqualTo("0 ");

        assertThat(Files.readAllLines(hosts()))
                .containsExactly(
                        "10.9.9.9 x # cni net2 a eth0",
                        "10.1.2.3 b.pods # cni net b eth0",
                        "fd00::3 b.pods # cni net b eth0");
    }

    @ParameterizedTest
    @CsvSource({"true,0", "false,1"})
    void status_folderThere_isReady(boolean there, int status) throws IOException {
        if (!there) {
            Files.delete(folder);
        }

        String answer = call("STATUS", "", "", PREVIOUS);

        assertThat(answer).startsWith(status + " ");
        assertThat(answer.contains("\"code\": 50")).isEqualTo(!there);
        Files.createDirectories(folder);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"file\":\"relative\"," + "%s}",
                "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"file\":7,%s}",
                "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",%s}"
            })
    void add_fileNotGiven_isError6(String config) {
        assertThat(call("ADD", "a", "", config.formatted(PREVIOUS).getBytes(UTF_8)))
                .startsWith("1 ")
                .contains("\"code\": 6");
    }

    @Test
    void add_manyAtOnce_losesNone() throws Exception {
        List<Thread> threads = IntStream.range(0, 4).mapToObj(i -> process(i)).toList();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(Files.readAllLines(hosts())).hasSize(4);
    }

    /**
     * A call as a process of its own: file locks hold between processes, not between threads of
     * one.
     */
    private Thread process(int number) {
        return Thread.ofPlatform()
                .start(() -> {
                    try {
                        runtime().add(network(), RuntimeConf.of("c" + number, "/x", "eth0"));
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private NetworkConfigList network() throws Exception {
        return NetworkConfigList.parse(
                ("{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"plugins\":[{\"type\":\"address\"},"
                                + "{\"type\":\"hostsfile\",\"file\":\""
                                + hosts()
                                + "\"}]}")
                        .getBytes(UTF_8));
    }

    /**
     * A runtime with two plugins: a script that answers an address, and ours as a JVM of its own.
     */
    private CniRuntime runtime() throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        script(
                bin.resolve("address"),
                """
                case $CNI_COMMAND in
                ADD) echo '{"cniVersion":"1.0.0","ips":[{"address":"10.1.2.9/24"}]}' ;;
                VERSION) echo '{"cniVersion":"1.0.0","supportedVersions":["1.0.0"]}' ;;
                esac
                """);
        script(
                bin.resolve("hostsfile"),
                "exec '"
                        + Path.of(System.getProperty("java.home"), "bin", "java")
                        + "' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '"
                        + System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path"))
                        + "' "
                        + HostsFilePlugin.class.getName());
        return CniRuntime.with(
                RuntimeSettings.of(List.of(bin.toString())).cacheFolder(folder.resolve("cache")));
    }

    private static synchronized void script(Path file, String command) throws IOException {
        if (!Files.exists(file)) {
            Path temporary = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(temporary, "#!/bin/sh\n" + command + "\n");
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(temporary, file);
        }
    }

    @Test
    void asAProcess_inAChain_addsChecksAndDeletes() throws Exception {
        RuntimeConf conf =
                RuntimeConf.of("web", "/x", "eth0").withArgs(List.of(new CniArg("K", "V")));

        assertThat(runtime().validate(network())).isEmpty();
        assertThat(runtime().add(network(), conf).decode().ips()).hasSize(1);
        assertThat(hosts()).hasContent("10.1.2.9 web # cni net web eth0");

        runtime().check(network(), conf);
        Files.writeString(hosts(), "");
        assertThatThrownBy(() -> runtime().check(network(), conf))
                .hasMessageContaining("10.1.2.9 web");

        runtime().del(network(), conf);
        assertThat(hosts()).hasContent("");
    }
}
