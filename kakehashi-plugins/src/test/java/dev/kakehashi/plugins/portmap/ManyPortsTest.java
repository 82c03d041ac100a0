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
import dev.kakehashi.testing.ToldByKernel;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * In nftables a call reads no more of the kernel with thousands of published ports than with none.
 */
@KernelTest
class ManyPortsTest {

    private static final int PORTS = 5_000;

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

    /** What goes on in a container's life. */
    private static Map<String, Long> life(PluginBed bed, int number) throws Exception {
        Calls calls = calls(bed, number);
        Map<String, Long> told = new LinkedHashMap<>();
        told.put("ADD", ToldByKernel.during(() -> bed.add(calls)));
        told.put("CHECK", ToldByKernel.during(() -> bed.check(calls)));
        told.put("ADD again", ToldByKernel.during(() -> bed.add(calls)));
        Calls next = calls(bed, number).container("next", "eth0");
        told.put("ADD of who takes the port over", ToldByKernel.during(() -> bed.add(next)));
        told.put("DEL", ToldByKernel.during(() -> bed.del(next)));
        return told;
    }

    @Test
    void everyCall_readsAsLittle_withThousandsOfPorts(TestNamespaces namespaces) throws Exception {
        try (PluginBed bed = PluginBed.create(namespaces)) {
            bed.add(calls(bed, 0));
            Map<String, Long> _ = life(bed, 1);
            Map<String, Long> few = life(bed, 2);
            publishMany(bed);
            Map<String, Long> many = life(bed, 3);
            System.out.println("told by the kernel, of 1 port: " + few + ", of thousands: " + many);
            few.forEach((what, bytes) ->
                    assertThat(many.get(what)).as(what).isLessThanOrEqualTo(bytes + bytes / 5));
            Calls unknown = calls(bed, 3);
            assertThat(ToldByKernel.during(() -> bed.del(unknown)))
                    .as("DEL of what somebody else has taken over looks everywhere")
                    .isGreaterThan(PORTS * 20L);
            assertThat(ports(bed)).hasSize(PORTS + 1);
        }
    }

    private static List<Element> ports(PluginBed bed) throws Exception {
        return KernelNft.of(bed.host())
                .set(PortTable.common().table().id(), "ports4")
                .orElseThrow()
                .elements();
    }
}
