package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.KeyRotation;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.wireguard.WireguardKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Which key a node has for which device, whatever a process before it left. */
class TunnelKeysTest {
    private static final Set<TunnelDevice> FIRST = Set.of(TunnelDevice.FIRST);
    private static final Set<TunnelDevice> SECOND = Set.of(TunnelDevice.SECOND);
    private static final Set<TunnelDevice> BOTH = Set.of(TunnelDevice.FIRST, TunnelDevice.SECOND);
    private static final Network NETWORK = network();

    @TempDir Path directory;

    private static Network network() {
        Network network = Network.of("pods", List.of(IpPrefix.parse("10.244.0.0/16")));
        return network.withSpec(network.spec().withCarrier(CarrierName.WIREGUARD));
    }

    private TunnelKeys process() {
        return new TunnelKeys("node-1", directory);
    }

    private WireguardKey kept(
            TunnelKeys keys, Set<TunnelDevice> wanted, Network network, TunnelDevice device)
            throws IOException {
        keys.keep(wanted, network, Optional.empty(), _ -> true);
        return Objects.requireNonNull(keys.publicKeys().get(device));
    }

    private static Node publishing(WireguardKey second) {
        Node node = Node.named("node-1");
        return node.withMetadata(
                node.metadata().with(NodeAnnotations.WIREGUARD_PUBLIC_KEY_2, second.toString()));
    }

    @Test
    void aKey_outlivesTheProcess() throws Exception {
        WireguardKey made = kept(process(), FIRST, NETWORK, TunnelDevice.FIRST);

        assertThat(kept(process(), FIRST, NETWORK, TunnelDevice.FIRST)).isEqualTo(made);
        assertThat(TunnelKeys.read(directory)).containsOnlyKeys(TunnelDevice.FIRST);
    }

    @Test
    void rotated_aNodeMakesAnotherKey_unlessOnlyOthersAreToo() throws Exception {
        TunnelKeys keys = process();
        WireguardKey first = kept(keys, FIRST, NETWORK, TunnelDevice.FIRST);
        Network ofOthers = KeyRotation.next(NETWORK, Set.of("node-2"), Instant.EPOCH);
        assertThat(kept(keys, BOTH, ofOthers, TunnelDevice.SECOND)).isEqualTo(first);

        keys.keep(FIRST, NETWORK, Optional.empty(), _ -> true);
        keys.deleteOthers();
        assertThat(TunnelKeys.read(directory)).containsOnlyKeys(TunnelDevice.FIRST);
        Network ofAll = KeyRotation.next(NETWORK, Set.of(), Instant.EPOCH);
        assertThat(kept(keys, BOTH, ofAll, TunnelDevice.SECOND)).isNotEqualTo(first);

        keys.keep(SECOND, ofAll, Optional.empty(), _ -> true);
        keys.deleteOthers();
        assertThat(TunnelKeys.read(directory)).containsOnlyKeys(TunnelDevice.SECOND);
    }

    @Test
    void killedWhileItPrepares_goesOnWithWhatItPublished_andWithNothingElse() throws Exception {
        WireguardKey made = kept(process(), BOTH, NETWORK, TunnelDevice.SECOND);

        TunnelKeys published = process();
        published.keep(BOTH, NETWORK, Optional.of(publishing(made)), FIRST::contains);
        assertThat(published.publicKeys()).containsEntry(TunnelDevice.SECOND, made);

        TunnelKeys unheard = process();
        unheard.keep(BOTH, NETWORK, Optional.of(Node.named("node-1")), FIRST::contains);
        assertThat(unheard.publicKeys().get(TunnelDevice.SECOND)).isNotEqualTo(made);
    }

    @Test
    void withoutADeviceAtAll_keysStay() throws Exception {
        TunnelKeys keys = process();
        WireguardKey made = kept(keys, FIRST, NETWORK, TunnelDevice.FIRST);

        keys.keep(Set.of(), NETWORK, Optional.empty(), _ -> false);
        keys.deleteOthers();

        assertThat(keys.publicKeys()).containsEntry(TunnelDevice.FIRST, made);
        assertThat(TunnelKeys.read(directory)).containsOnlyKeys(TunnelDevice.FIRST);
    }

    @Test
    void aFileThatHoldsSomethingElse_isNotReplaced() throws Exception {
        Path file = directory.resolve("wireguard-2.key");
        Files.writeString(file, "nonsense");

        assertThatThrownBy(() -> kept(process(), BOTH, NETWORK, TunnelDevice.SECOND))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + " holds no WireGuard key: ");
        assertThat(Files.readString(file)).isEqualTo("nonsense");
    }
}
