package dev.kakehashi.linux.netlink;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Poll;
import dev.kakehashi.linux.SysEventfd;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Listens to multicast groups of a namespace on a thread of its own. It keeps the namespace alive
 * until it is closed. Equivalent to: {@code ip monitor}.
 */
public final class NetlinkMonitor implements AutoCloseable {
    private final NetlinkChannel channel;
    private final Fd stop;
    private final NetlinkListener listener;
    private final Thread thread;

    private NetlinkMonitor(
            NetlinkChannel channel, Fd stop, NetlinkListener listener, String threadName) {
        this.channel = channel;
        this.stop = stop;
        this.listener = listener;
        this.thread = Thread.ofPlatform().daemon().name(threadName).unstarted(this::listen);
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
        NetlinkChannel channel =
                netns.<NetlinkChannel, LinuxException>call(() -> NetlinkChannel.open(protocol));
        Fd stop = null;
        try {
            for (int group : groups) {
                channel.join(group);
            }
            stop = SysEventfd.create();
        } finally {
            if (stop == null) {
                channel.close();
            }
        }
        NetlinkMonitor monitor = new NetlinkMonitor(channel, stop, listener, threadName);
        monitor.thread.start();
        return monitor;
    }

    private void listen() {
        try {
            resynchronize();
            while (!Poll.either(stop, channel.fd())) {
                receive();
            }
        } catch (LinuxException e) {
            listener.failed(e);
        } finally {
            channel.close();
            synchronized (stop) {
                stop.close();
            }
        }
    }

    private void receive() throws LinuxException {
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
            resynchronize();
        }
    }

    private void notify(NetlinkMessage message) {
        try {
            listener.notified(message);
        } catch (IOException e) {
            listener.failed(e);
        }
    }

    private void resynchronize() {
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
        synchronized (stop) {
            if (stop.isOpen()) {
                SysEventfd.signal(stop);
            }
        }
        if (!Thread.currentThread().equals(thread)) {
            join();
        }
    }

    private void join() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
