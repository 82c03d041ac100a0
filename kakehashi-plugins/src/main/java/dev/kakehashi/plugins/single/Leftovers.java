package dev.kakehashi.plugins.single;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.plugins.HostEngines;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;
import dev.kakehashi.plugins.chain.Workplace;
import dev.kakehashi.plugins.cleanup.Parts;
import dev.kakehashi.state.Ownership;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Deletes interfaces in containers. */
final class Leftovers {

    /** Where ip-netns(8) and the container runtimes keep the names of namespaces. */
    private static final String NAMESPACES = "/run/netns";

    private Leftovers() {}

    /**
     * Deletes the interface of an attachment, whoever made it. It is out of the container's and its
     * lower link's way when this returns, since the next attachment may need the same VLAN.
     */
    static void delete(PluginRequest request, PluginHost host, HostEngines engines)
            throws CniException {
        Optional<Workplace> alive = Workplace.ifAlive(host, engines, request.netns());
        if (alive.isEmpty()) {
            return;
        }
        try (Workplace place = alive.get()) {
            Optional<Link> link = place.inside().link(request.ifName());
            if (link.isPresent()) {
                delete(place.inside(), link.get());
            }
        } catch (IOException e) {
            throw Failures.of("failed to delete \"" + request.ifName() + "\"", e);
        }
    }

    private static void delete(RtNetlink netlink, Link link) throws IOException {
        try {
            netlink.execute(Links.delete(link.index()));
        } catch (LinuxException e) {
            if (!e.is(Errno.ENODEV)) {
                throw e;
            }
        }
    }

    /**
     * Deletes the interfaces of a network's attachments that are not valid, in namespaces that have
     * a name still; those in others went with them.
     */
    static void collect(String network, List<CniAttachment> valid, PluginHost host)
            throws CniException {
        Set<String> living = new HashSet<>();
        for (CniAttachment attachment : valid) {
            living.add(Ownership.alias(Attachment.of(network, attachment).owner()));
        }
        Parts parts = new Parts();
        for (String name : names(host.file(NAMESPACES))) {
            parts.attempt(() -> collect(network, living, host, NAMESPACES + "/" + name));
        }
        parts.finish();
    }

    private static void collect(String network, Set<String> living, PluginHost host, String path)
            throws CniException {
        String ofNetwork = Ownership.alias(network + "/");
        Netns opened;
        try {
            opened = host.openNetns(path);
        } catch (LinuxException e) {
            return; // a name without a namespace, or one that has just gone
        }
        try (Netns netns = opened;
                RtNetlink netlink = RtNetlink.open(netns)) {
            for (Link link : netlink.links()) {
                if (link.alias().startsWith(ofNetwork) && !living.contains(link.alias())) {
                    delete(netlink, link);
                }
            }
        } catch (IOException e) {
            throw Failures.of("failed to delete what is not valid in \"" + path + "\"", e);
        }
    }

    private static List<String> names(Path directory) throws CniException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                names.add(entry.getFileName().toString());
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw Failures.of("failed to list the namespaces in " + NAMESPACES, e);
        }
        return names;
    }
}
