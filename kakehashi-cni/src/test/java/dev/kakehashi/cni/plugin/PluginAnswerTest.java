package dev.kakehashi.cni.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;

/** What the dispatcher answers for a plugin: results, errors, and calls that it refuses. */
class PluginAnswerTest extends DispatcherBed {
    @ParameterizedTest
    @CsvSource({"ADD,1", "DEL,1", "CHECK,0", "GC,0", "STATUS,0"})
    void dispatch_namespaceIsOwn_isRefusedBeforeThePluginRuns(String command, int refused)
            throws Exception {
        netns = path -> path.equals("/some/netns/path");

        assertThat(dispatch(command)).isEqualTo(refused);

        assertThat(plugin.requests).hasSize(1 - refused);
        if (refused == 1) {
            assertError(8, "plugin's netns and netns from CNI_NETNS should not be the same", "");
        }
    }

    @ParameterizedTest
    @CsvSource({"1,0", "true,0", "TRUE,0", "True,0", "0,1", "yes,1", "'',1"})
    void dispatch_namespaceOverride_isRead(String override, int status) {
        netns = path -> true;
        environment.put("CNI_NETNS_OVERRIDE", override);

        assertThat(dispatch("ADD")).isEqualTo(status);
    }

    @Test
    void dispatch_pluginFailsWithCode_printsItAsTheReferenceDoesWithTheVersion() {
        stdin = "{\"name\": \"n\", \"cniVersion\": \"0.4.0\"}";
        plugin.body =
                request -> {
                    throw new CniException(1234, "insufficient everything", "too much <x>");
                };

        assertThat(dispatch("ADD")).isEqualTo(1);

        assertThat(stdout)
                .isEqualTo(
                        """
                        {
                            "cniVersion": "0.4.0",
                            "code": 1234,
                            "msg": "insufficient everything",
                            "details": "too much \\u003cx\\u003e"
                        }\
                        """);
    }

    @Test
    void dispatch_pluginThrowsAnythingElse_isError999WithTheStackOnStderr() throws Exception {
        plugin.body =
                request -> {
                    throw new IllegalStateException("potato");
                };

        assertThat(dispatch("ADD")).isEqualTo(1);

        assertError(999, "potato", "");
        assertThat(stderr).contains("IllegalStateException").contains("PluginAnswerTest");
    }

    @Test
    void dispatch_addResult_isPrintedInTheConfigsVersionWithoutNewline() throws Exception {
        stdin = "{\"name\": \"n\", \"cniVersion\": \"0.3.1\"}";
        plugin.body =
                request ->
                        CniResult.EMPTY.withIps(
                                List.of(
                                        CniIp.of(Cidr.parse("10.1.2.3/24").orElseThrow())
                                                .withInterface(0)));

        assertThat(dispatch("ADD")).isZero();

        assertThat(stdout)
                .isEqualTo(
                        """
                        {
                            "cniVersion": "0.3.1",
                            "ips": [
                                {
                                    "version": "4",
                                    "interface": 0,
                                    "address": "10.1.2.3/24"
                                }
                            ],
                            "dns": {}
                        }\
                        """);
    }

    @Test
    void dispatch_stdoutClosed_exitsWithFailureAndSaysSoOnStderr() {
        environment.put("CNI_COMMAND", "ADD");
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        OutputStream closed =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                };

        int status =
                PluginDispatcher.of(netns, ProcessDelegator.create())
                        .dispatch(
                                plugin,
                                new PluginCall(
                                        environment,
                                        new ByteArrayInputStream(stdin.getBytes(UTF_8)),
                                        closed,
                                        new PrintStream(err, true, UTF_8)));

        assertThat(status).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("Broken pipe");
    }

    @Test
    void ofCurrentThread_recognisesTheOwnNamespaceOnly() {
        NetnsComparison comparison = NetnsComparison.ofCurrentThread();

        assertThat(comparison.isOwn("/proc/self/ns/net")).isTrue();
        assertThat(comparison.isOwn("/proc/self/ns/mnt")).isFalse();
        assertThat(comparison.isOwn("/does/not/exist")).isFalse();
        assertThat(comparison.isOwn("")).isFalse();
        assertThat(comparison.isOwn("\0")).isFalse();
    }
}
