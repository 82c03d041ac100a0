package dev.kakehashi.plugins.loopback;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniDns;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Failures;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The plugin {@code loopback}: brings a container's {@code lo} up and, on DEL, down. CNI_IFNAME is
 * ignored. Equivalent to: {@code ip -n CONTAINER link set lo up}.
 */
public final class Loopback implements Plugin {

    private static final String LO = "lo";

    /** {@code LOOPBACK_IFINDEX} of net/flow.h: the first link of every namespace. */
    private static final int INDEX = 1;

    private final PluginHost host;

    private Loopback(PluginHost host) {
        this.host = host;
    }

    /** The plugin for one caller. */
    public static Loopback of(PluginHost host) {
        return new Loopback(host);
    }

    @Override
    public String name() {
        return "loopback";
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        Optional<CniResult> previous = request.prevResult();
        List<Address> addresses;
        try (Netns container = open(request);
                RtNetlink netlink = RtNetlink.open(container)) {
            netlink.execute(up(true));
            addresses = netlink.addresses(INDEX);
        } catch (IOException e) {
            throw Failures.of("failed to set lo up", e);
        }
        List<CniIp> ips = new ArrayList<>(2);
        first(addresses, true).ifPresent(ips::add);
        first(addresses, false).ifPresent(ips::add);
        if (previous.isPresent()) {
            return previous.get();
        }
        CniInterface lo = CniInterface.inContainer(LO, "00:00:00:00:00:00", request.netns());
        return new CniResult(List.of(lo), ips, List.of(), CniDns.EMPTY);
    }

    private static Optional<CniIp> first(List<Address> addresses, boolean v4) throws CniException {
        Optional<CniIp> first = Optional.empty();
        for (Address address : addresses) {
            if (address.prefix().isIpv4() != v4) {
                continue;
            }
            if (!address.prefix().address().isLoopbackAddress()) {
                throw new CniException(
                        CniException.INTERNAL,
                        "loopback interface found with non-loopback address \""
                                + IpAddresses.format(address.prefix().address())
                                + "\"");
            }
            if (first.isEmpty()) {
                Cidr cidr = new Cidr(address.prefix().address(), address.prefix().length());
                first = Optional.of(CniIp.of(cidr).withInterface(0));
            }
        }
        return first;
    }

    @Override
    public void del(PluginRequest request) throws CniException {
        if (request.netns().isEmpty()) {
            return;
        }
        try (Netns container = host.openNetns(request.netns());
                RtNetlink netlink = RtNetlink.open(container)) {
            netlink.execute(up(false));
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ENOTDIR) && !e.is(Errno.EINVAL)) {
                throw Failures.of("failed to set lo down", e);
            }
        } catch (IOException e) {
            throw Failures.of("failed to set lo down", e);
        }
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        try (Netns container = open(request);
                RtNetlink netlink = RtNetlink.open(container)) {
            if (netlink.link(INDEX).filter(Link::isUp).isEmpty()) {
                throw new CniException(CniException.INTERNAL, "loopback interface is down");
            }
        } catch (IOException e) {
            throw Failures.of("failed to look at lo", e);
        }
    }

    @Override
    public void gc(PluginRequest request) {
        // A namespace's lo goes with it.
    }

    @Override
    public void status(PluginRequest request) {
        // Every kernel with namespaces has it.
    }

    private Netns open(PluginRequest request) throws CniException {
        try {
            return host.openNetns(request.netns());
        } catch (LinuxException e) {
            throw Failures.netns(request.netns(), e);
        }
    }

    private static dev.kakehashi.linux.netlink.NetlinkRequest up(boolean up) {
        return Links.change(INDEX, LinkSpec.builder().up(up).build());
    }
}
