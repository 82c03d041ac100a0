package dev.kakehashi.linux.unix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.SysStat;
import dev.kakehashi.testing.FdLeakExtension;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

@ExtendWith(FdLeakExtension.class)
class UnixConnectionTest {
    @TempDir Path directory;

    @Test
    void send_withDescriptors_theReceiverHasTheSameFiles() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "content");
        try (UnixListener listener = UnixListener.listen(directory.resolve("s"), 4);
                UnixConnection client = UnixConnection.connect(directory.resolve("s"));
                UnixConnection server = listener.accept().orElseThrow();
                Fd one = Fcntl.open(file, Fcntl.O_RDONLY, 0);
                Fd two = Fcntl.open(directory, Fcntl.O_RDONLY, 0)) {
            byte[] text = "hello".getBytes(StandardCharsets.UTF_8);
            client.send(text, 0, text.length, List.of(one, two));
            byte[] buffer = new byte[100];
            UnixConnection.Received received = server.receive(buffer, 10, 90, 3);
            assertThat(new String(buffer, 10, received.length(), StandardCharsets.UTF_8))
                    .isEqualTo("hello");
            assertThat(received.descriptors()).hasSize(2);
            try (Fd first = received.descriptors().get(0);
                    Fd second = received.descriptors().get(1)) {
                assertThat(first.number()).isNotEqualTo(one.number());
                assertThat(SysStat.fstat(first)).isEqualTo(SysStat.fstat(one));
                assertThat(SysStat.fstat(second)).isEqualTo(SysStat.fstat(two));
            }
        }
    }

    @Test
    void receive_moreDescriptorsThanAllowed_isAnErrorAndLeaksNone() throws Exception {
        try (UnixListener listener = UnixListener.listen(directory.resolve("s"), 4);
                UnixConnection client = UnixConnection.connect(directory.resolve("s"));
                UnixConnection server = listener.accept().orElseThrow();
                Fd fd = Fcntl.open(directory, Fcntl.O_RDONLY, 0)) {
            client.send(new byte[] {1}, 0, 1, List.of(fd, fd, fd, fd, fd));
            assertThatThrownBy(() -> server.receive(new byte[1], 0, 1, 2))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("more than 2 descriptors");
        }
    }

    @Test
    void peer_isThisProcess() throws Exception {
        try (UnixListener listener = UnixListener.listen(directory.resolve("s"), 4);
                UnixConnection client = UnixConnection.connect(directory.resolve("s"));
                UnixConnection server = listener.accept().orElseThrow()) {
            assertThat(server.peer().pid()).isEqualTo((int) ProcessHandle.current().pid());
            client.shutdown();
            assertThat(server.receive(new byte[1], 0, 1, 0).atEnd()).isTrue();
            assertThatThrownBy(() -> server.send(new byte[1], 0, 1, List.of()))
                    .isInstanceOfSatisfying(
                            LinuxException.class, e -> assertThat(e.is(Errno.EPIPE)).isTrue());
        }
    }

    @Test
    void receive_silentPeer_failsAfterTheTimeout() throws Exception {
        try (UnixListener listener = UnixListener.listen(directory.resolve("s"), 4);
                UnixConnection client = UnixConnection.connect(directory.resolve("s"));
                UnixConnection server = listener.accept().orElseThrow()) {
            server.timeout(Duration.ofMillis(20));
            assertThatThrownBy(() -> server.receive(new byte[1], 0, 1, 0))
                    .isInstanceOfSatisfying(
                            LinuxException.class, e -> assertThat(e.is(Errno.EAGAIN)).isTrue());
            assertThat(client.peer().uid()).isEqualTo(server.peer().uid());
        }
    }

    @Test
    void listen_ownerOnly_replacesOldSocketsButNothingElse() throws Exception {
        Path path = directory.resolve("s");
        UnixListener first = UnixListener.listen(path, 1);
        try (UnixListener second = UnixListener.listen(path, 1)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
            assertThat(second.path()).isEqualTo(path);
        }
        first.close();
        assertThat(path).doesNotExist();
        Files.writeString(path, "data");
        assertThatThrownBy(() -> UnixListener.listen(path, 1)).hasMessageContaining("not a socket");
        assertThat(path).hasContent("data");
        assertThatThrownBy(() -> UnixListener.listen(directory.resolve("x".repeat(120)), 1))
                .hasMessageContaining("107 bytes");
    }

    @Test
    void close_wakesTheThreadInAccept() throws Exception {
        UnixListener listener = UnixListener.listen(directory.resolve("s"), 1);
        CountDownLatch started = new CountDownLatch(1);
        CompletableFuture<Optional<UnixConnection>> accepted = new CompletableFuture<>();
        Thread.ofPlatform()
                .start(() -> {
                    started.countDown();
                    try {
                        accepted.complete(listener.accept());
                    } catch (LinuxException e) {
                        accepted.completeExceptionally(e);
                    }
                });
        started.await();
        listener.close();
        assertThat(accepted.get(5, TimeUnit.SECONDS)).isEmpty();
    }
}
