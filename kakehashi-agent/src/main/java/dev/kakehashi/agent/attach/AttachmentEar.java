package dev.kakehashi.agent.attach;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.PeerNetnsMonitor;
import dev.kakehashi.linux.rtnetlink.Neighbour;
import dev.kakehashi.linux.rtnetlink.Neighbours;
import dev.kakehashi.linux.rtnetlink.Routes;
import dev.kakehashi.linux.rtnetlink.RtnetlinkGroup;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Hears what happens in pods, and to what hangs on the host's ends of their pairs, and notes in the
 * agenda what of it is to be looked at. Other threads only tell it what to heed.
 */
final class AttachmentEar implements PeerNetnsMonitor.Listener {
    private static final Logger LOG = System.getLogger(AttachmentEar.class.getName());

    /** What it has to be told of. */
    static final Set<RtnetlinkGroup> GROUPS =
            Set.of(
                    RtnetlinkGroup.LINK,
                    RtnetlinkGroup.NEIGHBOUR,
                    RtnetlinkGroup.IPV4_ADDRESS,
                    RtnetlinkGroup.IPV6_ADDRESS,
                    RtnetlinkGroup.IPV4_ROUTE,
                    RtnetlinkGroup.IPV6_ROUTE);

    // linux/rtnetlink.h. New neighbours come, and change, all the time.
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_DELROUTE = 25;
    private static final int RTM_NEWNEIGH = 28;
    private static final int RTM_DELNEIGH = 29;

    /** In struct ifinfomsg, linux/rtnetlink.h. */
    private static final int IFI_INDEX = 4;

    private final LookAgenda agenda;

    /** Of pods: whose going as a neighbour may matter; others' come and go by themselves. */
    private volatile Set<InetAddress> gateways = Set.of();

    AttachmentEar(LookAgenda agenda) {
        this.agenda = agenda;
    }

    /**
     * Heeds these from now on, too, not from two threads at once. They are few: that of a routed
     * pod is the same for all.
     */
    void watchGateways(Collection<InetAddress> more) {
        Set<InetAddress> all = new HashSet<>(gateways);
        if (all.addAll(more)) {
            gateways = Set.copyOf(all);
        }
    }

    @Override
    public void happened(int nsid, NetlinkMessage message) throws MalformedMessageException {
        boolean ignored =
                message.type() == RTM_NEWNEIGH
                        || (message.type() == RTM_DELNEIGH && !isOfGateway(message));
        if (!ignored) {
            agenda.happenedIn(nsid);
        }
    }

    private boolean isOfGateway(NetlinkMessage message) throws MalformedMessageException {
        return Neighbours.decode(message)
                .map(Neighbour::address)
                .filter(gateways::contains)
                .isPresent();
    }

    @Override
    public void happenedHere(NetlinkMessage message) throws MalformedMessageException {
        switch (message.type()) {
            case RTM_NEWLINK, RTM_DELLINK -> agenda.changed(message.payload().u32(IFI_INDEX));
            case RTM_DELROUTE ->
                    Routes.decode(message)
                            .ifPresent(route ->
                                    route.nextHops().forEach(hop -> agenda.lostAt(hop.link())));
            case RTM_DELNEIGH ->
                    Neighbours.decode(message).ifPresent(entry -> agenda.lostAt(entry.link()));
            default -> {}
        }
    }

    @Override
    public void lost() {
        agenda.all();
    }

    @Override
    public void failed(LinuxException failure) {
        LOG.log(
                Level.WARNING,
                "cannot hear what others change in pods, trying again: {0}",
                failure.getMessage());
    }
}
