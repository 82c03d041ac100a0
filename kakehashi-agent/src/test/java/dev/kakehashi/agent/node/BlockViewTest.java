package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.store.DirectoryStore;
import dev.kakehashi.cluster.store.Mirror;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.Version;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Who is told of which blocks: of others' blocks not who keeps the node's own. */
class BlockViewTest {
    private static final IpPrefix CIDR = IpPrefix.parse("10.244.1.0/26");

    private final AtomicInteger own = new AtomicInteger();
    private final AtomicInteger others = new AtomicInteger();
    @TempDir Path directory;
    private Store store;
    private Mirror<Node> nodes;
    private BlockView view;

    @BeforeEach
    void open() throws Exception {
        store = DirectoryStore.open(directory);
        nodes = Mirror.open(store, Kind.NODE, _ -> {});
        view =
                new BlockView(
                        store,
                        "self",
                        Network.of("pods", List.of(IpPrefix.parse("10.244.0.0/16"))),
                        nodes,
                        own::incrementAndGet,
                        others::incrementAndGet,
                        () -> {});
    }

    @AfterEach
    void close() {
        view.close();
        nodes.close();
        store.close();
    }

    private static IpBlock of(String node, List<IpBlockSpec.GivenUp> givenUp) {
        return IpBlock.of(
                new IpBlockSpec(
                        CIDR, "all", "pods", node, IpBlockSpec.State.CONFIRMED, 1, "", givenUp));
    }

    private Version create(IpBlock block) throws Exception {
        return store.create(Kind.IP_BLOCK, block).version();
    }

    private void await(int ofOwn, int ofOthers) throws Exception {
        NodesBed.await("the view", () -> own.get() >= ofOwn && others.get() >= ofOthers);
        assertThat(List.of(own.get(), others.get())).containsExactly(ofOwn, ofOthers);
    }

    @Test
    void blockOfAnother_isToldAsOneOfOthers() throws Exception {
        Version version = create(of("far", List.of()));
        await(0, 1);
        store.remove(Kind.IP_BLOCK, IpBlock.nameOf(CIDR), version);
        await(1, 1); // it may be claimed
    }

    @Test
    void blockOfAnotherThatThisNodeBorrowsOf_isToldAsOwn() throws Exception {
        var borrowed = new IpBlockSpec.GivenUp(IpAddresses.parse("10.244.1.9"), "self", 0);
        create(of("far", List.of(borrowed)));
        await(1, 0);
    }

    @Test
    void ownBlock_isToldAsOwnAlsoWhenAnotherHasIt() throws Exception {
        Version version = create(of("self", List.of()));
        await(1, 0);
        var _ = store.replace(Kind.IP_BLOCK, of("far", List.of()), version);
        await(2, 0);
    }
}
