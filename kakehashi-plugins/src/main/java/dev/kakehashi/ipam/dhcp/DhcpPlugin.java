package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.ConfiguredPath;

import java.lang.System.Logger.Level;
import java.nio.file.Path;

/**
 * The IPAM plugin {@code dhcp}: an address of the network's own server, kept while the container
 * lives: by {@code dhcp daemon} where one serves, else by this process.
 *
 * <p>Beyond the reference: no daemon need be started; leases survive the process; DNS servers and
 * domains are in the result; RELEASE comes from the leased address; CHECK asks for nothing new; GC.
 */
public final class DhcpPlugin implements Plugin {

    /** Where leases of the machine's agent are. */
    public static final String DIRECTORY = "/run/kakehashi/dhcp";

    /** Where the daemon listens, as the reference plugin's does. */
    public static final String DAEMON_SOCKET = "/run/cni/dhcp.sock";

    /** What follows the name of a daemon's socket in that of the directory of its leases. */
    private static final String LEASES_SUFFIX = ".leases";

    private static final System.Logger LOG = System.getLogger(DhcpPlugin.class.getName());

    private final PluginHost host;
    private final LeaseKeeper keeper;
    private final String directory;

    private DhcpPlugin(PluginHost host, LeaseKeeper keeper, String directory) {
        this.host = host;
        this.keeper = keeper;
        this.directory = directory;
    }

    /**
     * The plugin for one caller of the machine's agent.
     *
     * @param keeper shared by all calls of this process
     */
    public static DhcpPlugin of(PluginHost host, LeaseKeeper keeper) {
        return of(host, keeper, DIRECTORY);
    }

    /**
     * The plugin for one caller.
     *
     * @param keeper shared by all calls of this process
     * @param directory where the leases are that this process keeps itself, as the caller sees it
     */
    public static DhcpPlugin of(PluginHost host, LeaseKeeper keeper, String directory) {
        return new DhcpPlugin(host, keeper, directory);
    }

    /**
     * The plugin inside the daemon.
     *
     * @param keeper shared by all calls of this process
     * @param directory where its leases are
     */
    public static Plugin inDaemon(PluginHost host, LeaseKeeper keeper, Path directory) {
        return new OwnLeases(host, keeper, new LeaseFiles(directory));
    }

    /** Where the daemon of a socket has its leases: beside it, for another one to go on with. */
    public static Path leasesOf(Path socket) {
        return socket.resolveSibling(socket.getFileName() + LEASES_SUFFIX);
    }

    @Override
    public String name() {
        return "dhcp";
    }

    private DaemonClient daemon(PluginRequest request) throws CniException {
        JsonObject ipam = request.config().object("ipam").orElse(JsonObject.EMPTY);
        String named = ConfiguredPath.read(ipam, "daemonSocketPath");
        String path = named.isEmpty() ? DAEMON_SOCKET : named;
        return new DaemonClient(path, host.file(path), !named.isEmpty());
    }

    /** Those that this process keeps. */
    private OwnLeases own() {
        return new OwnLeases(host, keeper, LeaseFiles.of(host, directory));
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        DhcpConfig.parse(request);
        DaemonClient daemon = daemon(request);
        if (daemon.isWanted()) {
            try {
                return daemon.add(request);
            } catch (DaemonClient.Absent e) {
                insteadOf(daemon, e);
            }
        }
        return own().add(request);
    }

    private static void insteadOf(DaemonClient daemon, DaemonClient.Absent absent)
            throws CniException {
        if (daemon.required()) {
            throw absent;
        }
        LOG.log(Level.WARNING, "{0}: the lease is kept without it", absent.msg());
    }

    /** Whoever has the lease: the daemon may have been started or ended since ADD. */
    @Override
    public void del(PluginRequest request) throws CniException {
        own().del(request);
        DaemonClient daemon = daemon(request);
        if (daemon.isWanted()) {
            try {
                daemon.run(request);
            } catch (DaemonClient.Absent e) {
                leftBy(daemon).del(request);
            }
        }
    }

    /** The leases of a daemon that does not run. */
    private OwnLeases leftBy(DaemonClient daemon) {
        return new OwnLeases(host, keeper, new LeaseFiles(leasesOf(daemon.file())));
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        DaemonClient daemon = daemon(request);
        OwnLeases own = own();
        if (!own.has(request) && daemon.isWanted()) {
            try {
                daemon.run(request);
                return;
            } catch (DaemonClient.Absent e) {
                insteadOf(daemon, e);
            }
        }
        own.check(request);
    }

    @Override
    public void gc(PluginRequest request) throws CniException {
        own().gc(request);
        DaemonClient daemon = daemon(request);
        if (daemon.isWanted()) {
            try {
                daemon.run(request);
            } catch (DaemonClient.Absent e) {
                leftBy(daemon).gc(request);
            }
        }
    }

    @Override
    public void status(PluginRequest request) throws CniException {
        own().status(request);
        DaemonClient daemon = daemon(request);
        if (daemon.required()) {
            daemon.run(request);
        }
    }
}
