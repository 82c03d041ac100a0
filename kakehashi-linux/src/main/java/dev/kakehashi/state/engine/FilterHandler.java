package dev.kakehashi.state.engine;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.rtnetlink.FilterKind;
import dev.kakehashi.linux.rtnetlink.Filters;
import dev.kakehashi.state.Filter;
import dev.kakehashi.state.NamespaceId;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;

/** Filters that send everything elsewhere. */
final class FilterHandler extends UnmarkedHandler<Filter> {
    @Override
    Phase phase(Filter filter) {
        return Phase.FILTER;
    }

    @Override
    boolean same(Filter wanted, Filter found) {
        return wanted.equals(found);
    }

    @Override
    List<String> createCommands(NamespaceId namespace, Filter filter, boolean replace) {
        return List.of(
                Commands.tc(namespace)
                        + " filter add"
                        + text(filter)
                        + " u32 match "
                        + filter.subnet()
                                .map(subnet ->
                                        (subnet.isIpv4() ? "ip " : "ip6 ")
                                                + (isSource(filter) ? "src " : "dst ")
                                                + subnet)
                                .orElse("u32 0 0")
                        + filter.target()
                                .map(target ->
                                        " action mirred egress "
                                                + (filter.redirect() ? "redirect" : "mirror")
                                                + " dev "
                                                + target)
                                .orElse(" flowid 0:0"));
    }

    /** The far side of what leaves by a link is where it comes from. */
    private static boolean isSource(Filter filter) {
        return filter.direction() == Filter.Direction.EGRESS;
    }

    @Override
    List<String> changeCommands(NamespaceId namespace, Filter filter, Filter before) {
        return List.of(
                removeCommands(namespace, before).getFirst(),
                createCommands(namespace, filter, false).getFirst());
    }

    @Override
    List<String> removeCommands(NamespaceId namespace, Filter filter) {
        return List.of(Commands.tc(namespace) + " filter delete" + text(filter) + " u32");
    }

    private static String text(Filter filter) {
        return " dev "
                + filter.device()
                + " "
                + filter.direction().name().toLowerCase(Locale.ROOT)
                + " prio "
                + filter.priority()
                + filter.subnet()
                        .map(subnet -> " protocol " + (subnet.isIpv4() ? "ip" : "ipv6"))
                        .orElse("");
    }

    @Override
    NetlinkRequest create(NamespaceId namespace, Filter filter, boolean replace, Indexes indexes)
            throws IOException {
        return Filters.add(message(namespace, filter, indexes));
    }

    @Override
    NetlinkRequest remove(NamespaceId namespace, Filter filter, Indexes indexes)
            throws IOException {
        return Filters.delete(message(namespace, filter, indexes));
    }

    /** Without a handle the kernel adds a filter beside the old one. */
    @Override
    List<NetlinkRequest> change(
            NamespaceId namespace, Filter filter, Filter before, Indexes indexes)
            throws IOException {
        return List.of(
                remove(namespace, before, indexes), create(namespace, filter, false, indexes));
    }

    private static dev.kakehashi.linux.rtnetlink.Filter message(
            NamespaceId namespace, Filter filter, Indexes indexes) throws IOException {
        Optional<FilterKind.Mirred> mirred = Optional.empty();
        if (filter.target().isPresent()) {
            int target = indexes.of(namespace, filter.target().get());
            mirred = Optional.of(new FilterKind.Mirred(target, filter.redirect()));
        }
        return dev.kakehashi.linux.rtnetlink.Filter.of(
                indexes.of(namespace, filter.device()),
                parent(filter.direction()),
                filter.priority(),
                filter.subnet().isPresent()
                        ? new FilterKind.MatchSubnet(
                                filter.subnet().get(), isSource(filter), mirred)
                        : new FilterKind.MatchAll(mirred.orElseThrow()));
    }

    static int parent(Filter.Direction direction) {
        return switch (direction) {
            case INGRESS -> dev.kakehashi.linux.rtnetlink.Filter.INGRESS;
            case EGRESS -> dev.kakehashi.linux.rtnetlink.Filter.EGRESS;
        };
    }

    /** A filter as the kernel shows it; empty for those that can never be ours. */
    static Optional<Observed> observed(
            dev.kakehashi.linux.rtnetlink.Filter found,
            String device,
            Filter.Direction direction,
            IntFunction<Optional<String>> names) {
        if (found.handle() == 0) {
            return Optional.empty();
        }
        return switch (found.kind()) {
            case FilterKind.MatchAll(FilterKind.Mirred mirred) ->
                    names.apply(mirred.link())
                            .map(target ->
                                    seen(
                                            found,
                                            device,
                                            direction,
                                            Optional.empty(),
                                            Optional.of(target),
                                            mirred.redirect()));
            case FilterKind.MatchSubnet subnet
                    when subnet.source() == (direction == Filter.Direction.EGRESS) -> {
                Optional<String> target = subnet.mirred().flatMap(m -> names.apply(m.link()));
                yield target.isPresent() == subnet.mirred().isPresent()
                        ? Optional.of(
                                seen(
                                        found,
                                        device,
                                        direction,
                                        Optional.of(subnet.subnet()),
                                        target,
                                        subnet.mirred()
                                                .filter(FilterKind.Mirred::redirect)
                                                .isPresent()))
                        : Optional.empty();
            }
            default -> Optional.empty();
        };
    }

    private static Observed seen(
            dev.kakehashi.linux.rtnetlink.Filter found,
            String device,
            Filter.Direction direction,
            Optional<IpPrefix> subnet,
            Optional<String> target,
            boolean redirect) {
        return new Observed(
                new Filter(device, direction, found.priority(), subnet, target, redirect),
                Mark.NONE);
    }
}
