package dev.kakehashi.plugins.bandwidth;

import static dev.kakehashi.plugins.attachment.ContainerCheck.failed;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.rtnetlink.Filter;
import dev.kakehashi.linux.rtnetlink.FilterKind;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Qdisc;
import dev.kakehashi.linux.rtnetlink.QdiscKind;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;

import java.io.IOException;
import java.util.Optional;

/**
 * One CHECK of {@code bandwidth}, in the reference plugin's words; it holds for what that plugin
 * has made, too.
 */
final class BandwidthCheck {

    private final BandwidthConfig config;
    private final Attachment attachment;
    private final RtNetlink host;

    BandwidthCheck(BandwidthConfig config, Attachment attachment, RtNetlink host) {
        this.config = config;
        this.attachment = attachment;
        this.host = host;
    }

    void run(Link hostEnd) throws CniException {
        try {
            if (config.selectedIngress().isPresent()) {
                bucket(link(IfbNames.towards(attachment)), config.selectedIngress().get());
            } else if (config.ingress().isPresent()) {
                bucket(hostEnd, config.ingress().get());
            }
            if (config.egress().isPresent()) {
                Link ifb = ifb();
                bucket(ifb, config.egress().get());
                if (config.selection().isAll()) {
                    filter(hostEnd, ifb);
                }
            }
        } catch (IOException e) {
            throw Failures.of("failed to look at the qdiscs of \"" + hostEnd.name() + "\"", e);
        }
    }

    private Link ifb() throws CniException, IOException {
        Optional<Link> ours = host.link(IfbNames.of(attachment));
        return ours.isPresent() ? ours.get() : link(IfbNames.ofReference(attachment));
    }

    private Link link(String name) throws CniException, IOException {
        return host.link(name).orElseThrow(() -> failed("get ifb device: Link not found"));
    }

    private void bucket(Link link, Limit limit) throws CniException, IOException {
        QdiscKind.Tbf wanted = limit.bucket();
        for (Qdisc qdisc : host.qdiscs(link.index())) {
            if (qdisc.parent() == Qdisc.ROOT && qdisc.kind() instanceof QdiscKind.Tbf found) {
                if (found.rate() != wanted.rate()) {
                    throw failed("Rate doesn't match");
                }
                if (found.limit() != wanted.limit()) {
                    throw failed("Limit doesn't match");
                }
                if (!wanted.matches(found)) {
                    throw failed("Buffer doesn't match");
                }
                return;
            }
        }
        throw failed("Failed to find qdisc");
    }

    private void filter(Link hostEnd, Link ifb) throws CniException, IOException {
        for (Filter filter : host.filters(hostEnd.index(), Filter.INGRESS)) {
            if (filter.kind() instanceof FilterKind.MatchAll(FilterKind.Mirred mirred)
                    && mirred.link() == ifb.index()) {
                return;
            }
        }
        throw failed(
                "Failed to find the filter that leads from "
                        + hostEnd.name()
                        + " to "
                        + ifb.name());
    }
}
