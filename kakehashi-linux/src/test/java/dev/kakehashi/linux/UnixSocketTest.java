package dev.kakehashi.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.testing.FdLeakExtension;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

@ExtendWith(FdLeakExtension.class)
class UnixSocketTest {
    @TempDir Path folder;
    private UnixSocket listening;
    private UnixSocket client;
    private UnixSocket server;

    @BeforeEach
    void connect() throws LinuxException {
        Path path = folder.resolve("s");
        listening = UnixSocket.listen(path, 4);
        client = UnixSocket.connect(path);
        server = listening.accept();
    }

    @AfterEach
    void close() {
        server.close();
        client.close();
        listening.close();
    }

    @Test
    void listen_anyUmask_onlyTheOwnerMayConnect() throws Exception {
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("s"))))
                .isEqualTo("rw-------");
    }

    @Test
    void listen_pathInUse_isRefused() {
        assertThatThrownBy(() -> UnixSocket.listen(folder.resolve("s"), 1))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.is(Errno.EADDRINUSE)).isTrue());
    }

    @Test
    void connect_pathTooLong_saysSo() {
        assertThatThrownBy(() -> UnixSocket.connect(folder.resolve("x".repeat(120))))
                .hasMessageContaining("more than 107 bytes");
    }

    @Test
    void peer_isThisProcess() throws Exception {
        assertThat(server.peer().pid()).isEqualTo((int) ProcessHandle.current().pid());
    }

    @Test
    void receive_descriptor_isTheSameFile() throws Exception {
        Path file = Files.writeString(folder.resolve("f"), "through the socket");
        List<Fd> received = new ArrayList<>();
        byte[] bytes = new byte[8];
        try (Fd sent = Fcntl.open(file, Fcntl.O_RDONLY, 0)) {
            client.send(new byte[] {1, 2, 3}, List.of(sent, sent));
            assertThat(server.receive(bytes, 2, 6, received)).isEqualTo(3);
            assertThat(bytes).containsExactly(0, 0, 1, 2, 3, 0, 0, 0);
            assertThat(received).hasSize(2);
            assertThat(SysStat.fstat(received.get(1))).isEqualTo(SysStat.fstat(sent));
            assertThat(Files.readString(Path.of("/proc/self/fd/" + received.get(0).number())))
                    .isEqualTo("through the socket");
        } finally {
            received.forEach(Fd::close);
        }
    }

    @Test
    void send_moreThanTheBuffers_arrivesWhole() throws Exception {
        byte[] sent = new byte[3_000_000];
        new Random(7).nextBytes(sent);
        CompletableFuture<Void> sending =
                CompletableFuture.runAsync(() -> {
                    try {
                        client.send(sent, List.of());
                    } catch (LinuxException e) {
                        throw new AssertionError(e);
                    }
                });
        byte[] received = new byte[sent.length];
        int at = 0;
        while (at < received.length) {
            at += server.receive(received, at, received.length - at, new ArrayList<>());
        }
        sending.join();
        assertThat(received).isEqualTo(sent);
    }

    @Test
    void receive_closedByTheOther_isZero() throws Exception {
        client.send("end".getBytes(StandardCharsets.UTF_8), List.of());
        client.close();
        byte[] bytes = new byte[16];
        assertThat(server.receive(bytes, 0, 16, new ArrayList<>())).isEqualTo(3);
        assertThat(server.receive(bytes, 0, 16, new ArrayList<>())).isZero();
        assertThatThrownBy(() -> server.send(new byte[1], List.of()))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.is(Errno.EPIPE)).isTrue());
    }

    @Test
    void receive_nothingComes_failsAfterTheTimeout() throws Exception {
        server.timeout(Duration.ofMillis(20));
        assertThatThrownBy(() -> server.receive(new byte[1], 0, 1, new ArrayList<>()))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.is(Errno.EAGAIN)).isTrue());
    }

    @Test
    void shutdown_wakesTheOneWhoAccepts() throws Exception {
        CompletableFuture<Throwable> accepting =
                CompletableFuture.supplyAsync(() -> {
                    try (UnixSocket unexpected = listening.accept()) {
                        return new AssertionError(unexpected.toString());
                    } catch (LinuxException e) {
                        return e;
                    }
                });
        Thread.sleep(20);
        listening.shutdown();
        assertThat(accepting.get())
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.is(Errno.EINVAL)).isTrue());
    }
}
