package dev.kakehashi.plugins.bandwidth;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.Ifb;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Filter;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.Qdisc;

import java.util.ArrayList;
import java.util.List;

/**
 * What {@code bandwidth} wants of the host. What goes to the container is shaped where it leaves
 * the host, at the host's end of the pair. What comes from there arrives at that end, where nothing
 * can wait: it is sent through a link of its own and shaped there. Where only a part is shaped, in
 * either direction, that part is sent through a link, and the rest is not touched. Pure.
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
        if (config.selectedIngress().isPresent()) {
            String ifb = IfbNames.towards(attachment);
            block(state, ifb, attachment, config.selectedIngress().get(), mtu);
            state.host(Qdisc.clsact(hostEnd));
        } else {
            config.ingress().ifPresent(limit -> state.host(Qdisc.root(hostEnd, limit.bucket())));
        }
        if (config.egress().isPresent()) {
            block(state, IfbNames.of(attachment), attachment, config.egress().get(), mtu);
            if (config.selectedIngress().isEmpty()) {
                state.host(Qdisc.ingress(hostEnd));
            }
        }
        filters(config, attachment, hostEnd).forEach(state::host);
        return state.build();
    }

    /** A link with a bucket. A queue length of 0 makes no difference to that: it counts bytes. */
    private static void block(
            DesiredState.Builder state, String ifb, Attachment attachment, Limit limit, int mtu) {
        state.host(
                Link.create(ifb, new Ifb())
                        .owner(attachment.owner())
                        .mtu(mtu)
                        .txQueueLength(0)
                        .up(true)
                        .build(),
                Qdisc.root(ifb, limit.bucket()));
    }

    /** What leads to the links. */
    static List<Filter> filters(BandwidthConfig config, Attachment attachment, String hostEnd) {
        List<Filter> filters = new ArrayList<>();
        if (config.selectedIngress().isPresent()) {
            String ifb = IfbNames.towards(attachment);
            filters(config.selection(), hostEnd, Filter.Direction.EGRESS, ifb, filters);
        }
        if (config.egress().isPresent()) {
            String ifb = IfbNames.of(attachment);
            filters(config.selection(), hostEnd, Filter.Direction.INGRESS, ifb, filters);
        }
        return filters;
    }

    private static void filters(
            Selection selection,
            String hostEnd,
            Filter.Direction direction,
            String ifb,
            List<Filter> filters) {
        int priority = PRIORITY;
        for (IpPrefix subnet : selection.subnets()) {
            filters.add(
                    selection.only()
                            ? Filter.redirect(hostEnd, direction, priority, subnet, ifb)
                            : Filter.pass(hostEnd, direction, priority, subnet));
            priority++;
        }
        if (!selection.only()) {
            filters.add(Filter.redirect(hostEnd, direction, priority, ifb));
        }
    }

    /** The links alone, with whose end the disciplines on them end, too. */
    static DesiredState links(Attachment attachment) {
        return DesiredState.builder()
                .add(link(IfbNames.of(attachment), attachment.owner()))
                .add(link(IfbNames.towards(attachment), attachment.owner()))
                .build();
    }

    /** A link of some owner. */
    static DesiredState link(String name, String owner) {
        return DesiredState.builder()
                .host(Link.create(name, new Ifb()).owner(owner).build())
                .build();
    }
}
