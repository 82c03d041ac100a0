package dev.kakehashi.state.engine;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netlink.BatchResult;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.rtnetlink.Ifb;
import dev.kakehashi.linux.rtnetlink.Ipv4Setting;
import dev.kakehashi.linux.rtnetlink.LinkSpec;
import dev.kakehashi.linux.rtnetlink.Links;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.sysctl.SysctlTree;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Filter;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.LinkRef;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Qdisc;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.ResourceKey;
import dev.kakehashi.state.Sysctl;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Steps that follow each other in one namespace: their messages go in as few sends as can be. */
final class StepGroup {
    /**
     * Of the switches that netlink sets with their link, one whose file does nothing else when it
     * is written (devinet_conf_proc(), net/ipv4/devinet.c).
     */
    private static final String ARP_NOTIFY = "net/ipv4/conf/" + Sysctl.DEVICE + "/arp_notify";

    private final Tools tools;
    private final Progress progress;
    private final NamespaceId namespace;
    private final RtNetlink netlink;
    private final LinkRemoval removal;
    private final List<NetlinkRequest> requests = new ArrayList<>();
    private final List<Step> owners = new ArrayList<>();

    /** What is asked if a kernel refuses a request. */
    private final IdentityHashMap<NetlinkRequest, NetlinkRequest> otherwise =
            new IdentityHashMap<>();

    private final List<Step> nft = new ArrayList<>();
    private final WireguardExecution wireguard = new WireguardExecution();
    private boolean reap;

    /**
     * A group.
     *
     * @param removal how links go
     */
    StepGroup(
            Tools tools,
            Progress progress,
            NamespaceId namespace,
            RtNetlink netlink,
            LinkRemoval removal) {
        this.tools = tools;
        this.progress = progress;
        this.namespace = namespace;
        this.netlink = netlink;
        this.removal = removal;
    }

    void run(List<Step> steps) throws IOException {
        try {
            carryOut(steps);
        } finally {
            if (reap) {
                tools.kernel().home(namespace).ifPresent(home -> home.reaper().schedule());
            }
        }
    }

    private void carryOut(List<Step> steps) throws IOException {
        for (Step step : steps) {
            if (step.resource() instanceof Sysctl sysctl) {
                if (isTold(step, sysctl)) {
                    append(step);
                } else {
                    flush();
                    set(step, sysctl);
                }
            } else if (NftExecution.carriesOut(step)) {
                nft.add(step);
            } else if (WireguardExecution.carriesOut(step)) {
                if (!requests.isEmpty() || !nft.isEmpty()) {
                    flush();
                }
                wireguard.add(step);
            } else {
                append(step);
            }
        }
        flush();
    }

    /**
     * Whether a switch of a new link goes with the messages. Its file would have to be found in the
     * new namespace, which takes 0.1 ms among some hundred of them ({@link SysctlTree}).
     */
    static boolean isTold(Step step, Sysctl sysctl) {
        return step instanceof Step.Create
                && sysctl.path().equals(ARP_NOTIFY)
                && (sysctl.value().equals("0") || sysctl.value().equals("1"));
    }

    private void append(Step step) throws IOException {
        if (!nft.isEmpty() || !wireguard.isEmpty()) {
            flush();
        }
        List<NetlinkRequest> encoded;
        try {
            encoded = encode(step);
        } catch (MissingLinkException e) {
            if (step instanceof Step.Remove
                    || (step.resource() instanceof Sysctl sysctl && !sysctl.required())) {
                return; // it went with its link
            }
            progress.fail(new StepException(step, e));
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
            tools.priorValues().forget(step.namespace(), key);
        } else if (step instanceof Step.Create
                && !tools.ours().test(new LinkRef(step.namespace(), device))) {
            tools.priorValues().record(step.namespace(), key, PriorValues.ABSENT);
        }
    }

    private List<NetlinkRequest> encode(Step step) throws IOException {
        // No switch over types on the way of a first call: docs/adr/0008.
        if (step instanceof Step.CreatePair pair) {
            progress.made(new LinkRef(pair.namespace(), pair.resource().name()));
            progress.made(new LinkRef(pair.peerNamespace(), pair.peer().name()));
            return tools.links().createPair(pair);
        }
        if (step instanceof Step.Configure configure) {
            return tools.links().configure(configure);
        }
        if (step instanceof Step.Move move) {
            return tools.links().move(move);
        }
        return step.resource() instanceof Link link
                ? encodeLink(step, link)
                : encodeOther(step, step.resource());
    }

    private List<NetlinkRequest> encodeLink(Step step, Link link) throws IOException {
        if (step instanceof Step.Create create) {
            progress.made(new LinkRef(create.namespace(), link.name()));
            return tools.links().create(create);
        }
        return step instanceof Step.Change change ? tools.links().change(change) : remove(link);
    }

    private List<NetlinkRequest> encodeOther(Step step, Resource resource) throws IOException {
        if (resource instanceof Sysctl sysctl) {
            return List.of(
                    Links.change(
                            tools.indexes().of(namespace, sysctl.device().orElseThrow()),
                            LinkSpec.builder()
                                    .ipv4(Ipv4Setting.ARP_NOTIFY, Integer.parseInt(sysctl.value()))
                                    .build()));
        }
        NetlinkHandler<Resource> handler = handler(resource);
        if (step instanceof Step.Create) {
            return List.of(handler.create(namespace, resource, false, tools.indexes()));
        }
        return step instanceof Step.Change change
                ? handler.change(namespace, resource, change.before(), tools.indexes())
                : List.of(handler.remove(namespace, resource, tools.indexes()));
    }

    private List<NetlinkRequest> remove(Link link) throws IOException {
        List<NetlinkRequest> encoded;
        if (removal == LinkRemoval.AT_ONCE || !LinkReaper.canWait(link)) {
            encoded = List.of(tools.links().delete(namespace, link.name()));
        } else if (removal == LinkRemoval.HIDDEN) {
            reap = true;
            encoded = tools.links().hide(namespace, link.name());
        } else {
            reap = true;
            encoded = silence(link);
        }
        tools.indexes().forget(namespace, link.name());
        return encoded;
    }

    private List<NetlinkRequest> silence(Link link) throws IOException {
        String name = link.name();
        if (link.origin() instanceof LinkOrigin.Created created && created.kind() instanceof Ifb) {
            return List.of(tools.links().leave(namespace, name));
        }
        NetlinkRequest down = tools.links().down(namespace, name);
        if (!tools.indexes().isPort(namespace, name)) {
            return List.of(down);
        }
        List<NetlinkRequest> silence = tools.links().silence(namespace, name);
        // Where the bridge runs the spanning tree protocol, ports' states are its own.
        otherwise.put(silence.getLast(), down);
        return silence;
    }

    @SuppressWarnings("unchecked") // all kinds that come here are netlink's
    private static NetlinkHandler<Resource> handler(Resource resource) {
        return (NetlinkHandler<Resource>) (Handler<?>) Handlers.of(resource);
    }

    private void flush() throws IOException {
        if (!requests.isEmpty()) {
            send();
        }
        if (!wireguard.isEmpty()) {
            flushWireguard();
        }
        if (!nft.isEmpty()) {
            List<Step> steps = List.copyOf(nft);
            nft.clear();
            try {
                new NftExecution(tools.kernel().nft(namespace)).run(steps);
                progress.done(steps);
            } catch (StepException e) {
                progress.fail(e);
            }
        }
    }

    private void flushWireguard() throws IOException {
        WireguardExecution.Outcome outcome = wireguard.run(tools.kernel().netns(namespace));
        progress.done(outcome.done());
        for (StepException failure : outcome.failures()) {
            progress.fail(failure);
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
            if (isDoneOtherwise(failure)) {
                continue;
            }
            refused.add(failure.index());
            Step step = steps.get(failure.index());
            LinuxException cause = failure.toException();
            if (!Refusals.isHarmless(steps, failure, cause)) {
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
            progress.fail(first);
        }
    }

    private boolean isDoneOtherwise(BatchResult.Failure failure) {
        NetlinkRequest other = otherwise.remove(failure.request());
        if (other == null) {
            return false;
        }
        try {
            return netlink.submit(List.of(other)).failures().isEmpty();
        } catch (IOException e) {
            return false; // the refusal is told
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
                progress.done(step);
                last = step;
            }
        }
    }

    private void set(Step step, Sysctl sysctl) throws IOException {
        if (step instanceof Step.Change(NamespaceId where, _, Sysctl before)
                && sysctl.relation() == Relation.OWNED) {
            tools.priorValues().record(where, sysctl.key(), before.value());
        }
        try {
            SysctlFiles.write(tools.kernel().switches(namespace), sysctl.file(), sysctl.value());
            progress.done(step);
            forgetIfBack(step.namespace(), sysctl);
        } catch (IOException e) {
            if (sysctl.required()) {
                progress.fail(new StepException(step, e));
            }
        }
    }

    private void forgetIfBack(NamespaceId namespace, Sysctl sysctl) throws IOException {
        Optional<String> before = tools.priorValues().find(namespace, sysctl.key());
        if (before.isPresent() && before.get().equals(sysctl.value())) {
            tools.priorValues().forget(namespace, sysctl.key());
        }
    }
}
