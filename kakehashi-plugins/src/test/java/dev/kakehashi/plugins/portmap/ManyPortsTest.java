package dev.kakehashi.plugins.portmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** In nftables one more ADD takes as long with thousands of published ports as with none. */
@KernelTest
class ManyPortsTest {

    private static final int PORTS = 5_000;
    private static final int ROUNDS = 40;
    private static final int ATTEMPTS = 5;

    private static Calls calls(PluginBed bed, int number) throws Exception {
        Cidr address = Cidr.parse("10.1.2.%d/24".formatted(2 + number % 250)).orElseThrow();
        return bed.calls(
                        "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'portmap', 'backend':"
                                + " 'nftables', 'runtimeConfig': {'portMappings': [{'hostPort': %d,"
                                        .formatted(1_000 + number)
                                + " 'containerPort': 80}]}}")
                .container("container-" + number, "eth0")
                .prevResult(CniResult.EMPTY.withIps(List.of(CniIp.of(address))));
    }

    private static void publishMany(PluginBed bed) throws Exception {
        bed.add(calls(bed, 0));
        PortTable table = PortTable.common();
        PortTable.Sets sets = PortTable.Sets.of(true);
        List<Element> ports = new ArrayList<>();
        List<Element> localhost = new ArrayList<>();
        List<Element> hairpin = new ArrayList<>();
        Value tcp = Value.u8(6);
        for (int i = 0; i < PORTS; i++) {
            String comment = "other " + i;
            Value address =
                    Value.of(IpAddresses.parse("10.%d.%d.2".formatted(2 + i / 250, i % 250)));
            Value port = Value.be16(80);
            ports.add(Element.of(tcp, Value.be16(10_000 + i)).to(address, port).comment(comment));
            localhost.add(Element.of(address, tcp, port).comment(comment));
            hairpin.add(Element.of(address, address, tcp, port).comment(comment));
        }
        KernelNft.of(bed.host())
                .apply(
                        NftTransaction.builder()
                                .addElements(table.table().id(), sets.ports(), ports)
                                .addElements(table.table().id(), sets.localhost(), localhost)
                                .addElements(table.table().id(), sets.hairpin(), hairpin)
                                .build());
    }

    /** The shortest of an ADD's times, in nanoseconds: what others do can only make it longer. */
    private static long[] times(PluginBed few, PluginBed many, int from) throws Exception {
        long[] least = {Long.MAX_VALUE, Long.MAX_VALUE};
        PluginBed[] beds = {few, many};
        for (int i = from; i < from + ROUNDS; i++) {
            for (int which = 0; which < beds.length; which++) {
                Calls calls = calls(beds[which], i);
                long start = System.nanoTime();
                beds[which].add(calls);
                least[which] = Math.min(least[which], System.nanoTime() - start);
            }
        }
        return least;
    }

    @Test
    void add_isAsFastAsTheFirst_withThousandsOfPorts(TestNamespaces namespaces) throws Exception {
        try (PluginBed few = PluginBed.create(namespaces);
                PluginBed many = PluginBed.create(namespaces)) {
            few.add(calls(few, 0));
            publishMany(many);
            double ratio = Double.MAX_VALUE;
            for (int attempt = 0; attempt < ATTEMPTS && ratio > 1.2; attempt++) {
                long[] least = times(few, many, 1 + attempt * ROUNDS);
                ratio = (double) least[1] / least[0];
                System.out.println(
                        "ADD with 1 port and more: %d us, with %d and more: %d us"
                                .formatted(least[0] / 1000, PORTS, least[1] / 1000));
            }
            assertThat(ratio).isLessThanOrEqualTo(1.2);
            many.del(calls(many, 1));
            assertThat(
                            KernelNft.of(many.host())
                                    .set(PortTable.common().table().id(), "ports4")
                                    .orElseThrow()
                                    .elements())
                    .hasSizeGreaterThan(PORTS)
                    .noneMatch(element -> element.comment().endsWith("id: container-1"));
        }
    }
}
