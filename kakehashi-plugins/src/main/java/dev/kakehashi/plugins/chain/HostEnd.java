package dev.kakehashi.plugins.chain;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.plugins.attachment.Failures;

import java.io.IOException;
import java.util.Optional;

/** The host's end of the veth pair by which an earlier plugin has attached a container. */
public final class HostEnd {

    private HostEnd() {}

    /**
     * Finds it: the peer of the container's interface, if the previous result names it among the
     * links of the host.
     *
     * @param place with the container
     * @throws CniException code 7 when there is none, in the words of the reference plugin {@code
     *     bandwidth}
     */
    public static Link find(Workplace place, CniResult previous, String ifName)
            throws CniException {
        if (previous.interfaces().isEmpty()) {
            throw none("no interfaces provided");
        }
        try {
            Optional<Link> inside = place.inside().link(ifName);
            if (inside.isEmpty() || inside.get().parent() <= 0) {
                throw none(
                        "container interface "
                                + ifName
                                + " has no veth peer: "
                                + (inside.isEmpty() ? "Link not found" : "it is no veth"));
            }
            int index = inside.get().parent();
            Link link =
                    place.host()
                            .link(index)
                            .orElseThrow(() ->
                                    none("veth peer with index " + index + " is not in host ns"));
            for (CniInterface one : previous.interfaces()) {
                if (one.sandbox().isEmpty() && one.name().equals(link.name())) {
                    return link;
                }
            }
            throw none("no veth peer of container interface found in host ns");
        } catch (IOException e) {
            throw Failures.of("failed to look for the host's end of \"" + ifName + "\"", e);
        }
    }

    private static CniException none(String msg) {
        return new CniException(
                CniException.INVALID_CONFIG,
                msg,
                "the plugin works only behind one that joins the container by a veth pair and names"
                        + " both ends in its result");
    }
}
