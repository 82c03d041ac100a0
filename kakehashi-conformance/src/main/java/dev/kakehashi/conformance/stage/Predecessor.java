package dev.kakehashi.conformance.stage;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.IpText;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.CniRoute;
import dev.kakehashi.linux.rtnetlink.LinkSpec;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The plugin before one that is chained: what it would have left of an attachment, and its result.
 *
 * @param inside the container
 * @param number of the attachment's subnets
 */
record Predecessor(Place node, Place inside, String ifName, int number) {
    /** Index of the container's interface in the result. */
    private static final int INSIDE = 1;

    /**
     * Makes a pair of links with IPv4 addresses, and for the first interface a default route.
     *
     * @param sandbox CNI_NETNS
     */
    CniResult attach(String sandbox) throws Exception {
        String subnet = "10.9." + number + ".";
        inside.change("lo", LinkSpec.builder().up(true).build());
        inside.join(ifName, node, hostName());
        node.address(hostName(), subnet + "1/24");
        inside.address(ifName, subnet + "2/24");
        List<CniRoute> routes = new ArrayList<>();
        if (ifName.equals(Stage.IF_NAME)) {
            inside.route("0.0.0.0/0", subnet + "1", ifName);
            routes.add(route("0.0.0.0/0", subnet + "1"));
        }
        return CniResult.EMPTY
                .withInterfaces(
                        List.of(
                                CniInterface.onHost(hostName(), mac(node, hostName())),
                                CniInterface.inContainer(ifName, mac(inside, ifName), sandbox)))
                .withIps(List.of(ip(subnet + "2/24", subnet + "1")))
                .withRoutes(routes);
    }

    /** Gives the links IPv6 addresses and a default route besides. */
    CniResult attachIpv6(CniResult before) throws Exception {
        String subnet = "fd00:9:" + number + "::";
        node.address(hostName(), subnet + "1/64");
        inside.address(ifName, subnet + "2/64");
        inside.route("::/0", subnet + "1", ifName);
        List<CniIp> ips = new ArrayList<>(before.ips());
        ips.add(ip(subnet + "2/64", subnet + "1"));
        List<CniRoute> routes = new ArrayList<>(before.routes());
        routes.add(route("::/0", subnet + "1"));
        return before.withIps(ips).withRoutes(routes);
    }

    private String hostName() {
        return "cf" + number + ifName;
    }

    private static CniIp ip(String address, String gateway) {
        return CniIp.of(Cidr.parse(address).orElseThrow())
                .withGateway(literal(gateway))
                .withInterface(INSIDE);
    }

    private static CniRoute route(String to, String gateway) {
        return CniRoute.via(Cidr.parse(to).orElseThrow(), literal(gateway));
    }

    private static InetAddress literal(String address) {
        return IpText.parse(address).orElseThrow();
    }

    private static String mac(Place place, String link) throws IOException, Mismatch {
        return place.theLink(link).mac().map(Object::toString).orElse("");
    }
}
