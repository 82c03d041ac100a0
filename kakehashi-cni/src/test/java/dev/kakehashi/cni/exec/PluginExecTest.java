package dev.kakehashi.cni.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kakehashi.cni.CniException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

@Timeout(60)
class PluginExecTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("CNI_COMMAND", "ADD", "PATH", "/usr/bin:/bin", "FOO", "a b=c");

    @TempDir private Path folder;
    private FakePlugins plugins;
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    @BeforeEach
    void install() throws IOException {
        plugins = FakePlugins.in(folder).install("fake");
    }

    private byte[] invoke(PluginExec exec, byte[] stdin) throws CniException {
        return PluginInvoker.of(exec, new PrintStream(log, true, UTF_8))
                .invoke(plugins.binary("fake"), ENVIRONMENT, stdin);
    }

    private String invoke() throws CniException {
        return new String(invoke(ProcessPluginExec.create(), "{}".getBytes(UTF_8)), UTF_8);
    }

    @Test
    void run_plugin_getsStdinAndExactlyTheEnvironment() throws Exception {
        plugins.on("fake", "ADD", "echo out; echo err >&2");

        assertThat(invoke(ProcessPluginExec.create(), "some stdin".getBytes(UTF_8)))
                .asString()
                .isEqualTo("out\n");

        assertThat(plugins.rawStdin("fake", "ADD")).asString().isEqualTo("some stdin");
        assertThat(plugins.environment("fake", "ADD"))
                .containsEntry("FOO", "a b=c")
                .containsEntry("CNI_COMMAND", "ADD")
                .doesNotContainKey("HOME");
        assertThat(log.toString(UTF_8)).isEqualTo("err\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 65536, 65537, 3_000_000})
    void run_inputAndOutputOfAnySize_passesWhole(int size) throws Exception {
        plugins.on("fake", "ADD", "cat \"$n.stdin\" \"$n.stdin\"; cat \"$n.stdin\" >&2");
        byte[] stdin = "x".repeat(size).getBytes(UTF_8);

        assertThat(invoke(ProcessPluginExec.create(), stdin)).hasSize(2 * size);
        assertThat(log.size()).isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 3_000_000})
    void run_pluginThatDoesNotReadItsInput_isNoFailure(int size) throws Exception {
        Files.writeString(Path.of(plugins.binary("fake")), "#!/bin/sh\nexec echo ok\n");

        assertThat(invoke(ProcessPluginExec.create(), new byte[size])).asString().isEqualTo("ok\n");
    }

    @Test
    void run_errorObjectOnStdout_isThrownAsItIs() throws Exception {
        plugins.on(
                "fake",
                "ADD",
                "echo '{\"code\": 111, \"msg\": \"broke\", \"details\": \"d\"}'; echo why >&2; exit 1");

        CniException e = catchThrowableOfType(CniException.class, this::invoke);

        assertThat(e.code()).isEqualTo(111);
        assertThat(e).hasMessage("broke; d");
        assertThat(log.toString(UTF_8)).isEqualTo("why\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exit 3 | netplugin failed with no error message: exit status 3",
                "printf 'a \"b\"\\n\\001' >&2; exit 1 | netplugin failed: \"a \\\"b\\\"\\n\\x01\": exit status 1",
                "echo '{}'; exit 1 | ''"
            })
    void run_failureWithoutErrorObject_tellsWhatThereIs(String shell, String message)
            throws Exception {
        plugins.on("fake", "ADD", shell);

        assertThatThrownBy(this::invoke).isInstanceOf(CniException.class).hasMessage(message);
    }

    @Test
    void run_unreadableErrorObject_isQuoted() throws Exception {
        plugins.on("fake", "ADD", "echo 'not json'; exit 1");

        assertThatThrownBy(this::invoke)
                .hasMessageStartingWith(
                        "netplugin failed but error parsing its diagnostic message \"not json\\n\": ");
    }

    @Test
    void run_fileThatCannotBeExecuted_isError5() throws Exception {
        Files.setPosixFilePermissions(
                Path.of(plugins.binary("fake")), PosixFilePermissions.fromString("rw-r--r--"));

        CniException e = catchThrowableOfType(CniException.class, this::invoke);

        assertThat(e.code()).isEqualTo(5);
        assertThat(e.msg())
                .startsWith("failed to execute plugin " + plugins.binary("fake") + ": ")
                .contains("Permission denied");
    }

    @Test
    void run_variableThatCannotBePassed_isError4() {
        PluginExec exec = ProcessPluginExec.create();

        CniException e =
                catchThrowableOfType(
                        CniException.class,
                        () -> exec.run(plugins.binary("fake"), Map.of("A", "\0"), new byte[0]));

        assertThat(e.code()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sleep 60", "exec sleep 60", "sleep 60 & sleep 60"})
    void run_timeOver_killsThePluginWithItsChildren(String shell) throws Exception {
        plugins.on("fake", "ADD", shell);
        long start = System.nanoTime();

        CniException e =
                catchThrowableOfType(
                        CniException.class,
                        () ->
                                invoke(
                                        ProcessPluginExec.withTimeout(Duration.ofMillis(300)),
                                        new byte[0]));

        assertThat(e.code()).isEqualTo(CniException.TRY_AGAIN_LATER);
        assertThat(e.msg()).contains("did not finish within 300 ms and was killed");
        assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(20).toNanos());
        assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                .as("nothing of it is left")
                .noneMatch(p -> p.info().command().orElse("").endsWith("sleep"));
    }

    @Test
    void run_deadlineShared_secondRunHasNoTimeLeft() throws Exception {
        PluginExec exec = ProcessPluginExec.within(Duration.ofSeconds(3));
        byte[] stdin = new byte[0];

        plugins.on("fake", "ADD", "sleep 0.3");
        assertThat(invoke(exec, stdin)).isEmpty();
        plugins.on("fake", "ADD", "sleep 60");
        assertThatThrownBy(() -> invoke(exec, stdin)).hasMessageContaining("killed");
    }

    @Test
    void run_callerInterrupted_killsThePlugin() throws Exception {
        plugins.on("fake", "ADD", "sleep 60");
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                invoke();
                            } catch (CniException e) {
                                thrown.set(e);
                            }
                        });
        while (plugins.calls().isEmpty()) {
            Thread.sleep(10);
        }

        caller.interrupt();
        caller.join();

        assertThat(thrown.get()).hasMessageContaining("interrupted");
    }

    @Test
    void run_binaryOpenForWriting_isTriedAgain() throws Exception {
        Path binary = folder.resolve("busy");
        Files.copy(Path.of("/bin/true"), binary);
        Files.setPosixFilePermissions(binary, PosixFilePermissions.fromString("rwxr-xr-x"));
        OutputStream writer = Files.newOutputStream(binary, StandardOpenOption.APPEND);
        Thread.ofPlatform()
                .start(() -> {
                    try (writer) {
                        Thread.sleep(300);
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });

        ExecOutcome outcome =
                ProcessPluginExec.create().run(binary.toString(), ENVIRONMENT, new byte[0]);

        assertThat(outcome.exitStatus()).isZero();
    }

    @Test
    void find_firstRegularFile_wins() throws Exception {
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.createDirectory(other.resolve("fake"));
        Files.createSymbolicLink(other.resolve("link"), Path.of(plugins.binary("fake")));

        assertThat(PluginFinder.find("fake", List.of(other.toString(), plugins.path().getFirst())))
                .isEqualTo(plugins.binary("fake"));
        assertThat(PluginFinder.find("link", List.of(other.toString()))).endsWith("other/link");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | /a | no plugin name provided",
                "../bin/sh | /a | invalid plugin name: ../bin/sh",
                "/bin/sh | /a | invalid plugin name: /bin/sh",
                ".. | /a | invalid plugin name: ..",
                "fake | '' | no paths provided",
                "nope | /a:/b c | failed to find plugin \"nope\" in path [/a /b c]"
            })
    void find_nothing_saysWhy(String type, String path, String message) {
        List<String> folders = path.isEmpty() ? List.of() : List.of(path.split(":", -1));

        assertThatThrownBy(() -> PluginFinder.find(type, folders))
                .isInstanceOf(CniException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0.4.0 | {} | 0.4.0",
                "0.4.0 | null | 0.4.0",
                "0.4.0 | {\"cniVersion\":\"\"} | 0.4.0",
                "0.4.0 | {\"cniVersion\":null} | 0.4.0",
                "0.4.0 | {\"cniVersion\":7} | 0.4.0",
                "1.0.0 | {\"cniVersion\":\"0.3.1\"} | 1.0.0",
                "0.4.0 | {\"cniVersion\":\"1.1.0\"} | 0.4.0"
            })
    void readResult_version_becomesTheConfigs(String config, String stdout, String version)
            throws Exception {
        assertThat(PluginInvoker.readResult(config, stdout.getBytes(UTF_8)).string("cniVersion"))
                .contains(version);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | failed to unmarshal raw result: ",
                "adsfsdf | failed to unmarshal raw result: ",
                "[] | failed to unmarshal raw result: ",
                "{\"cniVersion\":\"9.9.9\"} | unsupported CNI result version \"9.9.9\"",
                "{\"ips\":1} | \"ips\" must be an array"
            })
    void readResult_noResult_isError6(String stdout, String message) {
        CniException e =
                catchThrowableOfType(
                        CniException.class,
                        () -> PluginInvoker.readResult("1.0.0", stdout.getBytes(UTF_8)));

        assertThat(e.code()).isEqualTo(6);
        assertThat(e.msg()).startsWith(message);
    }
}
