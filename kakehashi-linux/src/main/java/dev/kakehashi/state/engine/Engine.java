package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.Nft;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Difference;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.ResourceKey;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Makes kernels as desired.
 *
 * <p>An engine works in named namespaces. Those it is made with are its home: it keeps a socket
 * open in each until it is closed. Others are added with {@link #with} for one piece of work and
 * hold nothing open after it. What an engine does in its own threads ends with {@link #close}.
 *
 * <p>Every operation either does all that it was asked for or takes back what it had done and
 * throws; only what is shared stays, since others may have begun to use it. An engine may be used
 * by several threads at once; two operations on the same objects must be kept apart by the caller.
 * Calls block a native thread: they are not for virtual threads.
 */
public final class Engine implements AutoCloseable {
    private final Kernel kernel;
    private final Homes own;
    private final PriorValues priorValues;
    private final Optional<StepHook> hook;
    private final Optional<Consumer<Applied>> onlooker;
    private final Map<LinkRef, Link> seen;
    private final Observer observer;

    private Engine(
            Kernel kernel,
            Homes own,
            PriorValues priorValues,
            Optional<StepHook> hook,
            Optional<Consumer<Applied>> onlooker,
            Map<LinkRef, Link> seen) {
        this.kernel = kernel;
        this.own = own;
        this.priorValues = priorValues;
        this.hook = hook;
        this.onlooker = onlooker;
        this.seen = seen;
        this.observer = new Observer(kernel, priorValues);
    }

    /**
     * An engine at home in some namespaces. The handles stay the caller's and must stay open as
     * long as the engine. Links that an earlier engine left on their way out are deleted in the
     * background.
     */
    public static Engine open(Map<NamespaceId, Netns> homes) throws IOException {
        return open(homes, PriorValues.inMemory());
    }

    /**
     * The same with a record of what unmarked objects were before, which should outlive the
     * process.
     */
    public static Engine open(Map<NamespaceId, Netns> homes, PriorValues priorValues)
            throws IOException {
        return open(homes, priorValues, Optional.empty());
    }

    private static Engine open(
            Map<NamespaceId, Netns> homes,
            PriorValues priorValues,
            Optional<Consumer<Applied>> onlooker)
            throws IOException {
        Homes opened = Homes.open(homes);
        return new Engine(
                opened.kernel(), opened, priorValues, Optional.empty(), onlooker, Map.of());
    }

    /** An engine at home in the namespace of the node only. */
    public static Engine open(Netns host) throws IOException {
        return open(Map.of(NamespaceId.HOST, host));
    }

    /**
     * The same with somebody who is told what each operation that succeeded has done, before it
     * returns.
     */
    public static Engine open(Netns host, Consumer<Applied> onlooker) throws IOException {
        return open(Map.of(NamespaceId.HOST, host), PriorValues.inMemory(), Optional.of(onlooker));
    }

    /**
     * The same engine with one more namespace, of a pod for example. The handle stays the caller's;
     * nothing of it is kept, but what unmarked objects in it were before, as long as the result is
     * in use. The result need not be closed.
     */
    public Engine with(NamespaceId namespace, Netns netns) {
        return with(namespace, new Kernel.Guest(netns, Optional.empty()));
    }

    /**
     * The same with a socket that is open there already, which stays the caller's: opening one is a
     * fifth of the work of a pod.
     */
    public Engine with(NamespaceId namespace, Netns netns, RtNetlink netlink) {
        return with(namespace, new Kernel.Guest(netns, Optional.of(netlink)));
    }

    private Engine with(NamespaceId namespace, Kernel.Guest guest) {
        return new Engine(
                kernel.with(namespace, guest),
                Homes.NONE,
                new GuestValues(namespace, priorValues),
                hook,
                onlooker,
                seen);
    }

    /** The same engine with somebody who looks on, step by step. */
    Engine with(StepHook looker) {
        return new Engine(kernel, Homes.NONE, priorValues, Optional.of(looker), onlooker, seen);
    }

    /**
     * The same engine with links that the caller has just seen: {@link #apply} does not look at
     * them again. For one piece of work, as {@link #with(NamespaceId, Netns)}.
     */
    public Engine having(Map<LinkRef, Link> justSeen) {
        return new Engine(kernel, Homes.NONE, priorValues, hook, onlooker, Map.copyOf(justSeen));
    }

    /**
     * What there is of what a state talks about; of namespaces that the engine does not know,
     * nothing.
     */
    public ObservedState observe(DesiredState desired) throws IOException {
        return observer.observe(desired);
    }

    /** What {@link #reconcile} would do. Changes nothing. */
    public Plan plan(DesiredState desired) throws IOException {
        return plan(desired, DesiredState.EMPTY);
    }

    /** What {@link #reconcile(DesiredState, DesiredState)} would do. Changes nothing. */
    public Plan plan(DesiredState desired, DesiredState unwanted) throws IOException {
        return Diff.between(desired, unwanted, observer.observe(desired, unwanted));
    }

    /**
     * Makes what is desired in the fewest messages, taking it that nothing of it is there yet; if
     * the kernel says otherwise, as {@link #reconcile}.
     *
     * @throws ConflictException if something foreign is in the way; nothing was changed
     * @throws StepException if a kernel refuses a step; what was done is undone
     */
    public Applied apply(DesiredState desired) throws IOException {
        if (!Assumption.isWorthwhile(desired)) {
            return reconcile(desired);
        }
        ObservedState assumed = new Assumption(kernel, seen).of(desired);
        if (!Assumption.isSafe(desired, assumed)) {
            return reconcile(desired);
        }
        try {
            return execute(Diff.between(desired, assumed), desired, assumed);
        } catch (StepException e) {
            if (!e.isInTheWay()) {
                throw e;
            }
            return reconcile(desired);
        }
    }

    /**
     * Looks at what there is and changes what differs.
     *
     * @throws ConflictException if something foreign is in the way; nothing was changed
     * @throws StepException if a kernel refuses a step; what was done is undone
     */
    public Applied reconcile(DesiredState desired) throws IOException {
        return reconcile(desired, DesiredState.EMPTY);
    }

    /**
     * Looks at what there is, changes what differs, then removes what is no longer wanted. What is
     * wanted and unwanted both is wanted.
     *
     * @throws ConflictException if something foreign is in the way; nothing was changed
     * @throws StepException if a kernel refuses a step; what was done is undone
     */
    public Applied reconcile(DesiredState desired, DesiredState unwanted) throws IOException {
        return reconcile(desired, unwanted, LinkRemoval.HIDDEN);
    }

    private Applied reconcile(DesiredState desired, DesiredState unwanted, LinkRemoval removal)
            throws IOException {
        Look look = Look.at(kernel, observer, desired, unwanted);
        return execute(look.plan(), desired, look.observed(), removal);
    }

    /**
     * Makes what is wanted of what an operation before has made: what is no longer wanted of that
     * is removed. While only what hangs on nothing changes, as one route among thousands, the
     * kernel is not looked at but taken to be as it was left; if it says otherwise, and whenever
     * more changes, as {@link #reconcile(DesiredState, DesiredState)}.
     *
     * @param before what stands
     * @throws ConflictException if something foreign is in the way; nothing was changed
     * @throws StepException if a kernel refuses a step; what was done is undone
     */
    public Applied advance(DesiredState before, DesiredState wanted) throws IOException {
        Difference difference = wanted.since(before);
        if (!Continuation.isPossible(difference)) {
            return reconcile(wanted, difference.gone());
        }
        try {
            ObservedState known = new Continuation(kernel).of(difference);
            Plan plan = Diff.between(difference.fresh(), difference.gone(), known);
            return execute(plan, difference.fresh(), known);
        } catch (IOException e) {
            return reconcile(wanted, difference.gone()); // which says why, if it is not that
        }
    }

    /**
     * Looks at what there is and changes what differs, as far as that is possible: what something
     * foreign is in the way of, or a kernel refuses, is left out and told. For those who come back
     * later and try again.
     *
     * @throws IOException if a namespace cannot be looked at or worked in at all
     */
    public Healing heal(DesiredState desired) throws IOException {
        Look look = Look.at(kernel, observer, desired, DesiredState.EMPTY);
        Execution execution = execution(desired, look.observed(), LinkRemoval.HIDDEN);
        List<StepException> failures = execution.runAsFarAsPossible(Unhindered.steps(look.plan()));
        return new Healing(execution.done(), look.plan().conflicts(), failures);
    }

    /**
     * What is ours in a namespace, found by the marks on it alone, whoever made it and when: for
     * {@link #remove}, or as what is unwanted in {@link #reconcile(DesiredState, DesiredState)}
     * after a restart. Not among it: rules of ours in chains of others, which are known only by
     * comments of their makers' choice, and what can bear no mark and is on links of others.
     *
     * @param which for example those whose owner is no more
     */
    public DesiredState belongings(NamespaceId namespace, Predicate<Belonging> which)
            throws IOException {
        Nft nft = kernel.nft(namespace);
        DesiredState.Builder all = DesiredState.builder();
        Set<ResourceKey> seen = new HashSet<>();
        for (Belonging belonging :
                kernel.<List<Belonging>>talk(namespace, netlink -> Belongings.of(netlink, nft))) {
            // Equal keys may be several routes; one is removed at a time.
            if (which.test(belonging) && seen.add(belonging.resource().key())) {
                all.add(namespace, belonging.resource());
            }
        }
        return all.build();
    }

    /** The namespaces that the engine is at home in. */
    public Map<NamespaceId, Netns> homes() {
        return own.handles();
    }

    /**
     * Whether a notification is about a change that this engine has asked for itself.
     *
     * @param port the one that the notification names, {@code nlmsg_pid}
     */
    public boolean isOwn(NamespaceId namespace, int port) {
        return own.owns(namespace, port);
    }

    /**
     * Removes what is ours of a state and leaves what is shared or foreign. Namespaces that the
     * engine does not know are taken to be gone, with all that was in them. When it returns, links
     * are down and have lost their name; the kernel's slow part goes on in the background.
     */
    public Applied remove(DesiredState unwanted) throws IOException {
        return reconcile(DesiredState.EMPTY, unwanted);
    }

    /**
     * The same for links whose names nobody takes again soon: when it returns they carry no traffic
     * of their own, and the names go with the slow part. A change of a name makes the kernel wait
     * for all processors while nobody else can change a link (netif_change_name()), and so does
     * taking a link down. Whoever wants such a name before it is gone waits for that ({@link
     * #reconcile}).
     */
    public Applied release(DesiredState unwanted) throws IOException {
        return reconcile(DesiredState.EMPTY, unwanted, LinkRemoval.SILENT);
    }

    private Applied execute(Plan plan, DesiredState desired, ObservedState observed)
            throws IOException {
        return execute(plan, desired, observed, LinkRemoval.HIDDEN);
    }

    private Applied execute(
            Plan plan, DesiredState desired, ObservedState observed, LinkRemoval removal)
            throws IOException {
        if (!plan.conflicts().isEmpty()) {
            throw new ConflictException(plan.conflicts());
        }
        Execution execution = execution(desired, observed, removal);
        execution.run(plan.steps());
        Applied applied =
                new Applied(
                        execution.done(),
                        plan.remarks(),
                        execution.indexes().indexes(),
                        execution.indexes().macs());
        onlooker.ifPresent(told -> told.accept(applied));
        return applied;
    }

    private Execution execution(DesiredState desired, ObservedState observed, LinkRemoval removal) {
        Indexes indexes = new Indexes(this::find);
        indexes.add(observed);
        Tools tools =
                Tools.of(
                        kernel,
                        indexes,
                        priorValues,
                        link -> Scene.isOurs(desired, observed, link.namespace(), link.name()));
        return new Execution(tools, removal, hook);
    }

    private Optional<ObservedLink> find(LinkRef link) throws IOException {
        return observer.link(link.namespace(), link.name());
    }

    /** Whether links that were removed are not all gone yet. */
    public boolean isRemoving() {
        return own.isRemoving();
    }

    /** Waits until links that were removed are gone; false if that takes longer. */
    public boolean awaitRemoval(Duration timeout) throws InterruptedException {
        return own.awaitRemoval(timeout);
    }

    @Override
    public void close() {
        own.close();
    }
}
