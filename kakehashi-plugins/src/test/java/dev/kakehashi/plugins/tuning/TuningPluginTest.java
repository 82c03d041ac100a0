package dev.kakehashi.plugins.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.ChainBed;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

@KernelTest
class TuningPluginTest {

    private static final String MAC = "c2:11:22:33:44:55";

    @TempDir Path root;
    @RegisterExtension final ChainBed chain = ChainBed.ofEachTestBelow(() -> root);
    private final PluginBed bed = chain.bed();

    private Path backup() {
        return root.resolve("run/cni/tuning/dummy_eth0.json");
    }

    private String link() throws Exception {
        return bed.inContainer("ip", "-d", "link", "show", "dev", "eth0");
    }

    private String sysctl(String name) throws Exception {
        return bed.inContainer("sysctl", "-n", name).strip();
    }

    /** By source of a value: the configuration, and what {@code ip} shows when it counts. */
    static Stream<Arguments> attributes() {
        Map<String, String> shown =
                Map.of(
                        "'promisc': true",
                        "PROMISC",
                        "'mtu': 1454",
                        "mtu 1454",
                        "'allmulti': true",
                        "ALLMULTI",
                        "'txQLen': 20000",
                        "qlen 20000",
                        "'mac': '" + MAC + "'",
                        MAC);
        return CniVersion.ALL.stream()
                .map(CniVersion::toString)
                .flatMap(version ->
                        shown.entrySet().stream()
                                .flatMap(e ->
                                        Stream.of(
                                                        e.getKey(),
                                                        e.getKey().replace("1454", "1300")
                                                                + ", 'args': {'cni': {"
                                                                + e.getKey()
                                                                + "}}",
                                                        "'args': {'cni': {" + e.getKey() + "}}")
                                                .map(keys ->
                                                        Arguments.of(
                                                                version, keys, e.getValue()))));
    }

    @ParameterizedTest
    @MethodSource("attributes")
    void add_setsAnAttribute_delGivesItBack(String version, String keys, String shown)
            throws Exception {
        String before = link();
        Calls calls = chain.calls(version, "tuning", keys);

        CniResult result = bed.add(calls);

        assertThat(before).doesNotContain(shown);
        assertThat(link()).contains(shown);
        assertThat(backup()).exists();
        assertThat(result.ips()).hasSameSizeAs(chain.attached().ips());
        if (shown.equals(MAC) && !result.interfaces().isEmpty()) {
            assertThat(result.interfaces().get(1).mac()).isEqualTo(MAC);
            assertThat(result.interfaces().getFirst())
                    .isEqualTo(chain.attached().interfaces().getFirst());
        }
        if (CniVersion.exact(version).orElseThrow().atLeast(CniVersion.V0_4_0)) {
            bed.check(calls);
        }
        bed.ping("10.1.2.1");

        bed.del(calls);

        assertThat(link()).isEqualTo(before);
        assertThat(backup()).doesNotExist();
        bed.del(calls);
    }

    @Test
    void add_withoutKeys_passesTheResultOn() throws Exception {
        String before = link();
        assertThat(bed.add(chain.calls("1.1.0", "tuning", ""))).isEqualTo(chain.attached());
        assertThat(link()).isEqualTo(before);
        assertThat(backup()).doesNotExist();
    }

    @Test
    void mac_theNearestWordCounts() throws Exception {
        String config = "'mac': 'c2:11:22:33:44:01'";
        String runtime = config + ", 'runtimeConfig': {'mac': 'c2:11:22:33:44:03'}";
        String args = runtime + ", 'args': {'cni': {'mac': 'c2:11:22:33:44:04'}}";
        for (Map.Entry<String, String> wanted :
                List.of(
                        Map.entry(config, "c2:11:22:33:44:02"),
                        Map.entry(runtime, "c2:11:22:33:44:03"),
                        Map.entry(args, "c2:11:22:33:44:04"))) {
            Calls calls =
                    chain.calls("1.0.0", "tuning", wanted.getKey())
                            .set("CNI_ARGS", "IgnoreUnknown=true;MAC=c2:11:22:33:44:02");
            bed.add(calls);
            assertThat(link()).contains(wanted.getValue());
            bed.check(calls);
            bed.del(calls);
        }
    }

    @Test
    void sysctl_isSetInTheContainerOnly_andStays() throws Exception {
        Calls calls =
                chain.calls(
                        "1.1.0",
                        "tuning",
                        "'sysctl': {'net.ipv4.conf.IFNAME.arp_notify': '1', 'net.ipv4.ip_local_port_range':"
                                + " '3000 4000'}, 'args': {'cni': {'sysctl':"
                                + " {'net/ipv4/conf/all/log_martians': '1'}}}");
        String hostRange = bed.onHost("sysctl", "-n", "net.ipv4.ip_local_port_range");

        bed.add(calls);

        assertThat(sysctl("net.ipv4.conf.eth0.arp_notify")).isEqualTo("1");
        assertThat(sysctl("net.ipv4.conf.all.log_martians")).isEqualTo("1");
        assertThat(sysctl("net.ipv4.ip_local_port_range")).isEqualTo("3000\t4000");
        assertThat(bed.onHost("sysctl", "-n", "net.ipv4.ip_local_port_range")).isEqualTo(hostRange);
        bed.check(calls);
        assertThat(backup()).doesNotExist();

        bed.inContainer("sysctl", "-qw", "net.ipv4.conf.eth0.arp_notify=0");
        assertThatThrownBy(() -> bed.check(calls))
                .hasMessage(
                        "Error: Tuning configured value of /proc/sys/net/ipv4/conf/eth0/arp_notify is"
                                + " 1, current value is 0");
        bed.del(calls);
        assertThat(sysctl("net.ipv4.conf.all.log_martians")).isEqualTo("1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'mac': 'c2:11:22:33:44:55' | address c2:11:22:33:44:56 | configured Ethernet of eth0 is"
                        + " c2:11:22:33:44:55, current value is c2:11:22:33:44:56",
                "'mtu': 1400 | mtu 1401 | configured MTU of eth0 is 1400, current value is 1401",
                "'promisc': true | promisc off | link eth0 configured promisc is true, current value is 0",
                "'allmulti': true | allmulticast off | configured all-multicast mode of eth0 is true,"
                        + " current value is false",
                "'txQLen': 100 | txqueuelen 101 | configured Transmit Queue Length of eth0 is 100,"
                        + " current value is 101"
            })
    void check_noticesADifference(String keys, String change, String text) throws Exception {
        Calls calls = chain.calls("1.0.0", "tuning", keys);
        bed.add(calls);
        bed.check(calls);
        bed.inContainer(("ip link set dev eth0 " + change).split(" ", -1));
        assertThatThrownBy(() -> bed.check(calls)).hasMessage("Error: Tuning " + text);
    }

    @Test
    void check_promiscuousWithoutBeingAsked_isNoDifference() throws Exception {
        Calls calls = chain.calls("1.0.0", "tuning", "'mtu': 1400");
        bed.add(calls);
        bed.inContainer("ip", "link", "set", "dev", "eth0", "promisc", "on");
        bed.check(calls);
    }

    @Test
    void add_thatFails_leavesNothing() throws Exception {
        String before = link();
        Calls calls =
                chain.calls(
                        "1.1.0",
                        "tuning",
                        "'mtu': 1400, 'sysctl': {'net.ipv4.conf.all.log_martians': '1',"
                                + " 'net.ipv4.no_such_switch': '1'}");
        assertThatThrownBy(() -> bed.add(calls)).hasMessageContaining("no_such_switch");
        assertThat(link()).isEqualTo(before);
        assertThat(sysctl("net.ipv4.conf.all.log_martians")).isEqualTo("0");
        assertThat(backup()).doesNotExist();
    }

    @Test
    void twoInOneChain_delGivesBackWhatWasBeforeBoth() throws Exception {
        String before = link();
        Calls first = chain.calls("1.1.0", "tuning", "'mtu': 1400, 'promisc': true");
        Calls second = chain.calls("1.1.0", "tuning", "'mtu': 1300, 'mac': '" + MAC + "'");
        bed.add(first);
        bed.add(second);
        assertThat(link()).contains("mtu 1300", "PROMISC", MAC);

        bed.del(second);
        bed.del(first);

        assertThat(link()).isEqualTo(before);
    }

    @Test
    void del_whenTheNamespaceIsGone_removesTheFile() throws Exception {
        Calls calls = chain.calls("1.1.0", "tuning", "'mtu': 1400");
        for (String gone : List.of("", "/run/netns/no-such-namespace")) {
            bed.add(calls.set("CNI_NETNS", PluginBed.path(bed.container())));
            assertThat(backup()).exists();
            bed.del(calls.set("CNI_NETNS", gone));
            assertThat(backup()).doesNotExist();
        }
    }

    @Test
    void del_afterTheInterface_removesTheFile() throws Exception {
        Calls calls = chain.calls("1.1.0", "tuning", "'mtu': 1400");
        bed.add(calls);
        chain.detach();
        bed.del(calls);
        assertThat(backup()).doesNotExist();
    }

    @Test
    void del_restoresFromTheReferencesFile() throws Exception {
        String before = link();
        bed.inContainer("ip", "link", "set", "dev", "eth0", "mtu", "1300");
        Path file = root.resolve("elsewhere/dummy_eth0.json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{\n \"mtu\": 1500\n}");
        bed.del(chain.calls("1.1.0", "tuning", "'mtu': 1300, 'dataDir': '/elsewhere'"));
        assertThat(link()).isEqualTo(before);
        assertThat(file).doesNotExist();
    }

    @Test
    void del_restoresWhatItCan() throws Exception {
        String before = link();
        bed.inContainer("ip", "link", "set", "dev", "eth0", "txqueuelen", "77");
        Path file = root.resolve("elsewhere/dummy_eth0.json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{\"mtu\": 1000000, \"txQLen\": 1000}");
        bed.del(chain.calls("1.1.0", "tuning", "'txQLen': 77, 'dataDir': '/elsewhere'"));
        assertThat(link()).isEqualTo(before.replaceFirst("qlen \\d+", "qlen 1000"));
        assertThat(file).doesNotExist();
    }

    @Test
    void gc_removesTheFilesOfThisNetworkThatNobodyNeeds() throws Exception {
        bed.add(chain.calls("1.1.0", "tuning", "'mtu': 1400"));
        Path foreign = backup().resolveSibling("other_eth0.json");
        Files.writeString(foreign, "{\"mtu\": 1500}");

        bed.gc(chain.gc("tuning", "dummy", "eth0"));
        assertThat(backup()).exists();

        bed.gc(chain.gc("tuning", "dummy", "eth1"));
        assertThat(backup()).doesNotExist();
        assertThat(foreign).exists();
    }

    @Test
    void allowList_refusesWhatItDoesNotName() throws Exception {
        Path list = root.resolve("etc/cni/tuning/allowlist.conf");
        Files.createDirectories(list.getParent());
        Files.writeString(list, "^net\\.ipv4\\.conf\\.IFNAME\\.[a-z_]*$\n\n  core.somaxconn \n");
        String allowed =
                "'sysctl': {'net.ipv4.conf.IFNAME.arp_notify': '1', 'net.core.somaxconn': '300'}";
        bed.add(chain.calls("1.1.0", "tuning", allowed));
        bed.status(chain.alone("1.1.0", "tuning", allowed).container("", ""));
        assertThat(sysctl("net.core.somaxconn")).isEqualTo("300");
        Files.writeString(list, "nothing\n");
        bed.check(chain.calls("1.1.0", "tuning", allowed));
        Files.writeString(list, "^net\\.ipv4\\.conf\\.IFNAME\\.[a-z_]*$\n\n  core.somaxconn \n");

        String refused = "'sysctl': {'net.ipv4.conf.all.log_martians': '1'}";
        assertThatThrownBy(() -> bed.add(chain.calls("1.1.0", "tuning", refused)))
                .hasMessageStartingWith(
                        "Sysctl net.ipv4.conf.all.log_martians is not allowed. Only the following"
                                + " sysctls are allowed: [^net\\.ipv4\\.conf\\.IFNAME\\.[a-z_]*$"
                                + " core.somaxconn]");
        assertThatThrownBy(() -> bed.status(chain.alone("1.1.0", "tuning", refused)))
                .isInstanceOf(CniException.class);

        // A list that cannot be read allows nothing.
        Files.delete(list);
        Files.createSymbolicLink(list, list);
        assertThatThrownBy(() -> bed.status(chain.alone("1.1.0", "tuning", allowed)))
                .hasMessageContaining("failed to read the list of allowed sysctls");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'sysctl': {'net.a': '1', 'net.b': '1', 'net.a': '2'} | duplicated sysctl keys are not"
                        + " allowed",
                "'sysctl': {'kernel.hostname': 'x'} | invalid net sysctl key: \"kernel/hostname\"",
                "'sysctl': {'net/../kernel/hostname': 'x'} | No such file",
                "'sysctl': {'net': 'x'} | invalid net sysctl key",
                "'sysctl': {'net.ipv4.x': 1} | must be a string",
                "'mac': 'x' | invalid MAC address",
                "'mac': '01:00:5e:00:00:01' | not the MAC address of a single interface",
                "'mtu': -1 | invalid MTU -1",
                "'txQLen': -1 | invalid txQLen -1",
                "'mtu': 'x' | mtu"
            })
    void badConfiguration_isRefusedAndChangesNothing(String keys, String text) throws Exception {
        String before = link();
        assertThatThrownBy(() -> bed.add(chain.calls("1.1.0", "tuning", keys)))
                .isInstanceOf(CniException.class)
                .hasMessageContaining(text);
        assertThat(link()).isEqualTo(before);
        assertThat(backup()).doesNotExist();
    }

    @Test
    void withoutPreviousResultOrInterface_isRefused() {
        assertThatThrownBy(() -> bed.add(chain.alone("1.1.0", "tuning", "'mtu': 1400")))
                .hasMessageStartingWith("Required prevResult missing");
        assertThatThrownBy(() -> bed.check(chain.alone("1.1.0", "tuning", "'mtu': 1400")))
                .hasMessageStartingWith("Required prevResult missing");
        assertThatThrownBy(() ->
                        bed.add(
                                chain.calls("1.1.0", "tuning", "'mtu': 1400")
                                        .container("dummy", "eth9")))
                .hasMessageContaining("failed to get \"eth9\": Link not found");
        assertThatThrownBy(() ->
                        bed.add(
                                chain.calls("1.1.0", "tuning", "'mtu': 1400")
                                        .set("CNI_NETNS", "/run/netns/gone")))
                .hasMessageContaining("failed to Statfs \"/run/netns/gone\"");
    }
}
