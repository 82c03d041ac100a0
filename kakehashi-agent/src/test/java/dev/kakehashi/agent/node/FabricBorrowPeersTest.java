package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.ipam.AddressDesk;
import dev.kakehashi.cluster.ipam.AddressRequest;
import dev.kakehashi.cluster.ipam.AddressesExhaustedException;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.linux.BootClock;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** A pool of one block, which node 1 has; node 2 borrows of it. The fabric's router is FRR. */
@Tag("peers")
class FabricBorrowPeersTest extends FabricTest {
    private void pool(FabricFamily family) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("store/ippools"));
        Files.writeString(
                folder.resolve("pods.yaml"),
                """
                apiVersion: kakehashi.dev/v1alpha1
                kind: IPPool
                metadata: {name: pods}
                spec: {network: pods, cidr: '%s', assignment: borrow}
                """
                        .formatted(block(family)));
    }

    private static String block(FabricFamily family) {
        return family.of("10.244.8.0/26", "fd00:10:244:8::/122");
    }

    /** The address that a node gives a pod, as soon as it has one to give. */
    private static String given(NodesBed bed, int node) throws Exception {
        AddressDesk desk =
                AddressDesk.of(
                        Ledgers.in(bed.stateDirectory(node)).of("pods"),
                        "node-" + node,
                        new BootClock());
        AtomicReference<String> given = new AtomicReference<>("");
        NodesBed.await(
                "an address of node " + node,
                () -> {
                    try {
                        given.set(
                                IpAddresses.format(
                                        desk.give(AddressRequest.of("guest", "eth0"))
                                                .of("guest", "eth0")
                                                .getFirst()
                                                .allocation()
                                                .address()));
                        return true;
                    } catch (AddressesExhaustedException e) {
                        return false;
                    }
                });
        return given.get();
    }

    @Tag("soak")
    @ParameterizedTest
    @EnumSource(names = {"IPV4", "IPV6"})
    void fabric_learnsBlocksAndBorrowedAddresses(Families families, TestNamespaces namespaces)
            throws Exception {
        FabricFamily family = new FabricFamily(families.ipv4());
        FabricBed fabric = fabricOf(namespaces, families, "podLink: routed, ipam: {type: pools}");
        NodesBed bed = fabric.nodes();
        pool(family);
        for (int i = 1; i <= 2; i++) {
            bed.foreign(families);
            bed.adopt(i);
            if (i == 1) {
                assertThat(given(bed, 1)).startsWith(family.of("10.244.8.", "fd00:10:244:8:"));
            }
        }
        Netns tor = fabric.router(254);
        Netns host = fabric.host(tor, 0);
        fabric.frr(tor, "neighbor % remote-as 64512\n", "neighbor % default-originate\n", _ -> "");
        peers(fabric, "tor", of -> "peerAddress: '" + of.on(254) + "', peerAsNumber: 64513");

        String borrowed = given(bed, 2);
        Netns guest = namespaces.create();
        NodesBed.sh(
                bed.node(2),
                "ip link add guest type veth peer name eth0 netns %s; ip link set guest up; %s; ip route add %s dev guest"
                        .formatted(
                                NodesBed.path(guest),
                                family.of(
                                        "sysctl -qw net.ipv4.conf.guest.proxy_arp=1",
                                        "ip addr add fe80::1/64 dev guest nodad"),
                                family.host(borrowed)));
        NodesBed.sh(
                guest,
                "ip link set lo up; ip link set eth0 up; %s ip route add default via %s dev eth0 onlink"
                        .formatted(
                                family.addHost(borrowed, "eth0"),
                                family.of("169.254.1.1", "fe80::1")));

        for (String prefix : List.of(block(family), borrowed)) {
            NodesBed.await(
                    prefix + " in the fabric",
                    () -> NodesBed.has(tor, family.routes() + "show " + prefix, "proto bgp"));
        }
        NodesBed.await(
                "the default at the borrower",
                () -> NodesBed.has(bed.node(2), family.routes() + "show default", "proto bird"));
        assertThat(fabric.frrRoute(family, family.host(borrowed)))
                .as("whose the address is")
                .contains("from " + family.on(2));
        UdpFlow.endWithoutLoss(
                List.of(
                        UdpFlow.start(host, guest, borrowed),
                        UdpFlow.start(guest, host, family.wire(0, 2))));
        NodesBed.await(
                "the lender's route",
                () ->
                        NodesBed.has(
                                bed.node(1),
                                family.routes() + "show " + borrowed,
                                "via " + family.on(2) + " dev eth0 proto bird"));
    }
}
