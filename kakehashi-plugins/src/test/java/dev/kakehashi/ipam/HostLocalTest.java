package dev.kakehashi.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.plugins.Calls;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

class HostLocalTest {

    private static final String SMALL = "'subnet': '10.1.2.0/29'";

    @TempDir Path root;
    private HostLocal plugin;
    private Path network;

    @BeforeEach
    void makePlugin() {
        plugin = HostLocal.of(Ips.under(root), ReservationDirectories.create());
        network = root.resolve("var/lib/cni/networks/mynet");
    }

    private static Calls calls(String version, String ipam) {
        return Calls.with(
                "{'cniVersion': '%s', 'name': 'mynet', 'type': 'bridge', 'ipam': {'type':"
                                .formatted(version)
                        + " 'host-local', "
                        + ipam
                        + "}}");
    }

    private static Calls calls(String ipam) {
        return calls("1.1.0", ipam);
    }

    private CniResult add(Calls calls) throws CniException {
        return plugin.add(calls.request(CniCommand.ADD));
    }

    private void del(Calls calls) throws CniException {
        plugin.del(calls.request(CniCommand.DEL));
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.list(network)) {
            for (Path path : paths.toList()) {
                files.put(path.getFileName().toString(), Files.readString(path));
            }
        }
        return files;
    }

    private static List<String> addresses(CniResult result) {
        return result.ips().stream().map(ip -> ip.address().toString()).toList();
    }

    private static void assertFails(ThrowingCallable call, int code, String msg) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> {
                            assertThat(e.msg()).isEqualTo(msg);
                            assertThat(e.code()).isEqualTo(code);
                        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"})
    void add_severalSets_writesTheReferencesFiles(String version) throws Exception {
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("etc/resolv.conf"), "nameserver 192.0.2.3\n");
        Calls calls =
                calls(
                        version,
                        """
                        'resolvConf': '/etc/resolv.conf',
                        'ranges': [
                          [{'subnet': '10.1.2.0/24'}, {'subnet': '10.2.2.0/24'}],
                          [{'subnet': '2001:db8:1::0/64'}]],
                        'routes': [
                          {'dst': '0.0.0.0/0'}, {'dst': '::/0'},
                          {'dst': '192.168.0.0/16', 'gw': '1.1.1.1'},
                          {'dst': '2001:db8:2::0/64', 'gw': '2001:db8:3::1'}]\
                        """);

        CniResult result = add(calls);

        assertThat(addresses(result)).containsExactly("10.1.2.2/24", "2001:db8:1::2/64");
        assertThat(result.ips().stream().map(ip -> ip.gateway().orElseThrow().getHostAddress()))
                .containsExactly("10.1.2.1", "2001:db8:1:0:0:0:0:1");
        assertThat(result.ips()).allMatch(ip -> ip.interfaceIndex().isEmpty());
        assertThat(result.routes()).hasSize(4);
        assertThat(result.dns().nameservers()).containsExactly("192.0.2.3");
        assertThat(ResultCodec.decode(ResultCodec.encode(result, version)).ips())
                .isEqualTo(result.ips());
        assertThat(files())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "10.1.2.2", "dummy\r\neth0",
                                "2001:db8:1::2", "dummy\r\neth0",
                                "last_reserved_ip.0", "10.1.2.2",
                                "last_reserved_ip.1", "2001:db8:1::2",
                                "lock", ""));
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(network.resolve("10.1.2.2"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(network)))
                .isEqualTo("rwxr-xr-x");
        assertThat(calls.log()).as("the first use is silent").isEmpty();

        del(calls);

        assertThat(files())
                .containsOnlyKeys("last_reserved_ip.0", "last_reserved_ip.1", "lock")
                .containsEntry("last_reserved_ip.0", "10.1.2.2");
    }

    @Test
    void del_ofOneInterface_keepsTheOther() throws Exception {
        Calls calls = calls(SMALL);
        add(calls);
        assertThat(addresses(add(calls.container("dummy", "eth1")))).containsExactly("10.1.2.3/29");
        assertThat(files()).containsEntry("10.1.2.3", "dummy\r\neth1");

        del(calls.container("dummy", "eth0"));

        assertThat(files()).doesNotContainKey("10.1.2.2").containsKey("10.1.2.3");
    }

    @Test
    void add_twice_isRefusedAndChangesNothing() throws Exception {
        Calls calls = calls(SMALL);
        add(calls);
        Map<String, String> before = files();

        assertFails(
                () -> add(calls),
                HostLocal.ALREADY_ALLOCATED,
                "failed to allocate for range 0: 10.1.2.2 has been allocated to dummy, duplicate"
                        + " allocation is not allowed");

        assertThat(files()).isEqualTo(before);
        assertThat(addresses(add(calls.container("other", "eth0")))).containsExactly("10.1.2.3/29");
    }

    @Test
    void add_whereAnOldFileNamesTheContainerAlone_isRefused() throws Exception {
        Files.createDirectories(network);
        Files.writeString(network.resolve("10.1.2.4"), "dummy");
        assertThatThrownBy(() -> add(calls(SMALL))).hasMessageContaining("10.1.2.4 has been alloc");
    }

    @Test
    void del_oldFile_isReleased() throws Exception {
        Files.createDirectories(network);
        Files.writeString(network.resolve("10.1.2.4"), "  dummy\n");
        Files.writeString(network.resolve("10.1.2.5"), "dummy\r\neth1");
        del(calls(SMALL));
        assertThat(files()).containsOnlyKeys("10.1.2.5", "lock");
    }

    @Test
    void del_oldFileBesideANewOne_releasesTheNewOneFirst() throws Exception {
        Files.createDirectories(network);
        Files.writeString(network.resolve("10.1.2.4"), "dummy");
        Files.writeString(network.resolve("10.1.2.5"), " dummy\r\neth0 \n");
        del(calls(SMALL));
        assertThat(files()).containsOnlyKeys("10.1.2.4", "lock");
    }

    @Test
    void del_ofSomethingNeverAdded_succeedsAndMakesNothing() throws Exception {
        del(calls(SMALL));
        assertThat(network).doesNotExist();
        add(calls(SMALL).container("someone", "eth0"));
        del(calls(SMALL));
        assertThat(files()).containsKey("10.1.2.2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'subnet': '10.1.2.0/31'",
                "'subnet': 'nonsense'",
                "'ranges': [[]]",
                "'ranges': 7",
                "'routes': 7",
            })
    void del_withAnInvalidConfiguration_stillReleases(String broken) throws Exception {
        add(calls(SMALL));
        del(calls(broken));
        assertThat(files()).doesNotContainKey("10.1.2.2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "7 | 'subnet': '10.1.2.0/31' | invalid range set 0: Network 10.1.2.0/31 too small to"
                        + " allocate from",
                "7 | 'ranges': [[]] | invalid range set 0: empty range set",
                "7 | 'routes': [] | no IP ranges specified",
                "7 | 'ranges': [[{'subnet': '10.1.0.0/16'}], [{'subnet': '10.1.2.0/24'}]] | range set"
                        + " 0 overlaps with 1",
                "6 | 'subnet': '10.1.2.0' | invalid CIDR address: 10.1.2.0 (\"subnet\" of a range)",
                "6 | 'subnet': '10.1.2.0/24', 'rangeStart': 'x' | invalid IP address: x"
                        + " (\"rangeStart\")",
                "6 | 'ranges': [{'subnet': '10.1.2.0/24'}] | \"ranges\" must be a list of lists of"
                        + " ranges",
            })
    void add_withAnInvalidConfiguration_saysWhyAndMakesNothing(int code, String ipam, String msg) {
        assertFails(() -> add(calls(ipam)), code, msg);
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void add_dataDirThatIsNoPath_isRefused() {
        assertThatThrownBy(() -> add(calls(SMALL + ", 'dataDir': '\\u0000'")))
                .isInstanceOfSatisfying(CniException.class, e -> assertThat(e.code()).isEqualTo(7))
                .hasMessageStartingWith("\"dataDir\" of ipam is no path: Nul character");
    }

    @Test
    void add_withoutIpam_isRefused() {
        Calls calls = Calls.with("{'cniVersion': '1.1.0', 'name': 'mynet'}");
        assertFails(() -> add(calls), 7, "IPAM config missing 'ipam' key");
    }

    @ParameterizedTest
    @CsvSource({"0.1.0, false", "0.2.0, false", "0.3.0, true", "1.1.0, true"})
    void add_twoAddressesOfAFamily_needTheRichResult(String version, boolean allowed)
            throws Exception {
        Calls calls =
                calls(
                        version,
                        "'ranges': [[{'subnet': '10.1.2.0/24'}], [{'subnet': '10.2.2.0/24'}]]");
        if (allowed) {
            assertThat(addresses(add(calls))).containsExactly("10.1.2.2/24", "10.2.2.2/24");
        } else {
            assertFails(
                    () -> add(calls),
                    7,
                    "CNI version " + version + " does not support more than 1 address per family");
        }
    }

    @Test
    void add_rangesOfTheRuntime_goInFront() throws Exception {
        Calls calls =
                Calls.with(
                        """
                        {'cniVersion': '1.1.0', 'name': 'mynet',
                         'runtimeConfig': {'ipRanges': [[{'subnet': '11.1.0.0/16'}]]},
                         'ipam': {'subnet': '10.1.2.0/24', 'ranges': [[{'subnet': '12.1.0.0/16'}]]}}
                        """);
        assertThat(addresses(add(calls)))
                .containsExactly("11.1.0.2/16", "10.1.2.2/24", "12.1.0.2/16");
        assertThat(files()).containsEntry("last_reserved_ip.1", "10.1.2.2");
    }

    @Test
    void add_relativeToTheRootOfTheRequester_usesItsDataDir() throws Exception {
        add(calls(SMALL + ", 'dataDir': '/data'"));
        assertThat(root.resolve("data/mynet/10.1.2.2")).hasContent("dummy\r\neth0");
    }

    @Test
    void add_fullRange_saysWhichAndHowManyAreUsed() throws Exception {
        Calls calls = calls("'subnet': '10.1.2.0/29'");
        for (int i = 2; i <= 6; i++) {
            assertThat(addresses(add(calls.container("c" + i, "eth0"))))
                    .containsExactly("10.1.2." + i + "/29");
        }
        assertThatThrownBy(() -> add(calls.container("one-more", "eth0")))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(CniException.TRY_AGAIN_LATER);
                            assertThat(e.msg())
                                    .isEqualTo(
                                            "failed to allocate for range 0: no IP addresses"
                                                    + " available in range set: 10.1.2.1-10.1.2.6");
                            assertThat(e.details()).isEqualTo("5 of 5 addresses are in use");
                        });
        assertFails(
                () -> plugin.status(calls.request(CniCommand.STATUS)),
                CniException.PLUGIN_NOT_AVAILABLE,
                "no IP addresses available in range set: 10.1.2.1-10.1.2.6");
        del(calls.container("c3", "eth0"));
        plugin.status(calls.request(CniCommand.STATUS));
        assertThat(addresses(add(calls.container("one-more", "eth0"))))
                .containsExactly("10.1.2.3/29");
    }

    @Test
    void add_failingInTheSecondSet_releasesTheFirst() throws Exception {
        Calls calls = calls("'ranges': [[{'subnet': '10.1.2.0/24'}], [{'subnet': '10.2.2.0/30'}]]");
        add(calls);
        assertThatThrownBy(() -> add(calls.container("other", "eth0")))
                .hasMessageStartingWith("failed to allocate for range 1: no IP addresses");
        assertThat(files())
                .containsOnlyKeys(
                        "10.1.2.2", "10.2.2.2", "last_reserved_ip.0", "last_reserved_ip.1", "lock");
    }

    @Test
    void add_missingResolvConf_isAnErrorAndReservesNothing() {
        assertFails(
                () -> add(calls(SMALL + ", 'resolvConf': '/nowhere'")),
                CniException.IO_FAILURE,
                "cannot read resolvConf /nowhere of ipam: "
                        + root.resolve("nowhere")
                        + ": no such file or directory");
        assertThat(network).doesNotExist();
    }

    @Test
    void check_comparesWithThePreviousResult() throws Exception {
        Calls calls = calls(SMALL);
        assertFails(
                () -> plugin.check(calls.request(CniCommand.CHECK)),
                CniException.INTERNAL,
                "host-local: Failed to find address added by container dummy");
        CniResult result = add(calls);
        plugin.check(calls.request(CniCommand.CHECK));
        plugin.check(calls.prevResult(result).request(CniCommand.CHECK));

        CniResult other = add(calls(SMALL).container("other", "eth0"));

        assertFails(
                () -> plugin.check(calls.prevResult(other).request(CniCommand.CHECK)),
                CniException.INTERNAL,
                "host-local: address 10.1.2.3 of the previous result is not reserved for this"
                        + " attachment");
        del(calls);
        assertFails(
                () -> plugin.check(calls.prevResult(result).request(CniCommand.CHECK)),
                CniException.INTERNAL,
                "host-local: Failed to find address added by container dummy");
    }

    @Test
    void gc_releasesWhatBelongsToNoValidAttachment() throws Exception {
        Files.createDirectories(network);
        Files.writeString(network.resolve("10.1.2.5"), "old and living");
        Files.writeString(network.resolve("10.1.2.6"), "old and dead");
        Files.writeString(network.resolve("notes.txt"), "mine");
        add(calls(SMALL).container("living", "eth1"));
        add(calls(SMALL).container("living", "eth2"));
        add(calls(SMALL).container("dead", "eth1"));
        Calls gc =
                Calls.with(
                        """
                        {'cniVersion': '1.1.0', 'name': 'mynet',
                         'cni.dev/valid-attachments': [
                           {'containerID': 'living', 'ifname': 'eth1'},
                           {'containerID': 'old and living', 'ifname': 'eth9'}],
                         'ipam': {'subnet': '10.1.2.0/29'}}
                        """);
        plugin.gc(gc.request(CniCommand.GC));
        assertThat(files())
                .containsOnlyKeys(
                        "10.1.2.2", "10.1.2.5", "last_reserved_ip.0", "lock", "notes.txt");
        assertThat(gc.log())
                .contains("gave back address 10.1.2.4 of container dead, eth1: no such attachment");
    }

    @Test
    void add_meetsAnEmptyFile_givesTheAddressBack() throws Exception {
        Files.createDirectories(network);
        Files.createFile(network.resolve("10.1.2.2"));
        Calls calls = calls(SMALL);
        assertThat(addresses(add(calls))).containsExactly("10.1.2.2/29");
        assertThat(calls.log()).contains("gave back address 10.1.2.2: its file is empty");
    }

    @Test
    void add_meetsSomethingUnreadable_leavesItAlone() throws Exception {
        Files.createDirectories(network.resolve("10.1.2.2"));
        assertThat(addresses(add(calls(SMALL)))).containsExactly("10.1.2.3/29");
        Calls gc =
                Calls.with(
                        """
                        {'cniVersion': '1.1.0', 'name': 'mynet', 'cni.dev/valid-attachments': [],
                         'ipam': {'subnet': '10.1.2.0/29'}}
                        """);
        plugin.gc(gc.request(CniCommand.GC));
        assertThat(network.resolve("10.1.2.2")).isDirectory();
    }

    @Test
    void add_damagedLastReserved_startsAtTheBeginning() throws Exception {
        add(calls(SMALL));
        Files.writeString(network.resolve("last_reserved_ip.0"), "\0\0\0");
        assertThat(addresses(add(calls(SMALL).container("b", "eth0"))))
                .containsExactly("10.1.2.3/29");
    }

    @Test
    void add_whenTheDirectoryCannotBeMade_saysWhy() throws Exception {
        Files.createDirectories(root.resolve("var/lib/cni"));
        Files.writeString(root.resolve("var/lib/cni/networks"), "a file");
        assertThatThrownBy(() -> add(calls(SMALL)))
                .isInstanceOfSatisfying(CniException.class, e -> assertThat(e.code()).isEqualTo(5))
                .hasMessageContaining("cannot reserve an address in " + network);
    }
}
