package dev.kakehashi.linux.probe;

import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.BridgePort;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkKind;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.TunDevice;
import dev.kakehashi.linux.rtnetlink.Veth;

import java.io.IOException;

/** Tests that make links. */
final class LinkTests {
    private static final String NAME = "probe0";
    private static final String PARENT = "probe1";

    private LinkTests() {}

    static FeatureTest kind(LinkKind kind) {
        return scratch -> {
            try (RtNetlink rt = RtNetlink.open(scratch)) {
                rt.execute(Links.create(LinkSpec.builder(NAME, kind).build()));
            }
        };
    }

    static FeatureTest onParent(LinkKind kind) {
        return scratch -> {
            try (RtNetlink rt = RtNetlink.open(scratch)) {
                int parent = veth(rt).index();
                rt.execute(Links.create(LinkSpec.builder(NAME, kind).parent(parent).build()));
            }
        };
    }

    static void portIsolation(Netns scratch) throws IOException {
        try (RtNetlink rt = RtNetlink.open(scratch)) {
            rt.execute(Links.create(LinkSpec.builder(NAME, Bridge.plain()).build()));
            int bridge = rt.link(NAME).orElseThrow().index();
            int port = veth(rt).index();
            BridgePort isolated = BridgePort.builder().isolated(true).build();
            rt.execute(
                    Links.change(port, LinkSpec.builder().master(bridge).build()),
                    Links.change(port, LinkSpec.builder().bridgePort(isolated).build()));
            BridgePort seen = rt.link(port).orElseThrow().bridgePort().orElse(BridgePort.NONE);
            if (!isolated.matches(seen)) {
                throw new FeatureMissingException("the kernel ignores the isolation of a port");
            }
        }
    }

    static void vlanFiltering(Netns scratch) throws IOException {
        Bridge filtering = Bridge.plain().withVlanFiltering(true);
        try (RtNetlink rt = RtNetlink.open(scratch)) {
            rt.execute(Links.create(LinkSpec.builder(NAME, filtering).build()));
            LinkKind seen = rt.link(NAME).orElseThrow().kind().orElse(Bridge.plain());
            if (!filtering.matches(seen)) {
                throw new FeatureMissingException(
                        "the kernel ignores vlan_filtering (CONFIG_BRIDGE_VLAN_FILTERING)");
            }
        }
    }

    static void tap(Netns scratch) throws LinuxException {
        try (Fd _ = scratch.<Fd, LinuxException>call(() -> TunDevice.open(NAME, true, false))) {
            // The link goes with its descriptor.
        }
    }

    static Link veth(RtNetlink rt) throws IOException {
        rt.execute(Links.create(LinkSpec.builder(PARENT, Veth.pair()).build()));
        return rt.link(PARENT).orElseThrow();
    }
}
