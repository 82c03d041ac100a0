package dev.kakehashi.agent.bird;

import dev.kakehashi.cluster.bgp.BirdConfig;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.Routes;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.util.List;

/**
 * The routes of our BIRD in a kernel, which stay when it ends. They are BIRD's and not desired
 * state: it alone knows which there should be, and they bear its mark, by which the state engine
 * takes them for somebody else's.
 */
public final class BirdRoutes {
    /** The number of BIRD's routes (linux/rtnetlink.h). */
    private static final int RTPROT_BIRD = 12;

    private BirdRoutes() {}

    /** Whether a route is one of our BIRD: a site's own has another metric. */
    public static boolean isOne(Route route) {
        return route.protocol() == RTPROT_BIRD
                && route.priority() == BirdConfig.metric(route.destination().isIpv4());
    }

    /**
     * All of them. Equivalent to: {@code ip route show proto bird metric 75}, and {@code ip -6}.
     *
     * @throws IOException when the kernel cannot be read
     */
    public static List<Route> in(RtNetlink kernel) throws IOException {
        return kernel.routes(Route.MAIN).stream().filter(BirdRoutes::isOne).toList();
    }

    /**
     * Takes them away. Equivalent to: {@code ip route flush proto bird metric 75}, and {@code ip
     * -6}.
     *
     * @throws IOException when the kernel cannot be read, or keeps one
     */
    public static void delete(RtNetlink kernel) throws IOException {
        for (Route route : in(kernel)) {
            kernel.execute(Routes.delete(route));
        }
    }
}
