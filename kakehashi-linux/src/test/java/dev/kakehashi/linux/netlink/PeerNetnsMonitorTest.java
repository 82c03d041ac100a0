package dev.kakehashi.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.RtnetlinkGroup;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a socket in one namespace hears of others. */
@KernelTest
class PeerNetnsMonitorTest {
    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();

    private final class Ear implements PeerNetnsMonitor.Listener {
        @Override
        public void happened(int nsid, NetlinkMessage message) throws MalformedMessageException {
            heard.add(nsid + " " + index(message));
        }

        @Override
        public void happenedHere(NetlinkMessage message) throws MalformedMessageException {
            heard.add("here " + index(message));
        }

        /** In struct ifinfomsg, linux/rtnetlink.h: the rest of a link may be cut off. */
        private static int index(NetlinkMessage message) throws MalformedMessageException {
            return message.payload().u32(4);
        }

        @Override
        public void lost() {
            heard.add("lost");
        }

        @Override
        public void failed(LinuxException failure) {
            heard.add("failed");
        }
    }

    private void awaitHeard(String what) throws InterruptedException {
        String last;
        do {
            last = heard.poll(5, TimeUnit.SECONDS);
        } while (last != null && !last.equals(what));
        assertThat(last).isEqualTo(what);
    }

    @Test
    void linksHereAndInNumberedNamespaces_areHeard_untilClosed(TestNamespaces namespaces)
            throws Exception {
        Netns host = namespaces.create();
        Netns pod = namespaces.create();
        String path = "/proc/" + ProcessHandle.current().pid() + "/fd/" + pod.fd().number();
        PeerNetnsMonitor monitor =
                PeerNetnsMonitor.start(host, List.of(RtnetlinkGroup.LINK.number()), new Ear());
        try (monitor;
                RtNetlink kernel = RtNetlink.open(host)) {
            awaitHeard("lost");
            TestNamespaces.run(
                    host, "sh", "-ec", "ip link add v0 type veth peer name eth0 netns " + path);
            awaitHeard("here " + kernel.link("v0").orElseThrow().index());
            int number = kernel.netnsId(pod.fd()).orElseThrow();
            heard.clear();
            TestNamespaces.run(pod, "ip", "link", "set", "eth0", "mtu", "1400");
            try (RtNetlink inside = RtNetlink.open(pod)) {
                awaitHeard(number + " " + inside.link("eth0").orElseThrow().index());
            }
        }
        heard.clear();
        TestNamespaces.run(pod, "ip", "link", "set", "eth0", "mtu", "1300");
        assertThat(heard.poll(200, TimeUnit.MILLISECONDS)).isNull();
    }
}
