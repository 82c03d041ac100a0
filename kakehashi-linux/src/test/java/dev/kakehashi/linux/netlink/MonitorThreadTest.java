package dev.kakehashi.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Memory;
import dev.kakehashi.linux.SysEventfd;
import dev.kakehashi.linux.SysSocket;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What becomes of a monitor whose socket fails. */
class MonitorThreadTest {
    private static final int TCP = 6;

    /** Of its sockets the first fails when it is read, a second cannot be opened. */
    private static final class Failing implements MonitorThread.Work {
        final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
        final CountDownLatch ended = new CountDownLatch(1);
        private int opened;

        @Override
        public MonitorThread.Ear open() throws LinuxException {
            opened++;
            if (opened == 2) {
                throw new LinuxException(Errno.ENOBUFS.number(), "socket", "");
            }
            if (opened == 1) {
                // Not connected: ready at once, and recv(2) fails with ENOTCONN.
                return new Ear(
                        SysSocket.socket(SysSocket.AF_INET, SysSocket.SOCK_STREAM, TCP), told);
            }
            return new Ear(SysEventfd.create(), told);
        }

        @Override
        public void begun() {
            told.add("begun");
        }

        @Override
        public void failed(LinuxException failure) {
            told.add("failed: " + failure.operation());
        }

        @Override
        public void ended() {
            ended.countDown();
        }
    }

    private record Ear(Fd fd, LinkedBlockingQueue<String> told) implements MonitorThread.Ear {
        @Override
        public void receive() throws LinuxException {
            try (Memory memory = Memory.open()) {
                int _ =
                        SysSocket.recvfrom(
                                fd, memory.struct(1), 0, memory.struct(16), memory.struct(4));
            }
        }

        @Override
        public void close() {
            fd.close();
            told.add("closed");
        }
    }

    @Test
    void socketThatFails_isToldOnce_andAnotherOneHears() throws Exception {
        Failing work = new Failing();
        MonitorThread thread = MonitorThread.start(work, "failing");
        try (thread) {
            // That no other one can be opened the first time is not told again.
            assertThat(told(work, 4))
                    .containsExactly("begun", "closed", "failed: recvfrom", "begun");
        }
        assertThat(work.ended.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(work.told).containsExactly("closed");
        thread.close(); // does nothing
    }

    private static String[] told(Failing work, int count) throws InterruptedException {
        String[] told = new String[count];
        for (int i = 0; i < count; i++) {
            told[i] = work.told.poll(10, TimeUnit.SECONDS);
        }
        return told;
    }
}
