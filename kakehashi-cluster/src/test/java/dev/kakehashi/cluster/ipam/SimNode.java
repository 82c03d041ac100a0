package dev.kakehashi.cluster.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.AllocationHandle;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.PodLink;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpPrefix;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** One machine: its disk, its kernel, its container runtime, and the agent with the real code. */
final class SimNode implements LedgerDisk, ClusterView, InstantSource {
    private static final String IF = "eth0";
    private static final long GRACE_MILLIS = 20_000;

    private final SimWorld world;
    private final String name;
    private final double rate;
    private final SimStore store;

    // disk
    private Ledger ledger = Ledger.of("boot-0");
    private Ledger durable = ledger;
    private final Set<String> journal = new LinkedHashSet<>();

    // kernel
    private final Map<String, List<InetAddress>> links = new LinkedHashMap<>();
    private final Map<IpPrefix, Long> rights = new HashMap<>();
    private long bootedAt;
    private int boots;

    // runtime: what it started, what it was told runs, and what it wants no more
    private final Set<String> running = new LinkedHashSet<>();
    private final Set<String> unwanted = new LinkedHashSet<>();
    private int containers;

    private final Map<String, SimTasks.Program> locks = new HashMap<>();
    private SimTasks.Program agent = new SimTasks.Program();
    private List<SimTasks.Program> calls = new ArrayList<>();
    private boolean cutOff;
    private boolean off;
    private List<IpPool> pools = List.of();
    private List<IpBlock> blocks = List.of();
    private Map<String, Node> nodes = Map.of();

    SimNode(SimWorld world, String name, double rate) {
        this.world = world;
        this.name = name;
        this.rate = rate;
        this.store = new SimStore(this, world.store());
    }

    SimWorld world() {
        return world;
    }

    String name() {
        return name;
    }

    boolean isCutOff() {
        return cutOff;
    }

    void cutOff(boolean value) {
        cutOff = value;
    }

    boolean isOff() {
        return off;
    }

    Ledger ledger() {
        return ledger;
    }

    Map<String, List<InetAddress>> links() {
        return links;
    }

    Set<String> running() {
        return running;
    }

    /** Whether the node may still use addresses of a block, by its own clock. */
    boolean hasRight(IpPrefix block) {
        return !off && millis() < rights.getOrDefault(block, 0L);
    }

    /** The block of which the node once had an address. */
    IpPrefix blockOf(InetAddress address) {
        return ledger.blockOf(address)
                .map(HeldBlock::cidr)
                .orElseGet(() ->
                        rights.keySet().stream()
                                .filter(block -> block.contains(address))
                                .max(Comparator.comparingInt(IpPrefix::length))
                                .orElse(IpPrefix.host(address)));
    }

    // --- the machine

    void start() {
        world.tasks().spawn(new SimTasks.Program(), this::supervise);
        world.tasks().spawn(new SimTasks.Program(), this::runContainers);
    }

    void switchOff() {
        off = true;
        killProcesses();
        links.clear();
        running.clear();
    }

    private void killProcesses() {
        agent.dead = true;
        calls.forEach(call -> call.dead = true);
        calls = new ArrayList<>();
        if (world.mutation() == Mutation.NO_WRITE_AHEAD) {
            ledger = durable;
        }
    }

    private void reboot() {
        killProcesses();
        boots++;
        bootedAt = world.tasks().now();
        ledger = Ledger.of("boot-" + boots);
        durable = ledger;
        journal.clear();
        links.clear();
        rights.clear();
        running.clear();
        unwanted.clear();
    }

    private void supervise() {
        boolean begun = false;
        while (!off) {
            if (agent.dead || !begun) {
                begun = true;
                if (world.mutation() == Mutation.NO_WRITE_AHEAD) {
                    ledger = durable;
                }
                agent = new SimTasks.Program();
                world.tasks().spawn(agent, this::runAgent);
            }
            world.tasks().giveWay(world.random().nextInt(1, 3000));
            if (world.chance(1)) {
                reboot();
            }
        }
    }

    private void runAgent() {
        BlockKeeper keeper =
                new BlockKeeper(
                        store,
                        this,
                        this,
                        this,
                        new SplittableRandom(world.random().nextLong()),
                        world.settings(name, Mutation.LONG_RIGHT, 10),
                        line -> {});
        BlockReclaimer reclaimer =
                new BlockReclaimer(
                        store,
                        this,
                        this,
                        world.settings(name, Mutation.HASTY_RECLAIM, 0),
                        line -> {});
        LeakCollector collector = new LeakCollector(this, this, GRACE_MILLIS, line -> {});
        while (true) {
            try {
                recover();
                refresh();
                if (store.find(Kind.NODE, name).isEmpty()) {
                    // The pods of a Node that is gone are deleted: their addresses may be others'.
                    unwanted.addAll(running);
                    store.create(Kind.NODE, Node.named(name));
                }
                keeper.run(this::lives);
                reclaimer.run();
                collector.run(this::lives);
            } catch (IOException e) {
                // tried again, as the agent does
            }
            world.tasks().giveWay(world.random().nextInt(200, 3000));
        }
    }

    private void refresh() throws StoreException {
        if (!cutOff && (world.isCalm() || world.random().nextInt(2) == 0)) {
            pools = objects(world.store().list(Kind.IP_POOL).objects());
            blocks = objects(world.store().list(Kind.IP_BLOCK).objects());
            Map<String, Node> byName = new HashMap<>();
            objects(world.store().list(Kind.NODE).objects())
                    .forEach(node -> byName.put(node.name(), node));
            nodes = byName;
        }
    }

    private static <T extends dev.kakehashi.cluster.ClusterObject> List<T> objects(
            List<Stored<T>> stored) {
        return stored.stream().map(Stored::object).toList();
    }

    private boolean lives(Allocation allocation) {
        AllocationHandle handle = allocation.handle();
        if (world.mutation() == Mutation.BLIND_COLLECTOR) {
            return false;
        }
        return links.containsKey(handle.containerId())
                || journal.contains(handle.containerId())
                || isLocked(handle.containerId());
    }

    // --- calls of the plugin

    private boolean isLocked(String container) {
        SimTasks.Program owner = locks.get(container);
        return owner != null && !owner.dead;
    }

    private void lock(String container, SimTasks.Program by) {
        while (isLocked(container)) {
            world.tasks().giveWay(world.random().nextInt(1, 50));
        }
        locks.put(container, by);
    }

    private AddressDesk desk() {
        return AddressDesk.of(this, name, this);
    }

    private void add(String container, SimTasks.Program by) {
        lock(container, by);
        journal.add(container);
        world.point(this);
        try {
            Ledger now = desk().give(request(container));
            List<InetAddress> addresses =
                    now.of(container, IF).stream().map(g -> g.allocation().address()).toList();
            world.point(this);
            if (unwanted.contains(container)) { // its namespace is gone
                desk().takeBack(container, IF);
            } else {
                world.invariants().checkLink(this, addresses);
                links.put(container, addresses);
                world.point(this);
                running.add(container);
            }
        } catch (IOException | AddressesExhaustedException | AddressRefusedException e) {
            // the runtime hears of it and cleans up
        }
        journal.remove(container);
        locks.remove(container);
    }

    /** Now and then by name: one of the node's blocks, which is free, in use, lent or resting. */
    private AddressRequest request(String container) {
        List<HeldBlock> blocks = List.copyOf(read().blocks().values());
        if (blocks.isEmpty() || world.random().nextInt(6) != 0) {
            return AddressRequest.of(container, IF);
        }
        IpPrefix block = blocks.get(world.random().nextInt(blocks.size())).cidr();
        InetAddress named =
                BlockAddresses.at(block, world.random().nextInt(BlockAddresses.size(block)));
        return new AddressRequest(
                container, IF, Map.of(), "", List.of(), List.of(), List.of(named));
    }

    private void del(String container, SimTasks.Program by) {
        lock(container, by);
        journal.add(container);
        undo(container);
        locks.remove(container);
        unwanted.remove(container);
    }

    private void undo(String container) {
        world.point(this);
        links.remove(container);
        running.remove(container);
        world.point(this);
        try {
            desk().takeBack(container, IF);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        world.point(this);
        journal.remove(container);
    }

    /** What a process that died had begun comes to an end. */
    private void recover() {
        for (String container : List.copyOf(journal)) {
            if (!isLocked(container)) {
                locks.put(container, agent);
                undo(container);
                locks.remove(container);
            }
        }
    }

    private void runContainers() {
        while (!off) {
            world.tasks().giveWay(world.random().nextInt(50, 1500));
            if (off || (world.isCalm() && running.isEmpty() && unwanted.isEmpty())) {
                continue;
            }
            SimTasks.Program by = world.random().nextInt(2) == 0 ? agent : new SimTasks.Program();
            calls.add(by);
            if (!world.isCalm() && world.random().nextInt(5) < 3) {
                String container = name + "-" + boots + "-" + containers++;
                world.tasks().spawn(by, () -> add(container, by));
                if (world.random().nextInt(4) == 0) { // it changes its mind meanwhile
                    unwanted.add(container);
                    world.tasks().spawn(by, () -> del(container, by));
                }
            } else if (!unwanted.isEmpty()) { // again: the call before may have died
                String container = unwanted.iterator().next();
                world.tasks().spawn(by, () -> del(container, by));
            } else if (!running.isEmpty() && !world.isCalm()) {
                String container = running.iterator().next();
                unwanted.add(container);
                world.tasks().spawn(by, () -> del(container, by));
            }
        }
    }

    // --- what the real code sees

    @Override
    public Ledger read() {
        world.point(this);
        return ledger;
    }

    @Override
    public <E extends Exception> Ledger change(Change<E> change) throws E {
        world.point(this);
        Ledger before = ledger;
        ledger = change.apply(before);
        if (world.mutation() == Mutation.FORGETFUL_LENDER && world.random().nextInt(8) == 0) {
            for (HeldBlock block : ledger.blocks().values()) {
                ledger = ledger.with(block.withGivenUp(List.of()));
            }
        }
        before.blocks()
                .values()
                .forEach(block -> {
                    if (block.leaving() && !ledger.blocks().containsKey(block.cidr())) {
                        rights.remove(block.cidr()); // given back
                    }
                });
        ledger.blocks()
                .values()
                .forEach(block -> rights.merge(block.cidr(), block.until(), Math::max));
        if (world.mutation() != Mutation.NO_WRITE_AHEAD || world.random().nextInt(4) == 0) {
            durable = ledger;
        }
        world.invariants().checkLedger(this, before, ledger);
        world.point(this);
        return ledger;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(Math.round((world.tasks().now() - bootedAt) * rate));
    }

    @Override
    public Optional<Network> network() {
        Network network = Network.of("default", List.of(IpPrefix.parse("10.0.0.0/16")));
        return Optional.of(network.withSpec(network.spec().withPodLink(PodLink.ROUTED)));
    }

    @Override
    public List<IpPool> pools() {
        return pools;
    }

    @Override
    public List<IpBlock> blocks() {
        return blocks;
    }

    @Override
    public Optional<Node> node(String other) {
        return Optional.ofNullable(nodes.get(other));
    }

    // --- at the end

    void checkQuiet() {
        Set<InetAddress> living = new HashSet<>();
        links.values().forEach(living::addAll);
        assertThat(links.keySet()).as("%s: interfaces and what runs", name).isEqualTo(running);
        assertThat(ledger.given().keySet()).as("%s: allocated = living", name).isEqualTo(living);
        assertThat(journal).as("%s: nothing under way", name).isEmpty();
    }
}
