package dev.kakehashi.linux.netns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;

@KernelTest
class NetnsTest {
    @Test
    void call_runsInsideAndLeavesTheCallerOutside(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        NetnsId inside =
                netns.<NetnsId, IOException>call(() -> {
                    try (Netns here = Netns.current()) {
                        return here.id();
                    }
                });
        assertThat(inside).isEqualTo(netns.id());
        try (Netns own = Netns.current()) {
            assertThat(own.id()).isNotEqualTo(inside);
        }
    }

    @Test
    void call_nestedOnAnOwnedThread_returnsStepByStep(TestNamespaces namespaces) throws Exception {
        Netns a = namespaces.create();
        Netns b = namespaces.create();
        AtomicReference<Thread> outer = new AtomicReference<>();
        a.<IOException>run(() -> {
            outer.set(Thread.currentThread());
            b.<IOException>run(() -> {
                assertThat(Thread.currentThread()).isSameAs(outer.get());
                assertThat(currentId()).isEqualTo(b.id());
            });
            assertThat(currentId()).isEqualTo(a.id());
        });
    }

    @Test
    void call_fromVirtualThreads_neverChangesTheirs(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        NetnsId own = currentId();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var futures = new ArrayList<Future<NetnsId>>();
            for (int i = 0; i < 200; i++) {
                futures.add(
                        executor.submit(() -> {
                            NetnsId inside = netns.<NetnsId, IOException>call(NetnsTest::currentId);
                            assertThat(inside).isEqualTo(netns.id());
                            return currentId();
                        }));
            }
            for (var future : futures) {
                assertThat(future.get()).isEqualTo(own);
            }
        }
    }

    @Test
    void call_throwsWhatTheTaskThrows(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        assertThatThrownBy(() ->
                        netns.<IOException>run(() -> {
                            throw new IOException("from inside");
                        }))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("from inside");
    }

    @Test
    void pin_keepsTheNamespaceUntilUnpin(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("names/blue");
        NetnsId id;
        try (Netns netns = Netns.create()) {
            id = netns.id();
            netns.pin(path);
        }
        try (Netns again = Netns.open(path)) {
            assertThat(again.id()).isEqualTo(id);
        }
        assertThat(Netns.id(path)).isEqualTo(id);
        Netns.unpin(path);
        assertThat(path).doesNotExist();
    }

    @Test
    void pin_existingFile_isRefusedAndLeftAlone(@TempDir Path directory, TestNamespaces namespaces)
            throws Exception {
        Path path = Files.writeString(directory.resolve("taken"), "mine");
        Netns netns = namespaces.create();
        assertThatThrownBy(() -> netns.pin(path))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.is(Errno.EEXIST)).isTrue());
        assertThat(path).hasContent("mine");
    }

    @Test
    void open_notANamespace_saysSo(@TempDir Path directory) throws Exception {
        Path path = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> Netns.open(path))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("is not a network namespace");
        assertThatThrownBy(() -> Netns.open(Path.of("/proc/self/ns/mnt")))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("is not a network namespace");
        assertThatThrownBy(() -> Netns.open(directory.resolve("missing")))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("ENOENT");
    }

    private static NetnsId currentId() throws LinuxException {
        try (Netns here = Netns.current()) {
            return here.id();
        }
    }
}
