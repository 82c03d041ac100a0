package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.NetworkSpec;
import dev.kakehashi.cluster.store.DirectoryStore;
import dev.kakehashi.cluster.store.Mirror;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

class WantedNetworkTest {
    private static final NetworkSpec SPEC =
            NetworkSpec.of(List.of(IpPrefix.parse("10.244.0.0/16")));

    @TempDir Path directory;
    private Store store;
    private Mirror<Network> networks;

    @BeforeEach
    void open() throws Exception {
        store = DirectoryStore.open(directory);
        networks = Mirror.open(store, Kind.NETWORK, _ -> {});
    }

    @AfterEach
    void close() {
        networks.close();
        store.close();
    }

    private WantedNetwork agent(Optional<NetworkSpec> made) {
        NodeAgentOptions options = NodeAgentOptions.of("node-1", directory, "pods");
        return new WantedNetwork(options, store, networks, () -> made);
    }

    private void awaitMirror(boolean there) throws Exception {
        NodesBed.await("the mirror", () -> networks.find("pods").isPresent() == there);
    }

    private void delete() throws Exception {
        store.remove(
                Kind.NETWORK, "pods", store.find(Kind.NETWORK, "pods").orElseThrow().version());
        awaitMirror(false);
    }

    @Test
    void thereIsNone_isMade() throws Exception {
        assertThat(agent(Optional.of(SPEC)).find().spec()).isEqualTo(SPEC);

        awaitMirror(true);
        assertThat(agent(Optional.empty()).find().spec()).isEqualTo(SPEC);
    }

    @Test
    void thereIsNoneAndNothingToMakeItOf_isWaitedFor() {
        assertThatThrownBy(() -> agent(Optional.empty()).find())
                .isInstanceOf(ConvergenceException.class)
                .hasMessageContaining("waiting for Network pods: there is none in the store");
    }

    @Test
    void isDeleted_isNotMadeAgainBeforeSomebodyElseMakesIt() throws Exception {
        WantedNetwork wanted = agent(Optional.of(SPEC));
        wanted.find();
        awaitMirror(true);
        wanted.find();

        delete();
        assertThatThrownBy(wanted::find)
                .isInstanceOf(ConvergenceException.class)
                .hasMessageContaining("waiting for Network pods: it was deleted in the store");
        assertThat(store.find(Kind.NETWORK, "pods")).isEmpty();

        NetworkSpec other = NetworkSpec.of(List.of(IpPrefix.parse("10.8.0.0/16")));
        store.create(Kind.NETWORK, Network.of("pods", other.cidrs()));
        awaitMirror(true);
        assertThat(wanted.find().spec().cidrs()).isEqualTo(other.cidrs());
    }

    @Test
    void isDeletedAndTheAgentStartsAgain_isMade() throws Exception {
        agent(Optional.of(SPEC)).find();
        awaitMirror(true);
        delete();

        assertThat(agent(Optional.of(SPEC)).find().spec()).isEqualTo(SPEC);
    }
}
