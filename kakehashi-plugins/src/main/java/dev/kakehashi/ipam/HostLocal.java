package dev.kakehashi.ipam;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniNames;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniDns;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.PluginHost;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The IPAM plugin {@code host-local}: addresses from ranges, by round robin, held by files of this
 * host. Configuration, files, lock and texts are the reference plugin's, so that both may serve one
 * network.
 *
 * <p>Beyond the reference: GC, STATUS, CHECK against the previous result, DEL with ranges that are
 * not valid any more, and addresses that an earlier boot reserved are given back (switched off by
 * {@code "releaseAfterReboot": false}).
 */
public final class HostLocal implements Plugin {

    /**
     * The attachment holds an address of the range set already: a plugin's own code (SPEC "Error").
     */
    public static final int ALREADY_ALLOCATED = 100;

    /** Where addresses are kept unless the configuration says otherwise. */
    public static final String DEFAULT_DATA_DIR = "/var/lib/cni/networks";

    private final PluginHost host;
    private final ReservationDirectories directories;

    private HostLocal(PluginHost host, ReservationDirectories directories) {
        this.host = host;
        this.directories = directories;
    }

    /**
     * The plugin for one caller.
     *
     * @param directories shared by all requests of this process
     */
    public static HostLocal of(PluginHost host, ReservationDirectories directories) {
        return new HostLocal(host, directories);
    }

    @Override
    public String name() {
        return "host-local";
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        HostLocalConfig config = HostLocalConfig.parse(request);
        CniDns dns = dns(config.resolvConf());
        ReservationDirectory directory = directory(request);
        if (!config.releaseAfterReboot()) {
            host.rememberBeyondBoot(); // not with the lock: it waits for the disk
        }
        List<CniIp> ips = new ArrayList<>(config.sets().size());
        try (var session = directory.lock()) {
            Pool pool = new Pool(session, log(request));
            pool.takeBackVoid(earlierBootEnd(config, directory, session));
            if (config.releaseAfterReboot()) {
                session.sweep();
            }
            for (RangeSet.Choice choice :
                    pool.give(owner(request), config.sets(), config.requested())) {
                ips.add(
                        new CniIp(
                                new Cidr(choice.address().address(), choice.range().prefixLength()),
                                Optional.of(choice.range().gateway().address()),
                                OptionalInt.empty()));
            }
        } catch (IOException e) {
            throw failed("reserve an address", directory, e);
        }
        return new CniResult(List.of(), ips, config.routes(), dns);
    }

    @Override
    public void del(PluginRequest request) throws CniException {
        ReservationDirectory directory = directory(request);
        if (!directory.exists()) {
            return;
        }
        try (var session = directory.lock()) {
            Pool pool = new Pool(session, log(request));
            pool.takeBack(owner(request));
            // Of an ADD that died between making a file and writing in it, perhaps of this one.
            pool.takeBackVoid(Optional.empty());
        } catch (IOException e) {
            throw failed("give back an address", directory, e);
        }
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        HostLocalConfig config = HostLocalConfig.parse(request);
        Optional<CniResult> previous = request.prevResult();
        ReservationDirectory directory = directory(request);
        List<IpNumber> held = List.of();
        if (directory.exists()) {
            try (var session = directory.lock()) {
                held = new Pool(session, log(request)).heldBy(owner(request));
            } catch (IOException e) {
                throw failed("look for an address", directory, e);
            }
        }
        if (held.isEmpty()) {
            throw new CniException(
                    CniException.INTERNAL,
                    "host-local: Failed to find address added by container "
                            + request.containerId());
        }
        if (previous.isPresent()) {
            requireHeld(previous.get().ips(), config.sets(), held, directory);
        }
    }

    private static void requireHeld(
            List<CniIp> expected,
            List<RangeSet> sets,
            List<IpNumber> held,
            ReservationDirectory directory)
            throws CniException {
        for (CniIp ip : expected) {
            IpNumber address = IpNumber.of(ip.address().address());
            boolean fromHere = false;
            for (RangeSet set : sets) {
                fromHere |= set.rangeOf(address).isPresent();
            }
            if (fromHere && !held.contains(address)) {
                throw new CniException(
                        CniException.INTERNAL,
                        "host-local: address "
                                + address
                                + " of the previous result is not reserved for this attachment",
                        "looked in " + directory.path() + ", where it holds " + held);
            }
        }
    }

    @Override
    public void gc(PluginRequest request) throws CniException {
        List<CniAttachment> valid = request.validAttachments();
        ReservationDirectory directory = directory(request);
        if (!directory.exists()) {
            return;
        }
        try (var session = directory.lock()) {
            new Pool(session, log(request)).takeBackAllBut(valid);
        } catch (IOException e) {
            throw failed("give back addresses", directory, e);
        }
    }

    @Override
    public void status(PluginRequest request) throws CniException {
        HostLocalConfig config = HostLocalConfig.parse(request);
        ReservationDirectory directory = directory(request);
        if (!directory.exists()) {
            return;
        }
        Set<IpNumber> held;
        try (var session = directory.lock()) {
            held = new Pool(session, log(request)).held(earlierBootEnd(config, directory, session));
        } catch (IOException e) {
            throw new CniException(
                    CniException.PLUGIN_NOT_AVAILABLE,
                    failed("read the reservations", directory, e).msg(),
                    e);
        }
        for (int i = 0; i < config.sets().size(); i++) {
            RangeSet set = config.sets().get(i);
            if (set.used(held) >= set.capacity()) {
                throw new CniException(
                        CniException.PLUGIN_NOT_AVAILABLE,
                        "no IP addresses available in range set: " + set,
                        "range set "
                                + i
                                + " in "
                                + directory.path()
                                + ": "
                                + Pool.usage(set, held));
            }
        }
    }

    private static Owner owner(PluginRequest request) {
        return Owner.of(request.containerId(), request.ifName());
    }

    private static Consumer<String> log(PluginRequest request) {
        return line -> request.log().println("host-local: " + line);
    }

    /** The directory of the network; needs nothing else of the configuration to be valid. */
    private ReservationDirectory directory(PluginRequest request) throws CniException {
        String network = request.networkName();
        CniNames.checkNetworkName(network);
        String dataDir =
                request.config().object("ipam").orElse(JsonObject.EMPTY).string("dataDir", "");
        Path parent = file("dataDir", dataDir.isEmpty() ? DEFAULT_DATA_DIR : dataDir);
        return directories.at(parent.resolve(network));
    }

    private Path file(String key, String path) throws CniException {
        try {
            return host.file(path);
        } catch (InvalidPathException e) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "\"" + key + "\" of ipam is no path: " + e.getMessage(),
                    e);
        }
    }

    private CniDns dns(String resolvConf) throws CniException {
        if (resolvConf.isEmpty()) {
            return CniDns.EMPTY;
        }
        Path file = file("resolvConf", resolvConf);
        try {
            return ResolvConf.parse(Files.readAllLines(file));
        } catch (IOException e) {
            throw new CniException(
                    CniException.IO_FAILURE,
                    "cannot read resolvConf " + resolvConf + " of ipam: " + reason(e),
                    e);
        }
    }

    /**
     * Before when a reservation is void; empty when all have been looked at since they were read.
     */
    private Optional<Instant> earlierBootEnd(
            HostLocalConfig config,
            ReservationDirectory directory,
            ReservationDirectory.Session session) {
        if (!config.releaseAfterReboot() || session.isSwept()) {
            return Optional.empty();
        }
        Optional<Instant> end = EarlierBoot.end(host.file("/run"));
        return end.isPresent()
                        && session.reservations().hasWrittenBefore(end.get())
                        && EarlierBoot.isLocal(directory.path())
                ? end
                : Optional.empty();
    }

    private static CniException failed(String what, ReservationDirectory directory, IOException e) {
        return new CniException(
                CniException.IO_FAILURE,
                "host-local: cannot " + what + " in " + directory.path() + ": " + reason(e),
                e);
    }

    /** The JDK's file exceptions say the file alone; their class says what was wrong with it. */
    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException f -> f.getFile() + ": no such file or directory";
            case AccessDeniedException f -> f.getFile() + ": permission denied";
            case FileAlreadyExistsException f -> f.getFile() + ": exists and is no directory";
            default -> String.valueOf(e.getMessage());
        };
    }
}
