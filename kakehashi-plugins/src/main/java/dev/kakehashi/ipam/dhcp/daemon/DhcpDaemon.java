package dev.kakehashi.ipam.dhcp.daemon;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.InProcessDelegator;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginCall;
import dev.kakehashi.cni.plugin.PluginDispatcher;
import dev.kakehashi.cni.plugin.ProcessDelegator;
import dev.kakehashi.cni.result.ErrorCodec;
import dev.kakehashi.ipam.dhcp.DaemonWire;
import dev.kakehashi.ipam.dhcp.DhcpPlugin;
import dev.kakehashi.ipam.dhcp.LeaseKeeper;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.OrderedEnd;
import dev.kakehashi.linux.UnixSocket;
import dev.kakehashi.linux.netns.Netns;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;

/**
 * {@code dhcp daemon}: serves the calls of the {@code dhcp} plugin and keeps the leases, for hosts
 * that start such a service. It differs from the agent in nothing that a container could see.
 */
public final class DhcpDaemon implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(DhcpDaemon.class.getName());
    private static final int USAGE_ERROR = 2; // as Go's flag package
    private static final int LOCKS = 64;

    /** For the few bytes of a request; the answer may take minutes. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Listener listener;
    private final Path socket;
    private final LeaseKeeper keeper;
    private final Plugin plugin;
    private final ThreadFactory threads = Netns.threadFactory("dhcp-call-");

    /** One call of an attachment at a time. */
    private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

    private volatile boolean closed;

    private DhcpDaemon(Listener listener, Path socket, LeaseKeeper keeper, Plugin plugin) {
        this.listener = listener;
        this.socket = socket;
        this.keeper = keeper;
        this.plugin = plugin;
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new ReentrantLock();
        }
    }

    /**
     * Runs it until SIGINT or SIGTERM.
     *
     * @param arguments what follows {@code dhcp daemon}
     * @param environment of this process, where systemd says what it passes
     * @return the exit status
     */
    public static int main(String[] arguments, Map<String, String> environment) {
        DaemonOptions options;
        try {
            options = DaemonOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.print(DaemonOptions.USAGE);
            return USAGE_ERROR;
        }
        if (options.help()) {
            System.err.print(DaemonOptions.USAGE);
            return 0;
        }
        try (Netns home = Netns.current();
                PidFile pidFile = PidFile.write(options.pidFile());
                DhcpDaemon daemon = start(options, home, environment);
                OrderedEnd _ =
                        OrderedEnd.by(() -> {
                            boolean inOrder = daemon.stop();
                            pidFile.remove();
                            return inOrder;
                        })) {
            daemon.serve();
            return 0;
        } catch (IOException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }

    static DhcpDaemon start(DaemonOptions options, Netns home, Map<String, String> environment)
            throws IOException {
        Path socket = options.socket();
        Listener listener = Listener.open(socket, environment, ProcessHandle.current().pid());
        LeaseKeeper keeper =
                LeaseKeeper.create(
                        options.timeout(),
                        options.resendMax(),
                        options.resendTimeout(),
                        options.broadcast());
        Path leases = DhcpPlugin.leasesOf(socket);
        DhcpDaemon daemon =
                new DhcpDaemon(
                        listener,
                        socket,
                        keeper,
                        DhcpPlugin.inDaemon(
                                new PrefixedHost(home, options.hostPrefix()), keeper, leases));
        if (Files.isDirectory(leases)) {
            keeper.resume(leases);
        }
        LOG.log(Level.INFO, "serves {0}, leases are in {1}", socket, leases);
        return daemon;
    }

    /** Takes connections until it is stopped. */
    void serve() throws IOException {
        while (true) {
            UnixSocket connection;
            try {
                connection = listener.socket().accept();
            } catch (LinuxException e) {
                if (closed) {
                    return;
                }
                throw e;
            }
            threads.newThread(() -> serve(connection)).start();
        }
    }

    private void serve(UnixSocket connection) {
        try (connection) {
            int user = connection.peer().uid();
            if (user != 0) {
                LOG.log(Level.WARNING, "user {0} asks, who is not root", Integer.toString(user));
                return;
            }
            connection.timeout(PATIENCE);
            byte[] line = DaemonWire.receiveLine(connection);
            if (line.length == 0) {
                return; // only looked whether somebody is here
            }
            DaemonWire.send(
                    connection,
                    DaemonWire.isReferencePlugin(line)
                            ? DaemonWire.answerToReferencePlugin()
                            : answer(line).encode());
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a connection broke: {0}", e.getMessage());
        }
    }

    private DaemonWire.Answer answer(byte[] line) {
        DaemonWire.Request request;
        try {
            request = DaemonWire.Request.decode(line);
        } catch (CniException e) {
            return new DaemonWire.Answer(1, ErrorCodec.encode(e, "").toString());
        }
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream(0);
        PluginCall call =
                new PluginCall(
                        request.environment(),
                        new ByteArrayInputStream(
                                request.config().toString().getBytes(StandardCharsets.UTF_8)),
                        stdout,
                        new PrintStream(stderr, true, StandardCharsets.UTF_8));
        ReentrantLock lock = lock(request.environment());
        int status;
        lock.lock();
        try {
            // The plugin has compared the namespaces: it knows which is its caller's own.
            status =
                    PluginDispatcher.of(
                                    path -> false,
                                    InProcessDelegator.of(Map.of(), ProcessDelegator.create()))
                            .dispatch(plugin, call);
        } finally {
            lock.unlock();
        }
        if (stderr.size() > 0) {
            LOG.log(Level.ERROR, stderr.toString(StandardCharsets.UTF_8));
        }
        return new DaemonWire.Answer(status, stdout.toString(StandardCharsets.UTF_8));
    }

    private ReentrantLock lock(Map<String, String> environment) {
        String container = environment.getOrDefault("CNI_CONTAINERID", "");
        String ifName = environment.getOrDefault("CNI_IFNAME", "");
        return locks[Math.floorMod(31 * container.hashCode() + ifName.hashCode(), LOCKS)];
    }

    @Override
    public void close() {
        stop();
    }

    /** The leases stay on file. Whether it ended in order. */
    private boolean stop() {
        if (closed) {
            return true;
        }
        closed = true;
        boolean inOrder = true;
        try {
            if (listener.own()) {
                Files.deleteIfExists(socket);
            }
            listener.socket().shutdown();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot end cleanly: {0}", e.getMessage());
            inOrder = false;
        }
        keeper.close();
        return inOrder;
    }
}
