package dev.kakehashi.state.reconcile;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netlink.NetlinkListener;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkMonitor;
import dev.kakehashi.linux.netlink.NetlinkProtocol;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtnetlinkGroup;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.engine.Engine;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/** Listens to all that kernels tell of the namespaces of an engine. */
final class Watch implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Watch.class.getName());

    /** NFNLGRP_NFTABLES, linux/netfilter/nfnetlink.h. */
    private static final int NFTABLES = 7;

    private static final Set<RtnetlinkGroup> GROUPS =
            EnumSet.of(
                    RtnetlinkGroup.LINK,
                    RtnetlinkGroup.NEIGHBOUR,
                    RtnetlinkGroup.TRAFFIC_CONTROL,
                    RtnetlinkGroup.IPV4_ADDRESS,
                    RtnetlinkGroup.IPV6_ADDRESS,
                    RtnetlinkGroup.IPV4_ROUTE,
                    RtnetlinkGroup.IPV6_ROUTE,
                    RtnetlinkGroup.IPV4_RULE,
                    RtnetlinkGroup.IPV6_RULE,
                    RtnetlinkGroup.IPV4_SETTINGS,
                    RtnetlinkGroup.IPV6_SETTINGS);

    private final List<NetlinkMonitor> monitors = new ArrayList<>();
    private final List<Relevance> links = new ArrayList<>();
    private final List<NftRelevance> tables = new ArrayList<>();

    private Watch() {}

    static Watch start(Engine engine, String name, Signal signal) throws LinuxException {
        Watch watch = new Watch();
        try {
            for (Map.Entry<NamespaceId, Netns> home : engine.homes().entrySet()) {
                NamespaceId namespace = home.getKey();
                watch.start(
                        namespace,
                        home.getValue(),
                        "watch " + name,
                        port -> engine.isOwn(namespace, port),
                        signal);
            }
            return watch;
        } catch (LinuxException e) {
            watch.close();
            throw e;
        }
    }

    private void start(
            NamespaceId namespace, Netns netns, String thread, IntPredicate own, Signal signal)
            throws LinuxException {
        Relevance relevance = new Relevance(namespace, own);
        links.add(relevance);
        monitors.add(
                RtnetlinkGroup.monitor(
                        netns, GROUPS, thread, new Ear(signal, relevance::concerns)));
        NftRelevance nft = new NftRelevance(namespace, own);
        tables.add(nft);
        monitors.add(
                NetlinkMonitor.start(
                        netns,
                        NetlinkProtocol.NETFILTER,
                        List.of(NFTABLES),
                        thread + " nft",
                        new Ear(signal, nft::concerns)));
    }

    /** From now on notifications about this matter. */
    void wanted(DesiredState desired) {
        links.forEach(relevance -> relevance.wanted(desired));
        tables.forEach(relevance -> relevance.wanted(desired));
    }

    @Override
    public void close() {
        for (NetlinkMonitor monitor : monitors) {
            try {
                monitor.close();
            } catch (LinuxException e) {
                LOG.log(Level.WARNING, "a netlink monitor did not close", e);
            }
        }
    }

    /** Whether a message may be about something that is wanted. */
    @FunctionalInterface
    private interface Filter {
        boolean concerns(NetlinkMessage message);
    }

    private record Ear(Signal signal, Filter filter) implements NetlinkListener {
        @Override
        public void resynchronize() {
            signal.resynchronize();
        }

        @Override
        public void notified(NetlinkMessage message) {
            if (filter.concerns(message)) {
                signal.notified();
            }
        }

        @Override
        public void failed(IOException failure) {
            // The regular looks go on and find later what this would have told at once.
            LOG.log(Level.WARNING, "listening to the kernel failed: " + failure.getMessage());
        }
    }
}
