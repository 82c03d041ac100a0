package dev.kakehashi.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.Memory;
import dev.kakehashi.linux.Struct;
import dev.kakehashi.linux.SysSocket;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Ifb;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Answers of the kernel that are not the whole truth, or not to what was asked last. */
@KernelTest
@RequiresFeature("ifb")
class NetlinkAnswersTest {
    /** Their list takes several times what the kernel sends ahead (netlink_dump, 32 KiB each). */
    private static final int LINKS = 400;

    /** What an earlier user of the socket asked; our sockets count from 1. */
    private static final int STALE = 0;

    private static final int STALE_TOO = 77_777;

    private static Netns crowded(TestNamespaces namespaces) throws IOException {
        Netns netns = namespaces.create();
        List<NetlinkRequest> links = new ArrayList<>();
        for (int i = 0; i < LINKS; i++) {
            links.add(Links.create(LinkSpec.builder("many" + i, new Ifb()).build()));
        }
        try (NetlinkSocket socket = NetlinkSocket.open(netns, NetlinkProtocol.ROUTE)) {
            socket.submit(links).orThrow();
        }
        return netns;
    }

    @Test
    void dump_ofAListThatChangesMeanwhile_isReadAgain(TestNamespaces namespaces) throws Exception {
        Netns netns = crowded(namespaces);
        List<String> beginnings = new ArrayList<>();
        try (NetlinkSocket socket = NetlinkSocket.open(netns, NetlinkProtocol.ROUTE);
                RtNetlink other = RtNetlink.open(netns)) {
            List<String> names =
                    socket.dump(
                            Links.list(),
                            message -> {
                                String name = name(message);
                                if (name.equals("lo")) {
                                    beginnings.add(name);
                                    if (beginnings.size() <= 2) {
                                        add(other, "new" + beginnings.size());
                                    }
                                }
                                return Optional.of(name);
                            });
            assertThat(beginnings).as("attempts").hasSize(3);
            assertThat(names).contains("lo", "new1", "new2", "many0", "many" + (LINKS - 1));
            assertThat(new HashSet<>(names)).hasSameSizeAs(names);
        }
    }

    @Test
    void dump_ofAListThatKeepsChanging_saysSo_andGivesWhatItRead(TestNamespaces namespaces)
            throws Exception {
        Netns netns = crowded(namespaces);
        int[] attempts = {0};
        try (NetlinkSocket socket = NetlinkSocket.open(netns, NetlinkProtocol.ROUTE);
                RtNetlink other = RtNetlink.open(netns)) {
            assertThatThrownBy(() ->
                            socket.dump(
                                    Links.list(),
                                    message -> {
                                        String name = name(message);
                                        if (name.equals("lo")) {
                                            add(other, "new" + attempts[0]++);
                                        }
                                        return Optional.of(name);
                                    }))
                    .isInstanceOfSatisfying(
                            DumpInterruptedException.class,
                            e -> assertThat(e.partial()).hasSizeGreaterThan(LINKS))
                    .hasMessageContaining("changed during each of 8 attempts")
                    .hasMessageContaining("ip link show");
            assertThat(attempts[0]).isEqualTo(8);
            // The last attempt was read to its end, so the socket can list again.
            assertThat(socket.dump(Links.list(), Links::decode)).hasSize(LINKS + 8 + others(netns));
        }
    }

    /** The links that a fresh namespace has. */
    private static int others(Netns netns) throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.open(netns, NetlinkProtocol.ROUTE)) {
            return (int)
                    socket.dump(Links.list(), Links::decode).stream()
                            .map(Link::name)
                            .filter(name -> !name.matches("(many|new)[0-9]+"))
                            .count();
        }
    }

    @Test
    void answersToEarlierRequests_arePassedOver(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        try (NetlinkSocket socket = NetlinkSocket.open(netns, NetlinkProtocol.ROUTE)) {
            leaveAnswers(socket);
            assertThat(Links.decode(socket.get(Links.get("lo"))).orElseThrow().name())
                    .isEqualTo("lo");

            leaveAnswers(socket);
            assertThat(socket.dump(Links.list(), Links::decode))
                    .extracting(Link::name)
                    .contains("lo", "stale")
                    .doesNotHaveDuplicates();

            leaveAnswers(socket);
            BatchResult done =
                    socket.submit(List.of(Links.delete("stale"), Links.delete("nowhere")));
            assertThat(done.failures()).extracting(BatchResult.Failure::index).containsExactly(1);
            assertThat(done.replies()).isEmpty();

            leaveAnswers(socket);
            assertThatThrownBy(() -> socket.get(Links.get("nowhere")))
                    .isInstanceOf(NetlinkException.class)
                    .hasMessageContaining("ip link show dev nowhere: ENODEV");
        }
    }

    /**
     * Has the kernel answer on the socket what nobody there waits for: an object, an error and an
     * acknowledgement, as after a request that was given up.
     */
    private static void leaveAnswers(NetlinkSocket socket) throws IOException {
        for (int sequence : new int[] {STALE, STALE_TOO}) {
            send(socket, sequence, Links.create(LinkSpec.builder("stale", new Ifb()).build()));
            send(socket, sequence, Links.get("stale"));
            send(socket, sequence, Links.get("missing"));
            send(socket, sequence, Links.change("stale", LinkSpec.builder().up(true).build()));
        }
    }

    private static void send(NetlinkSocket socket, int sequence, NetlinkRequest request)
            throws IOException {
        MessageWriter writer = new MessageWriter();
        int flags = request.flags() | NetlinkMessage.NLM_F_REQUEST | NetlinkMessage.NLM_F_ACK;
        int start = writer.beginMessage(request.type(), flags, sequence, socket.port());
        request.writeTo(writer);
        writer.endMessage(start);
        try (Memory memory = Memory.open()) {
            Struct bytes = memory.struct(writer.length());
            bytes.putBytes(0, writer.toByteArray());
            var _ = SysSocket.send(socket.fd(), bytes, writer.length(), 0);
        }
    }

    private static String name(NetlinkMessage message) throws MalformedMessageException {
        return Links.decode(message).map(Link::name).orElseThrow();
    }

    private static void add(RtNetlink rt, String name) {
        try {
            rt.execute(Links.create(LinkSpec.builder(name, new Ifb()).build()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
