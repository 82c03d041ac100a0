package dev.kakehashi.linux.rtnetlink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netlink.NetlinkListener;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkMonitor;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

@KernelTest
class RtnetlinkMonitorTest {
    /** Collects what it hears. */
    private static class Ear implements NetlinkListener {
        final AtomicInteger resynchronizations = new AtomicInteger();
        final LinkedBlockingQueue<String> names = new LinkedBlockingQueue<>();
        final LinkedBlockingQueue<IOException> failures = new LinkedBlockingQueue<>();

        @Override
        public void resynchronize() throws IOException {
            resynchronizations.incrementAndGet();
        }

        @Override
        public void notified(NetlinkMessage message) throws IOException {
            Links.decode(message).ifPresent(link -> names.add(link.name()));
        }

        @Override
        public void failed(IOException failure) {
            failures.add(failure);
        }
    }

    @Test
    void links_comingAndGoing_areHeard(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        Ear ear = new Ear();
        try (NetlinkMonitor _ =
                        RtnetlinkGroup.monitor(netns, EnumSet.of(RtnetlinkGroup.LINK), "ear", ear);
                RtNetlink rt = RtNetlink.open(netns)) {
            rt.execute(Links.create(LinkSpec.builder("br0", Bridge.plain()).build()));
            assertThat(ear.names.poll(5, TimeUnit.SECONDS)).isEqualTo("br0");
            assertThat(ear.resynchronizations).hasValue(1);
        }
        assertThat(ear.failures).isEmpty();
    }

    @Test
    void overflow_whileTheListenerIsBusy_resynchronizes(TestNamespaces namespaces)
            throws Exception {
        Netns netns = namespaces.create();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch again = new CountDownLatch(2);
        Ear ear =
                new Ear() {
                    @Override
                    public void resynchronize() throws IOException {
                        super.resynchronize();
                        again.countDown();
                    }

                    @Override
                    public void notified(NetlinkMessage message) throws IOException {
                        try {
                            busy.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                    }
                };
        try (NetlinkMonitor _ =
                        RtnetlinkGroup.monitor(
                                netns, EnumSet.allOf(RtnetlinkGroup.class), "busy ear", ear);
                RtNetlink rt = RtNetlink.open(netns)) {
            rt.execute(Links.create(LinkSpec.builder("br0", Bridge.plain()).build()));
            List<NetlinkRequest> changes = new ArrayList<>();
            for (int i = 0; i < 4000; i++) {
                changes.add(Links.change("br0", LinkSpec.builder().mtu(1400 + i % 2).build()));
            }
            rt.execute(changes);
            busy.countDown();
            assertThat(again.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(ear.resynchronizations.get()).isGreaterThanOrEqualTo(2);
        assertThat(ear.failures).isEmpty();
    }

    @Test
    void close_fromTheListenerItself_endsTheThread(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        CountDownLatch closed = new CountDownLatch(1);
        LinkedBlockingQueue<NetlinkMonitor> self = new LinkedBlockingQueue<>();
        Ear ear =
                new Ear() {
                    @Override
                    public void notified(NetlinkMessage message) throws IOException {
                        NetlinkMonitor monitor = self.poll();
                        if (monitor != null) {
                            monitor.close();
                            closed.countDown();
                        }
                    }
                };
        NetlinkMonitor monitor =
                RtnetlinkGroup.monitor(netns, EnumSet.of(RtnetlinkGroup.LINK), "ear", ear);
        self.add(monitor);
        try (RtNetlink rt = RtNetlink.open(netns)) {
            rt.execute(Links.create(LinkSpec.builder("br0", Bridge.plain()).build()));
        }
        assertThat(closed.await(5, TimeUnit.SECONDS)).isTrue();
        monitor.close();
    }
}
