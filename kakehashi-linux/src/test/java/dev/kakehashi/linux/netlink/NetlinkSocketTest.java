package dev.kakehashi.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.util.Collections;
import java.util.List;
import java.util.Optional;

@KernelTest
class NetlinkSocketTest {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_GETLINK = 18;
    private static final int IFLA_IFNAME = 3;

    /** GETLINK or SETLINK by name or by nothing. */
    private record LinkRequest(int type, int flags, String name) implements NetlinkRequest {
        @Override
        public void writeTo(MessageWriter writer) {
            writer.zeros(16);
            if (!name.isEmpty()) {
                writer.string(IFLA_IFNAME, name);
            }
        }

        @Override
        public String toString() {
            return "ip link " + name;
        }
    }

    @Test
    void dump_freshNamespace_hasLoopbackOnly(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        try (NetlinkSocket socket = NetlinkSocket.open(netns, NetlinkProtocol.ROUTE)) {
            List<String> names =
                    socket.dump(new LinkRequest(RTM_GETLINK, 0, ""), m -> Optional.of(nameOf(m)));
            assertThat(names).contains("lo").doesNotContain("eth0");
        }
    }

    @Test
    void get_missingLink_failsWithErrno(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        try (NetlinkSocket socket = NetlinkSocket.open(netns, NetlinkProtocol.ROUTE)) {
            assertThat(nameOf(socket.get(new LinkRequest(RTM_GETLINK, 0, "lo")))).isEqualTo("lo");
            assertThatThrownBy(() -> socket.get(new LinkRequest(RTM_GETLINK, 0, "nowhere")))
                    .isInstanceOf(NetlinkException.class)
                    .hasMessageContaining("ip link nowhere")
                    .hasMessageContaining("ENODEV");
        }
    }

    @Test
    void submit_reportsEachFailureByIndexAndGoesOn(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        try (NetlinkSocket socket = NetlinkSocket.open(netns, NetlinkProtocol.ROUTE)) {
            BatchResult result =
                    socket.submit(
                            List.of(
                                    new LinkRequest(RTM_NEWLINK, 0, "lo"),
                                    new LinkRequest(RTM_NEWLINK, 0, "nowhere"),
                                    new LinkRequest(RTM_NEWLINK, 0, "lo"),
                                    new LinkRequest(RTM_NEWLINK, 0, "neither"),
                                    new LinkRequest(RTM_NEWLINK, 0, "lo")));
            assertThat(result.failures())
                    .extracting(BatchResult.Failure::index)
                    .containsExactly(1, 3);
            assertThatThrownBy(result::orThrow)
                    .hasMessageContaining("nowhere")
                    .hasMessageContaining("ENODEV");
            assertThat(result.failure(3)).isPresent();
        }
    }

    @Test
    void submit_manyMessages_areSplitAndAllAnswered(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        try (NetlinkSocket socket = NetlinkSocket.open(netns, NetlinkProtocol.ROUTE)) {
            List<LinkRequest> requests =
                    Collections.nCopies(1000, new LinkRequest(RTM_NEWLINK, 0, "nowhere"));
            assertThat(socket.submit(requests).failures()).hasSize(1000);
        }
    }

    @Test
    void error_ofAnUnknownAttribute_carriesTheKernelsWords(TestNamespaces namespaces)
            throws Exception {
        Netns netns = namespaces.create();
        NetlinkRequest request =
                new NetlinkRequest() {
                    @Override
                    public int type() {
                        return RTM_GETLINK;
                    }

                    @Override
                    public int flags() {
                        return 0;
                    }

                    @Override
                    public void writeTo(MessageWriter writer) {
                        writer.zeros(16).u32(IFLA_IFNAME + 40, 1);
                    }

                    @Override
                    public String toString() {
                        return "strange request";
                    }
                };
        try (NetlinkSocket socket = NetlinkSocket.open(netns, NetlinkProtocol.ROUTE)) {
            assertThatThrownBy(() -> socket.get(request))
                    .isInstanceOfSatisfying(
                            NetlinkException.class,
                            e -> {
                                assertThat(e.error().text()).isNotEmpty();
                                assertThat(e).hasMessageContaining("strange request: EINVAL");
                            });
        }
    }

    private static String nameOf(NetlinkMessage message) throws MalformedMessageException {
        Attributes attributes = message.payload().attributes(16);
        while (attributes.next()) {
            if (attributes.attribute().type() == IFLA_IFNAME) {
                return attributes.attribute().string();
            }
        }
        return "";
    }
}
