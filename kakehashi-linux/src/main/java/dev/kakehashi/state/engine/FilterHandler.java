package dev.kakehashi.state.engine;

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
                        + " u32 match u32 0 0 action mirred egress "
                        + (filter.redirect() ? "redirect" : "mirror")
                        + " dev "
                        + filter.target());
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
                + filter.priority();
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
        int target = indexes.of(namespace, filter.target());
        return dev.kakehashi.linux.rtnetlink.Filter.of(
                indexes.of(namespace, filter.device()),
                parent(filter.direction()),
                filter.priority(),
                new FilterKind.MatchAll(new FilterKind.Mirred(target, filter.redirect())));
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
        if (!(found.kind() instanceof FilterKind.MatchAll(FilterKind.Mirred mirred))
                || found.handle() == 0) {
            return Optional.empty();
        }
        return names.apply(mirred.link())
                .map(target ->
                        new Observed(
                                new Filter(
                                        device,
                                        direction,
                                        found.priority(),
                                        target,
                                        mirred.redirect()),
                                Mark.NONE));
    }
}
