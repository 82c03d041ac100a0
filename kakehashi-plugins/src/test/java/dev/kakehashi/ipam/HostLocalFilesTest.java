package dev.kakehashi.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.plugins.Calls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** The directory of reservations: as the reference plugin writes it, old, damaged, elsewhere. */
class HostLocalFilesTest extends HostLocalBed {
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
    void add_dataDirThatIsNoPath_isRefused() {
        assertThatThrownBy(() -> add(calls(SMALL + ", 'dataDir': '\\u0000'")))
                .isInstanceOfSatisfying(CniException.class, e -> assertThat(e.code()).isEqualTo(7))
                .hasMessageStartingWith("\"dataDir\" of ipam is no path: Nul character");
    }

    @Test
    void add_relativeToTheRootOfTheRequester_usesItsDataDir() throws Exception {
        add(calls(SMALL + ", 'dataDir': '/data'"));
        assertThat(root.resolve("data/mynet/10.1.2.2")).hasContent("dummy\r\neth0");
    }

    @Test
    void add_notesTheLastAddress_longerAndShorterThanTheOneBefore() throws Exception {
        Calls calls =
                calls("'subnet': '10.1.2.0/24', 'rangeStart': '10.1.2.9', 'rangeEnd': '10.1.2.11'");
        for (String address : List.of("10.1.2.9", "10.1.2.10", "10.1.2.11", "10.1.2.9")) {
            assertThat(addresses(add(calls))).containsExactly(address + "/24");
            assertThat(files()).containsEntry("last_reserved_ip.0", address);
            del(calls);
        }
    }

    @Test
    void add_leavesNothingOfALastAddressWrittenAtLength() throws Exception {
        Files.createDirectories(network);
        Files.writeString(network.resolve("last_reserved_ip.0"), "fd00:0:0:0:0:0:0:0001\n");
        assertThat(addresses(add(calls("'subnet': 'fd00::/64'")))).containsExactly("fd00::2/64");
        assertThat(files()).containsEntry("last_reserved_ip.0", "fd00::2");
    }

    @Test
    void add_meetsAnEmptyFile_givesTheAddressBack() throws Exception {
        Files.createDirectories(network);
        Files.createFile(network.resolve("10.1.2.2"));
        Calls calls = calls(SMALL);
        assertThat(addresses(add(calls))).containsExactly("10.1.2.2/29");
        assertThat(calls.log()).contains("gave back address 10.1.2.2: its file is empty");
    }

    /** It may be of the very ADD that this DEL is of, which died before it wrote. */
    @Test
    void del_meetsAnEmptyFile_givesTheAddressBack() throws Exception {
        Files.createDirectories(network);
        Files.createFile(network.resolve("10.1.2.2"));
        Calls calls = calls(SMALL);
        del(calls);
        assertThat(network.resolve("10.1.2.2")).doesNotExist();
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
