package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.ipam.KakehashiIpam;
import dev.kakehashi.cluster.ipam.Living;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.state.Ownership;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The attachments of this node, by what there is of them: the host's end of their links, whose
 * alias names them, and their namespaces. An address may be given to another pod only if there is
 * certainly nothing, so whoever cannot be looked for lives. Of one run of the keeper: what is read
 * of the kernel is read once, when it is first asked for.
 */
public final class AttachmentsInKernel implements Living {
    private final RtNetlink kernel;
    private final String network;
    private final Set<String> owners = new HashSet<>();
    private boolean read;
    private boolean unreadable;

    /**
     * For one run.
     *
     * @param network the network's name, as it is in the CNI configuration
     */
    public AttachmentsInKernel(RtNetlink kernel, String network) {
        this.kernel = kernel;
        this.network = network;
    }

    @Override
    public boolean lives(Allocation allocation) {
        readOnce();
        return unreadable
                || owners.contains(ownerOf(allocation))
                || mayHaveNamespace(allocation.attributes().getOrDefault(KakehashiIpam.NETNS, ""));
    }

    private String ownerOf(Allocation allocation) {
        return new Attachment(
                        network,
                        allocation.handle().containerId(),
                        allocation.handle().interfaceName())
                .owner();
    }

    private void readOnce() {
        if (read) {
            return;
        }
        read = true;
        try {
            for (Link link : kernel.links()) {
                if (Ownership.isOurAlias(link.alias()) && !Ownership.isOnItsWayOut(link.group())) {
                    owners.add(Ownership.ownerOf(link.alias()));
                }
            }
        } catch (IOException e) {
            unreadable = true;
        }
    }

    /**
     * Links of other main plugins do not say whose they are: their container lives as long as its
     * namespace has its name. Without a name nothing can be said of it, and neither where the
     * runtime's folder of names is not to be seen from here.
     */
    private static boolean mayHaveNamespace(String name) {
        try {
            Path path = Path.of(name);
            Path folder = path.getParent();
            return folder == null || !Files.isDirectory(folder) || Files.exists(path);
        } catch (InvalidPathException e) {
            return true;
        }
    }
}
