package dev.kakehashi.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.Calls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.util.Map;

class HostLocalTest extends HostLocalBed {
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
}
