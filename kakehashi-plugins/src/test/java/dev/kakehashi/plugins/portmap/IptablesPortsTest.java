package dev.kakehashi.plugins.portmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.iptables.SavedTable;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.attachment.Attachment;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

class IptablesPortsTest {

    private static final Attachment ONE = new Attachment("test", "icee6giejonei6so", "eth0");
    private static final Attachment TWO = new Attachment("test", "icee6giejonei6so", "eth1");
    private static final String CHAIN = PortChains.of(ONE);
    private static final String COMMENT =
            " -m comment --comment \"dnat name: \\\"test\\\" id: \\\"icee6giejonei6so\\\"\"";

    /** The mappings of the reference's own test. */
    private static final String MAPPINGS =
            "[{'hostPort': 8080, 'containerPort': 80, 'protocol': 'tcp'}, {'hostPort': 8081,"
                    + " 'containerPort': 80, 'protocol': 'tcp'}, {'hostPort': 8080, 'containerPort':"
                    + " 81, 'protocol': 'udp'}, {'hostPort': 8082, 'containerPort': 82, 'protocol':"
                    + " 'udp'}, {'hostPort': 8083, 'containerPort': 83, 'protocol': 'tcp', 'hostIP':"
                    + " '192.168.0.2'}, {'hostPort': 8084, 'containerPort': 84, 'protocol': 'tcp',"
                    + " 'hostIP': '0.0.0.0'}, {'hostPort': 8085, 'containerPort': 85, 'protocol':"
                    + " 'tcp', 'hostIP': '2001:db8:a::1'}, {'hostPort': 8086, 'containerPort': 86,"
                    + " 'protocol': 'tcp', 'hostIP': '::'}]";

    private static Published published(Attachment attachment, String address, String keys)
            throws Exception {
        PortmapConfig config =
                PortmapConfig.parse(
                        Calls.with(
                                        "{'cniVersion': '1.1.0', 'name': 'test', 'type': 'portmap'"
                                                + keys
                                                + ", 'runtimeConfig': {'portMappings': "
                                                + MAPPINGS
                                                + "}}")
                                .request(CniCommand.ADD));
        return new Published(attachment, IpPrefix.parse(address), config, Optional.empty());
    }

    private static SavedTable table(List<String> lines) {
        return SavedTable.of(lines);
    }

    /** What iptables-save shows after changes. */
    static List<String> apply(List<String> saved, List<String> changes) {
        List<String> table = new ArrayList<>(saved);
        for (String change : changes) {
            String rest = change.substring(2).strip();
            switch (change.substring(0, 2)) {
                case "-A" -> table.add(change);
                case "-I" -> table.addFirst("-A " + rest);
                case "-N" -> table.add(":" + rest + " - [0:0]");
                case "-D" -> assertThat(table.remove("-A " + rest)).as(change).isTrue();
                case "-F" -> table.removeIf(line -> line.startsWith("-A " + rest + " "));
                case "-X" -> assertThat(table.remove(":" + rest + " - [0:0]")).isTrue();
                default -> {
                    table.removeIf(line -> line.startsWith("-A " + CHAIN + " "));
                    if (!table.contains(change)) {
                        table.add(change);
                    }
                }
            }
        }
        return table;
    }

    private static List<String> setUp(Published published) {
        return IptablesPorts.setUp(table(List.of()), published);
    }

    @Test
    void rules_areThoseOfTheReference() throws Exception {
        assertThat(
                        setUp(
                                published(
                                        ONE,
                                        "10.0.0.2/24",
                                        ", 'conditionsV4': ['-a', 'b', '-c', 'd e']")))
                .containsExactly(
                        "-N CNI-HOSTPORT-SETMARK",
                        "-A CNI-HOSTPORT-SETMARK -m comment --comment \"CNI portfwd masquerade mark\" -j"
                                + " MARK --set-xmark 0x2000/0x2000",
                        "-N CNI-HOSTPORT-MASQ",
                        "-A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE",
                        "-I POSTROUTING -m comment --comment \"CNI portfwd requiring masquerade\" -j"
                                + " CNI-HOSTPORT-MASQ",
                        "-N CNI-HOSTPORT-DNAT",
                        "-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
                        "-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
                        ":" + CHAIN + " - [0:0]",
                        mark("-s 10.0.0.0/24 -p tcp -m tcp --dport 8080"),
                        mark("-s 127.0.0.1/32 -p tcp -m tcp --dport 8080"),
                        dnat("-p tcp -m tcp --dport 8080", "10.0.0.2:80"),
                        mark("-s 10.0.0.0/24 -p tcp -m tcp --dport 8081"),
                        mark("-s 127.0.0.1/32 -p tcp -m tcp --dport 8081"),
                        dnat("-p tcp -m tcp --dport 8081", "10.0.0.2:80"),
                        mark("-s 10.0.0.0/24 -p udp -m udp --dport 8080"),
                        mark("-s 127.0.0.1/32 -p udp -m udp --dport 8080"),
                        dnat("-p udp -m udp --dport 8080", "10.0.0.2:81"),
                        mark("-s 10.0.0.0/24 -p udp -m udp --dport 8082"),
                        mark("-s 127.0.0.1/32 -p udp -m udp --dport 8082"),
                        dnat("-p udp -m udp --dport 8082", "10.0.0.2:82"),
                        mark("-s 10.0.0.0/24 -d 192.168.0.2/32 -p tcp -m tcp --dport 8083"),
                        mark("-s 127.0.0.1/32 -d 192.168.0.2/32 -p tcp -m tcp --dport 8083"),
                        dnat("-d 192.168.0.2/32 -p tcp -m tcp --dport 8083", "10.0.0.2:83"),
                        mark("-s 10.0.0.0/24 -p tcp -m tcp --dport 8084"),
                        mark("-s 127.0.0.1/32 -p tcp -m tcp --dport 8084"),
                        dnat("-p tcp -m tcp --dport 8084", "10.0.0.2:84"),
                        "-A CNI-HOSTPORT-DNAT -p tcp"
                                + COMMENT
                                + " -m multiport --dports 8080,8081,8083,8084,8085,8086 -a b -c \"d e\" -j "
                                + CHAIN,
                        "-A CNI-HOSTPORT-DNAT -p udp"
                                + COMMENT
                                + " -m multiport --dports 8080,8082 -a b -c \"d e\" -j "
                                + CHAIN);
    }

    private static String mark(String match) {
        return "-A " + CHAIN + " " + match + " -j CNI-HOSTPORT-SETMARK";
    }

    private static String dnat(String match, String to) {
        return "-A " + CHAIN + " " + match + " -j DNAT --to-destination " + to;
    }

    @Test
    void rulesOfIpv6_haveNoLocalhost() throws Exception {
        assertThat(setUp(published(ONE, "2001:db8::2/64", "")))
                .contains(
                        mark("-s 2001:db8::/64 -p tcp -m tcp --dport 8080"),
                        dnat("-p tcp -m tcp --dport 8080", "[2001:db8::2]:80"),
                        dnat("-d 2001:db8:a::1/128 -p tcp -m tcp --dport 8085", "[2001:db8::2]:85"),
                        dnat("-p tcp -m tcp --dport 8086", "[2001:db8::2]:86"))
                .noneMatch(line -> line.contains("127.0.0.1") || line.contains("192.168.0.2"));
    }

    @Test
    void mark_isOfTheBit_orOfOthers_orNone() throws Exception {
        assertThat(setUp(published(ONE, "10.0.0.2/24", ", 'markMasqBit': 31")))
                .contains(
                        "-A CNI-HOSTPORT-MASQ -m mark --mark 0x80000000/0x80000000 -j MASQUERADE");
        assertThat(setUp(published(ONE, "10.0.0.2/24", ", 'externalSetMarkChain': 'PLZ-SET-MARK'")))
                .contains(
                        "-A "
                                + CHAIN
                                + " -s 127.0.0.1/32 -p tcp -m tcp --dport 8080 -j PLZ-SET-MARK")
                .noneMatch(line -> line.contains("CNI-HOSTPORT-SETMARK"));
        assertThat(setUp(published(ONE, "10.0.0.2/24", ", 'snat': false")))
                .noneMatch(line -> line.contains("MARK"));
        assertThat(setUp(published(ONE, "10.0.0.2/24", ", 'masqAll': true")))
                .contains(mark("-p tcp -m tcp --dport 8080"))
                .noneMatch(line -> line.contains(" -s "));
    }

    @Test
    void manyPorts_takeSeveralRules() throws Exception {
        StringBuilder many = new StringBuilder();
        for (int port = 1; port <= 31; port++) {
            many.append(port == 1 ? "" : ", ")
                    .append("{'hostPort': %d, 'containerPort': 1}".formatted(port));
        }
        PortmapConfig config =
                PortmapConfig.parse(
                        Calls.with(
                                        "{'name': 'test', 'runtimeConfig': {'portMappings': [%s]}}"
                                                .formatted(many))
                                .request(CniCommand.ADD));
        assertThat(
                        setUp(
                                new Published(
                                        ONE,
                                        IpPrefix.parse("10.0.0.2/24"),
                                        config,
                                        Optional.empty())))
                .filteredOn(line -> line.contains("multiport"))
                .hasSize(3)
                .last(org.assertj.core.api.InstanceOfAssertFactories.STRING)
                .contains("--dports 31 ");
    }

    @Test
    void setUp_twice_isTheSame_andTearDownLeavesTheSharedChains() throws Exception {
        Published one = published(ONE, "10.0.0.2/24", "");
        List<String> once = apply(List.of(), setUp(one));
        List<String> twice = apply(once, IptablesPorts.setUp(table(once), one));
        assertThat(twice).containsExactlyInAnyOrderElementsOf(once);
        assertThat(IptablesPorts.missing(table(once), one)).isEmpty();
        assertThat(IptablesPorts.missing(table(List.of()), one)).hasSize(5 + 6 * 3 + 2);

        List<String> changes = IptablesPorts.tearDown(table(once), ONE, Optional.empty());
        assertThat(IptablesPorts.udpPorts(changes)).containsExactly(8080, 8082);
        List<String> left = apply(once, changes);
        assertThat(left).noneMatch(line -> line.contains("CNI-DN-")).hasSize(8);
        assertThat(IptablesPorts.tearDown(table(left), ONE, Optional.empty())).isEmpty();
    }

    /** The reference names its chain by network and container only. */
    @Test
    void tearDown_takesTheReferencesChain_ifItIsOfThisInterface() throws Exception {
        String theirs = PortChains.ofReference(ONE).getFirst();
        List<String> saved =
                List.of(
                        ":CNI-HOSTPORT-DNAT - [0:0]",
                        ":" + theirs + " - [0:0]",
                        "-A CNI-HOSTPORT-DNAT -p tcp"
                                + COMMENT
                                + " -m multiport --dports 80 -j "
                                + theirs,
                        "-A "
                                + theirs
                                + " -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.2:80");
        assertThat(
                        IptablesPorts.tearDown(
                                table(saved), TWO, Optional.of(IpAddresses.parse("10.0.0.20"))))
                .isEmpty();
        assertThat(
                        apply(
                                saved,
                                IptablesPorts.tearDown(
                                        table(saved),
                                        ONE,
                                        Optional.of(IpAddresses.parse("10.0.0.2")))))
                .containsExactly(":CNI-HOSTPORT-DNAT - [0:0]");
        assertThat(
                        IptablesPorts.collect(
                                table(saved), "test", List.of(new Attachment("test", "x", "eth0"))))
                .contains("-X " + theirs);
        assertThat(IptablesPorts.collect(table(saved), "test", List.of(ONE))).isEmpty();
        assertThat(IptablesPorts.collect(table(saved), "tes", List.of())).isEmpty();
    }
}
