package dev.kakehashi.plugins.bandwidth;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netlink.NetlinkException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Filter;
import dev.kakehashi.linux.rtnetlink.FilterKind;
import dev.kakehashi.linux.rtnetlink.Ifb;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.rtnetlink.Veth;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The link that the reference plugin has made for what comes from a container. Its name says which
 * container and network, not which interface: what leads to it does.
 *
 * @param host lent
 */
record ReferenceIfb(Attachment attachment, RtNetlink host) {

    /**
     * Removes it, unless another interface of the container needs it.
     *
     * @param netns CNI_NETNS; without a namespace the container has no other interface
     * @throws CniException when it is there and cannot be removed
     */
    void remove(PluginHost caller, String netns) throws CniException {
        String name = IfbNames.ofReference(attachment);
        try {
            Optional<Link> link = host.link(name);
            if (link.isPresent()
                    && link.get().kind().filter(Ifb.class::isInstance).isPresent()
                    && !isOfAnother(link.get(), caller, netns)) {
                host.execute(Links.delete(link.get().index()));
            }
        } catch (NetlinkException e) {
            if (!e.is(Errno.ENODEV)) {
                throw Failures.of("failed to remove \"" + name + "\"", e);
            }
        } catch (IOException e) {
            throw Failures.of("failed to remove \"" + name + "\"", e);
        }
    }

    private boolean isOfAnother(Link ifb, PluginHost caller, String netns) throws IOException {
        if (netns.isEmpty()) {
            return false;
        }
        OptionalInt own;
        try (Netns container = caller.openNetns(netns);
                RtNetlink inside = RtNetlink.open(container)) {
            Optional<Link> link = inside.link(attachment.ifName());
            own = link.isPresent() ? OptionalInt.of(link.get().parent()) : OptionalInt.empty();
        } catch (LinuxException e) {
            return false;
        }
        for (Link link : host.links()) {
            if (link.kind().filter(Veth.class::isInstance).isPresent()
                    && (own.isEmpty() || own.getAsInt() != link.index())
                    && leads(link, ifb)) {
                return true;
            }
        }
        return false;
    }

    private boolean leads(Link hostEnd, Link ifb) throws IOException {
        for (Filter filter : host.filters(hostEnd.index(), Filter.INGRESS)) {
            if (filter.kind() instanceof FilterKind.MatchAll(FilterKind.Mirred mirred)
                    && mirred.link() == ifb.index()) {
                return true;
            }
        }
        return false;
    }
}
