package dev.kakehashi.plugins.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.linux.nft.TableId;
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
 * In nftables a call reads no more of the kernel with thousands of containers, and of rules of
 * others, than with none.
 */
@KernelTest
class ManyContainersTest {

    private static final int CONTAINERS = 5_000;
    private static final TableId SITE = new TableId(Family.INET, "site");

    private static Calls calls(PluginBed bed, int number) throws Exception {
        CniIp v4 = CniIp.of(Cidr.parse("10.88.0.%d/24".formatted(2 + number)).orElseThrow());
        CniIp v6 = CniIp.of(Cidr.parse("2001:db8::%d/64".formatted(2 + number)).orElseThrow());
        return bed.calls(
                        "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'firewall', 'backend':"
                                + " 'nftables'}")
                .container("container-" + number, "eth0")
                .prevResult(CniResult.EMPTY.withIps(List.of(v4, v6)));
    }

    /** A host that refuses to forward. */
    private static void site(PluginBed bed) throws Exception {
        bed.onHost(
                "nft",
                "add table inet site; add chain inet site in_transit { type filter hook forward"
                        + " priority filter; policy drop; }");
    }

    private static void admitMany(PluginBed bed) throws Exception {
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < CONTAINERS; i++) {
            elements.add(
                    Element.of(IpAddresses.parse("10.%d.%d.2".formatted(100 + i / 250, i % 250)))
                            .comment("other " + i));
        }
        NftTransaction.Builder more = NftTransaction.builder();
        for (TableId table : List.of(NftFirewall.OWN, SITE)) {
            more.addElements(table, NftFirewall.admitted(true), elements);
        }
        KernelNft.of(bed.host()).apply(more.build());
        StringBuilder rules = new StringBuilder("add chain inet site input");
        for (int i = 0; i < 1_000; i++) {
            rules.append("; add rule inet site input tcp dport ").append(1 + i).append(" accept");
        }
        bed.onHost("nft", rules.toString());
    }

    private static Map<String, Long> life(PluginBed bed, int number) throws Exception {
        Calls calls = calls(bed, number);
        Map<String, Long> told = new LinkedHashMap<>();
        told.put("ADD", ToldByKernel.during(() -> bed.add(calls)));
        told.put("CHECK", ToldByKernel.during(() -> bed.check(calls)));
        told.put("ADD again", ToldByKernel.during(() -> bed.add(calls)));
        told.put("DEL", ToldByKernel.during(() -> bed.del(calls)));
        return told;
    }

    @Test
    void everyCall_readsAsLittle_withThousandsOfContainers(TestNamespaces namespaces)
            throws Exception {
        try (PluginBed bed = PluginBed.create(namespaces)) {
            site(bed);
            bed.add(calls(bed, 0));
            Map<String, Long> _ = life(bed, 1);
            Map<String, Long> few = life(bed, 2);
            admitMany(bed);
            Map<String, Long> many = life(bed, 3);
            System.out.println("told by the kernel, of 1: " + few + ", of thousands: " + many);
            few.forEach((what, bytes) ->
                    assertThat(many.get(what)).as(what).isLessThan(bytes + bytes / 5));
            for (TableId table : List.of(NftFirewall.OWN, SITE)) {
                assertThat(admitted(bed, table)).as("%s", table).hasSize(CONTAINERS + 1);
            }
        }
    }

    /** A call that does not say the addresses, or says others, leaves nothing either. */
    @Test
    void delWithOtherAddresses_takesBackWhatWasAdmitted(TestNamespaces namespaces)
            throws Exception {
        try (PluginBed bed = PluginBed.create(namespaces)) {
            site(bed);
            for (Calls del : List.of(calls(bed, 8).prevResult(CniResult.EMPTY), calls(bed, 9))) {
                bed.add(calls(bed, 7));
                assertThat(admitted(bed, SITE)).hasSize(1);
                bed.del(del.container("container-7", "eth0"));
                assertThat(admitted(bed, SITE)).isEmpty();
                assertThat(admitted(bed, NftFirewall.OWN)).isEmpty();
            }
        }
    }

    private static List<Element> admitted(PluginBed bed, TableId table) throws Exception {
        return KernelNft.of(bed.host())
                .set(table, NftFirewall.admitted(true).name())
                .orElseThrow()
                .elements();
    }
}
