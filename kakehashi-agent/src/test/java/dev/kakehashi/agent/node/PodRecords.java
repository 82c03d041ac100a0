package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.ipam.Given;
import dev.kakehashi.cluster.store.ObjectValue;
import dev.kakehashi.cluster.store.Version;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.store.etcd.EtcdServer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What store, disks and kernels say of the pods that nodes have. */
record PodRecords(EtcdServer etcd, List<ProgramNode> nodes) {
    /** Waits until store, disks and kernels say the same, and it is what there is. */
    void awaitTrue() throws Exception {
        Set<String> living = new TreeSet<>();
        Set<String> addresses = new TreeSet<>();
        int count = 0;
        for (ProgramNode node : nodes) {
            for (ProgramNode.Pod pod : node.pods()) {
                living.add(node.name() + " " + pod.text());
                addresses.add(IpAddresses.format(pod.address()));
                count++;
            }
        }
        assertThat(addresses).as("addresses of %s", living).hasSize(count);
        NodesBed.await("the store to know " + living, () -> published().equals(living));
        for (ProgramNode node : nodes) {
            NodesBed.await(
                    "the agent of " + node.name() + " to be content: " + node.ready(),
                    () -> node.ready().contains(" 200 ") && !node.ready().contains("[!]"));
            assertThat(node.check()).as(node.name()).endsWith("all fits\n");
            for (Given given : node.ledger().given().values()) {
                assertThat(living).contains(text(given.allocation()));
            }
            assertThat(node.ledger().given()).hasSize(node.pods().size());
        }
    }

    private static String text(Allocation one) {
        return one.node()
                + " "
                + one.handle().containerId()
                + " "
                + IpAddresses.format(one.address());
    }

    /** Which addresses are in use, by the blocks in the store; an address twice fails. */
    Set<String> published() throws Exception {
        Set<String> all = new TreeSet<>();
        String prefix = "/kakehashi/ipblocks/";
        for (String key : etcd.control("get", "--prefix", "--keys-only", prefix).lines().toList()) {
            if (key.isBlank()) {
                continue;
            }
            String value = etcd.control("get", "--print-value-only", key);
            if (value.isBlank()) {
                continue; // given back a moment ago
            }
            IpBlock block =
                    ObjectValue.decode(
                                    Kind.IP_BLOCK,
                                    key.substring(prefix.length()),
                                    value.getBytes(StandardCharsets.UTF_8),
                                    new Version(""))
                            .object();
            for (Allocation one : block.allocations()) {
                assertThat(all.add(text(one))).as(text(one)).isTrue();
            }
        }
        return all;
    }

    /** The Node as it is in the store. */
    String node(String name) throws Exception {
        return etcd.control("get", "--print-value-only", "/kakehashi/nodes/" + name);
    }
}
