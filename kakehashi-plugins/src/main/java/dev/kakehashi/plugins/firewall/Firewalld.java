package dev.kakehashi.plugins.firewall;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.dbus.DbusException;
import dev.kakehashi.linux.dbus.SystemBus;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.attachment.Undo;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Admission by firewalld: the addresses of containers are sources of one of its zones (D-Bus
 * interface {@code org.fedoraproject.FirewallD1.zone}), until it reloads. Equivalent to: {@code
 * firewall-cmd --zone=ZONE --add-source=ADDRESS}.
 */
final class Firewalld {

    private static final String NAME = "org.fedoraproject.FirewallD1";
    private static final String PATH = "/org/fedoraproject/FirewallD1";
    private static final String ZONES = "org.fedoraproject.FirewallD1.zone";

    private final Path socket;

    private Firewalld(Path socket) {
        this.socket = socket;
    }

    /**
     * The firewalld of a system.
     *
     * @param socket of its bus
     */
    static Firewalld on(Path socket) {
        return new Firewalld(socket);
    }

    /** Whether it runs. */
    boolean isRunning() {
        if (!Files.exists(socket)) {
            return false;
        }
        try (SystemBus bus = SystemBus.connect(socket)) {
            return bus.hasOwner(NAME);
        } catch (IOException e) {
            return false;
        }
    }

    /** Adds sources to a zone; it does not matter if they are in it. */
    void admit(List<InetAddress> addresses, String zone, Undo undo) throws CniException {
        for (InetAddress address : addresses) {
            String source = IpPrefix.host(address).toString();
            try (SystemBus bus = SystemBus.connect(socket)) {
                bus.call(NAME, PATH, ZONES, "addSource", zone, source);
                undo.add(failure -> dismiss(List.of(address), zone));
            } catch (DbusException e) {
                if (!String.valueOf(e.getMessage()).contains("ZONE_ALREADY_SET")
                        && !String.valueOf(e.getMessage()).contains("ALREADY_ENABLED")) {
                    throw refused(source, zone, e);
                }
            } catch (IOException e) {
                throw refused(source, zone, e);
            }
        }
    }

    private static CniException refused(String source, String zone, IOException cause) {
        return Failures.of("failed to add the address " + source + " to " + zone + " zone", cause);
    }

    /** Removes sources from a zone, as far as they are in it and firewalld runs. */
    void dismiss(List<InetAddress> addresses, String zone) {
        if (addresses.isEmpty() || !isRunning()) {
            return;
        }
        for (InetAddress address : addresses) {
            try (SystemBus bus = SystemBus.connect(socket)) {
                bus.call(
                        NAME, PATH, ZONES, "removeSource", zone, IpPrefix.host(address).toString());
            } catch (IOException e) {
                // It is not there, or firewalld has gone and its zones with it.
            }
        }
    }

    /** Verifies that sources are in a zone. */
    void check(List<InetAddress> addresses, String zone) throws CniException {
        for (InetAddress address : addresses) {
            String source = IpPrefix.host(address).toString();
            boolean there;
            try (SystemBus bus = SystemBus.connect(socket)) {
                there = bus.call(NAME, PATH, ZONES, "querySource", zone, source).contains(true);
            } catch (IOException e) {
                throw Failures.of(
                        "failed to find the address " + source + " in " + zone + " zone", e);
            }
            if (!there) {
                throw new CniException(
                        CniException.INTERNAL,
                        "the address " + source + " is not in " + zone + " zone");
            }
        }
    }
}
