package dev.kakehashi.linux.netlink;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Listens to multicast groups of a namespace on a thread of its own. It keeps the namespace alive
 * until it is closed. Equivalent to: {@code ip monitor}.
 */
public final class NetlinkMonitor implements AutoCloseable {
    private final MonitorThread thread;

    private NetlinkMonitor(MonitorThread thread) {
        this.thread = thread;
    }

    /**
     * Starts to listen.
     *
     * @param groups numbers of multicast groups, {@code RTNLGRP_*} or {@code NFNLGRP_*}
     */
    public static NetlinkMonitor start(
            Netns netns,
            NetlinkProtocol protocol,
            List<Integer> groups,
            String threadName,
            NetlinkListener listener)
            throws LinuxException {
        Netns home = netns.<Netns, LinuxException>call(Netns::current);
        boolean started = false;
        try {
            MonitorThread thread =
                    MonitorThread.start(
                            new Work(home, protocol, List.copyOf(groups), listener), threadName);
            started = true;
            return new NetlinkMonitor(thread);
        } finally {
            if (!started) {
                home.close();
            }
        }
    }

    private record Work(
            Netns home, NetlinkProtocol protocol, List<Integer> groups, NetlinkListener listener)
            implements MonitorThread.Work {
        @Override
        public MonitorThread.Ear open() throws LinuxException {
            NetlinkChannel channel =
                    home.<NetlinkChannel, LinuxException>call(() -> NetlinkChannel.open(protocol));
            boolean joined = false;
            try {
                for (int group : groups) {
                    channel.join(group);
                }
                joined = true;
            } finally {
                if (!joined) {
                    channel.close();
                }
            }
            return new Ear(channel, listener);
        }

        @Override
        public void begun() {
            resynchronize(listener);
        }

        @Override
        public void failed(LinuxException failure) {
            listener.failed(failure);
        }

        @Override
        public void ended() {
            home.close();
        }
    }

    private record Ear(NetlinkChannel channel, NetlinkListener listener)
            implements MonitorThread.Ear {
        @Override
        public Fd fd() {
            return channel.fd();
        }

        @Override
        public void receive() throws LinuxException {
            try {
                Optional<byte[]> datagram = channel.poll();
                if (datagram.isPresent()) {
                    for (NetlinkMessage message : NetlinkMessage.split(datagram.get())) {
                        notify(message);
                    }
                }
            } catch (MalformedMessageException e) {
                listener.failed(e);
            } catch (LinuxException e) {
                if (!e.is(Errno.ENOBUFS)) {
                    throw e;
                }
                resynchronize(listener);
            }
        }

        private void notify(NetlinkMessage message) {
            try {
                listener.notified(message);
            } catch (IOException e) {
                listener.failed(e);
            }
        }

        @Override
        public void close() {
            channel.close();
        }
    }

    private static void resynchronize(NetlinkListener listener) {
        try {
            listener.resynchronize();
        } catch (IOException e) {
            listener.failed(e);
        }
    }

    /**
     * Stops listening; returns when the listener's current call has ended, unless it is the
     * listener that calls.
     */
    @Override
    public void close() throws LinuxException {
        thread.close();
    }
}
