package dev.kakehashi.plugins.bandwidth;

import dev.kakehashi.linux.rtnetlink.Ifb;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Filter;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.Qdisc;

/**
 * What {@code bandwidth} wants of the host. What goes to the container is shaped where it leaves
 * the host, at the host's end of the pair. What comes from there arrives at that end, where nothing
 * can wait: it is sent through a link of its own and shaped there. Pure.
 */
final class BandwidthState {

    private static final int PRIORITY = 1;

    private BandwidthState() {}

    /**
     * The disciplines, and the link with its filter.
     *
     * @param hostEnd the host's end of the pair
     * @param mtu its MTU, bytes
     */
    static DesiredState compile(
            BandwidthConfig config, Attachment attachment, String hostEnd, int mtu) {
        DesiredState.Builder state = DesiredState.builder();
        config.ingress().ifPresent(limit -> state.host(Qdisc.root(hostEnd, limit.bucket())));
        if (config.egress().isPresent()) {
            String ifb = IfbNames.of(attachment);
            // A queue length of 0 makes no difference to the bucket, which counts bytes.
            state.host(
                    Link.create(ifb, new Ifb())
                            .owner(attachment.owner())
                            .mtu(mtu)
                            .txQueueLength(0)
                            .up(true)
                            .build(),
                    Qdisc.root(ifb, config.egress().get().bucket()),
                    Qdisc.ingress(hostEnd),
                    Filter.redirect(hostEnd, PRIORITY, ifb));
        }
        return state.build();
    }

    /** The link alone, with whose end the discipline on it ends, too. */
    static DesiredState link(Attachment attachment) {
        return link(IfbNames.of(attachment), attachment.owner());
    }

    /** A link of some owner. */
    static DesiredState link(String name, String owner) {
        return DesiredState.builder()
                .host(Link.create(name, new Ifb()).owner(owner).build())
                .build();
    }
}
