package dev.kakehashi.state.engine;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netlink.BatchResult;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Filter;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.NftElements;
import dev.kakehashi.state.NftRules;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.Qdisc;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.ResourceKey;
import dev.kakehashi.state.Sysctl;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The carrying out of a plan. Each namespace is entered once for each run of steps in it, and
 * netlink messages that follow each other go in one send. Remembers what was done, so that it can
 * be taken back.
 */
final class Execution {
    private final Kernel kernel;
    private final Indexes indexes;
    private final PriorValues priorValues;
    private final Optional<StepHook> hook;
    private final Predicate<LinkRef> ours;
    private final LinkEncoder links;
    private final List<Step> done = new ArrayList<>();
    private final List<StepException> failures = new ArrayList<>();
    private boolean keepsGoing;
    private boolean undoing;
    private final Set<LinkRef> made = new HashSet<>();

    /**
     * An execution of nothing yet.
     *
     * @param ours which links are ours, so that what is on them needs no record
     */
    Execution(
            Kernel kernel,
            Indexes indexes,
            PriorValues priorValues,
            Optional<StepHook> hook,
            Predicate<LinkRef> ours) {
        this.kernel = kernel;
        this.indexes = indexes;
        this.priorValues = priorValues;
        this.hook = hook;
        this.ours = ours;
        this.links = new LinkEncoder(indexes, kernel::netns);
    }

    /** The links that were seen or made. */
    Indexes indexes() {
        return indexes;
    }

    /** What was done so far, in order. */
    List<Step> done() {
        return done;
    }

    /**
     * Carries out the steps, or takes back what was done of them.
     *
     * @throws StepException the first step that failed
     */
    void run(List<Step> steps) throws IOException {
        try {
            if (hook.isPresent()) {
                for (Step step : steps) {
                    hook.get().before(step);
                    runGroups(List.of(step));
                }
            } else {
                runGroups(steps);
            }
        } catch (IOException | RuntimeException e) {
            undo(e);
            throw e;
        }
    }

    /** Carries out what can be of the steps and takes nothing back; tells what could not be. */
    List<StepException> runAsFarAsPossible(List<Step> steps) throws IOException {
        keepsGoing = true;
        runGroups(steps);
        return failures;
    }

    private void fail(StepException failure) throws StepException {
        if (!keepsGoing) {
            throw failure;
        }
        failures.add(failure);
    }

    private void runGroups(List<Step> steps) throws IOException {
        int from = 0;
        while (from < steps.size()) {
            NamespaceId namespace = steps.get(from).executedIn();
            boolean inside = false;
            int to = from;
            while (to < steps.size() && steps.get(to).executedIn().equals(namespace)) {
                inside |= steps.get(to).resource() instanceof Sysctl;
                to++;
            }
            List<Step> group = steps.subList(from, to);
            Kernel.Work<Boolean> work =
                    netlink -> {
                        new Group(namespace, netlink).run(group);
                        return true;
                    };
            if (inside) {
                kernel.enter(namespace, work);
            } else {
                kernel.talk(namespace, work);
            }
            from = to;
        }
    }

    /** Takes back what was done, last first; what cannot be is told with the failure. */
    private void undo(Exception failure) {
        undoing = true; // links go at once, with their far ends: the next attempt may follow
        List<Step> nft = new ArrayList<>();
        for (Step step : List.copyOf(done).reversed()) {
            if (step.inverse().isEmpty() || goesWithLink(step)) {
                continue;
            }
            Step back = step.inverse().get();
            if (isNft(back)) {
                nft.add(back);
            } else {
                undo(nft, failure);
                nft.clear();
                undo(List.of(back), failure);
            }
        }
        undo(nft, failure);
        done.clear();
    }

    /**
     * Those of nftables go together: chains cannot be deleted before the rules that lead to them.
     */
    private static boolean isNft(Step step) {
        return step.resource() instanceof NftTable
                || step.resource() instanceof NftChain
                || step.resource() instanceof NftRules
                || step.resource() instanceof NftElements;
    }

    private void undo(List<Step> back, Exception failure) {
        if (back.isEmpty()) {
            return;
        }
        try {
            runGroups(List.copyOf(back));
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private boolean goesWithLink(Step step) {
        return !(step.resource() instanceof Link)
                && Handlers.of(step.resource())
                        .goesWith(
                                step.resource(),
                                device -> made.contains(new LinkRef(step.namespace(), device)));
    }

    /** Steps in one namespace. */
    private final class Group {
        private final NamespaceId namespace;
        private final RtNetlink netlink;
        private final List<NetlinkRequest> requests = new ArrayList<>();
        private final List<Step> owners = new ArrayList<>();
        private final List<Step> nft = new ArrayList<>();
        private boolean reap;

        Group(NamespaceId namespace, RtNetlink netlink) {
            this.namespace = namespace;
            this.netlink = netlink;
        }

        void run(List<Step> steps) throws IOException {
            for (Step step : steps) {
                if (step.resource() instanceof Sysctl sysctl) {
                    flush();
                    set(step, sysctl);
                } else if (isNft(step)) {
                    nft.add(step);
                } else {
                    append(step);
                }
            }
            flush();
            if (reap) {
                kernel.home(namespace).ifPresent(home -> home.reaper().schedule());
            }
        }

        private void append(Step step) throws IOException {
            if (!nft.isEmpty()) {
                flush();
            }
            List<NetlinkRequest> encoded;
            try {
                encoded = encode(step);
            } catch (MissingLinkException e) {
                if (step instanceof Step.Remove) {
                    return; // it went with its link
                }
                fail(new StepException(step, e));
                return;
            }
            if (bearsNoMark(step.resource())) {
                record(step);
            }
            for (NetlinkRequest request : encoded) {
                requests.add(request);
                owners.add(step);
            }
        }

        private static boolean bearsNoMark(Resource resource) {
            return resource instanceof FdbEntry
                    || resource instanceof Qdisc
                    || resource instanceof Filter;
        }

        /** What bears no mark and is on a link of others only a record says to be ours. */
        private void record(Step step) throws IOException {
            ResourceKey key = step.resource().key();
            String device = step.resource().devices().getFirst();
            if (step instanceof Step.Remove) {
                priorValues.forget(step.namespace(), key);
            } else if (step instanceof Step.Create
                    && !ours.test(new LinkRef(step.namespace(), device))) {
                priorValues.record(step.namespace(), key, PriorValues.ABSENT);
            }
        }

        private List<NetlinkRequest> encode(Step step) throws IOException {
            // No switch over types on the way of a first call: docs/adr/0008.
            if (step instanceof Step.CreatePair pair) {
                made.add(new LinkRef(pair.namespace(), pair.resource().name()));
                made.add(new LinkRef(pair.peerNamespace(), pair.peer().name()));
                return links.createPair(pair);
            }
            if (step instanceof Step.Configure configure) {
                return links.configure(configure);
            }
            if (step instanceof Step.Move move) {
                return links.move(move);
            }
            return step.resource() instanceof Link link
                    ? encodeLink(step, link)
                    : encodeOther(step, step.resource());
        }

        private List<NetlinkRequest> encodeLink(Step step, Link link) throws IOException {
            if (step instanceof Step.Create create) {
                made.add(new LinkRef(create.namespace(), link.name()));
                return links.create(create);
            }
            return step instanceof Step.Change change ? links.change(change) : remove(link);
        }

        private List<NetlinkRequest> encodeOther(Step step, Resource resource) throws IOException {
            NetlinkHandler<Resource> handler = handler(resource);
            if (step instanceof Step.Create) {
                return List.of(handler.create(namespace, resource, false, indexes));
            }
            return step instanceof Step.Change change
                    ? handler.change(namespace, resource, change.before(), indexes)
                    : List.of(handler.remove(namespace, resource, indexes));
        }

        private List<NetlinkRequest> remove(Link link) throws IOException {
            List<NetlinkRequest> encoded;
            if (!undoing && kernel.home(namespace).isPresent() && LinkReaper.canWait(link)) {
                reap = true;
                encoded = links.retire(namespace, link.name());
            } else {
                encoded = List.of(links.delete(namespace, link.name()));
            }
            indexes.forget(namespace, link.name());
            return encoded;
        }

        @SuppressWarnings("unchecked") // all kinds that come here are netlink's
        private static NetlinkHandler<Resource> handler(Resource resource) {
            return (NetlinkHandler<Resource>) (Handler<?>) Handlers.of(resource);
        }

        private void flush() throws IOException {
            if (!requests.isEmpty()) {
                send();
            }
            if (!nft.isEmpty()) {
                List<Step> steps = List.copyOf(nft);
                nft.clear();
                try {
                    new NftExecution(kernel.nft(namespace)).run(steps);
                    done.addAll(steps);
                } catch (StepException e) {
                    fail(e);
                }
            }
        }

        private void send() throws IOException {
            List<NetlinkRequest> sent = List.copyOf(requests);
            List<Step> steps = List.copyOf(owners);
            requests.clear();
            owners.clear();
            BatchResult result;
            try {
                result = netlink.submit(sent);
            } catch (IOException e) {
                remember(steps, Set.of()); // nobody knows how far it got: take all of it back
                throw e;
            }
            Set<Integer> refused = new HashSet<>();
            StepException first = null;
            for (BatchResult.Failure failure : result.failures()) {
                refused.add(failure.index());
                Step step = steps.get(failure.index());
                LinuxException cause = failure.toException();
                if (!isTolerable(step, cause) && !isRemovalOfWhatIsGone(steps, failure, cause)) {
                    StepException e = new StepException(step, cause);
                    if (first == null) {
                        first = e;
                    } else {
                        first.addSuppressed(e);
                    }
                }
            }
            remember(steps, refused);
            if (first != null) {
                fail(first);
            }
        }

        /**
         * A step counts as done if any of its messages did something. Those of one step follow each
         * other.
         */
        @SuppressWarnings("ReferenceEquality") // the very step that each message came from
        private void remember(List<Step> steps, Set<Integer> refused) {
            Step last = null;
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                if (!refused.contains(i) && step != last) {
                    done.add(step);
                    last = step;
                }
            }
        }

        private void set(Step step, Sysctl sysctl) throws IOException {
            if (step instanceof Step.Change(NamespaceId where, _, Sysctl before)
                    && sysctl.relation() == Relation.OWNED) {
                priorValues.record(where, sysctl.key(), before.value());
            }
            try {
                SysctlFiles.write(sysctl.file(), sysctl.value());
                done.add(step);
                forgetIfBack(step.namespace(), sysctl);
            } catch (IOException e) {
                if (sysctl.required()) {
                    fail(new StepException(step, e));
                }
            }
        }
    }

    private void forgetIfBack(NamespaceId namespace, Sysctl sysctl) throws IOException {
        Optional<String> before = priorValues.find(namespace, sysctl.key());
        if (before.isPresent() && before.get().equals(sysctl.value())) {
            priorValues.forget(namespace, sysctl.key());
        }
    }

    /** A change by removing and making: what it began with may have gone with something else. */
    private static boolean isRemovalOfWhatIsGone(
            List<Step> steps, BatchResult.Failure failure, LinuxException cause) {
        int index = failure.index();
        Step step = steps.get(index);
        return step instanceof Step.Change
                && !(step.resource() instanceof Link)
                && (index == 0 || !steps.get(index - 1).equals(step))
                && index + 1 < steps.size()
                && steps.get(index + 1).equals(step)
                && isGone(cause);
    }

    private static boolean isGone(LinuxException cause) {
        return cause.is(Errno.ENODEV)
                || cause.is(Errno.ENOENT)
                || cause.is(Errno.ESRCH)
                || cause.is(Errno.EADDRNOTAVAIL);
    }

    /**
     * An entry goes with its VLAN, and then the kernel calls the VLAN invalid (br_fdb_delete()).
     */
    private static boolean isOfGoneVlan(Step step, LinuxException cause) {
        return step.resource() instanceof FdbEntry entry
                && entry.vlan().isPresent()
                && cause.is(Errno.EINVAL);
    }

    /** What is shared may be there already; what is to be removed may be gone. */
    private static boolean isTolerable(Step step, LinuxException cause) {
        if (step instanceof Step.Remove) {
            return isGone(cause) || isOfGoneVlan(step, cause);
        }
        return step instanceof Step.Create
                && step.resource().relation() == Relation.SHARED
                && !(step.resource() instanceof Link)
                && cause.is(Errno.EEXIST);
    }
}
