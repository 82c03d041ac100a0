package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.NetlinkRequest;

/** Requests about the ports of bridges that are not about their links (linux/if_bridge.h). */
public final class BridgePorts {
    private static final int IFLA_PROTINFO = 12;
    private static final int IFLA_BRPORT_STATE = 1;
    private static final int BR_STATE_DISABLED = 0;

    private BridgePorts() {}

    /**
     * Takes a port out of its bridge's traffic, until its link or its carrier changes next
     * (br_port_carrier_check(), net/bridge/br_if.c). The kernel refuses it with EBUSY where the
     * bridge runs the spanning tree protocol itself. Equivalent to: {@code bridge link set dev
     * $port state disabled}.
     */
    public static NetlinkRequest disable(int port) {
        return new Request(
                Rtm.SETLINK,
                0,
                writer -> {
                    LinkCodec.writeHeader(writer, Rtm.AF_BRIDGE, port, 0, 0);
                    int info = writer.begin(IFLA_PROTINFO);
                    writer.u8(IFLA_BRPORT_STATE, BR_STATE_DISABLED);
                    writer.end(info);
                },
                new Command("bridge link set dev #" + port, "state disabled"));
    }
}
