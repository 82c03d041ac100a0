package dev.kakehashi.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.plugins.Calls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

class EarlierBootTest {

    private static final Instant BOOT = Instant.parse("2026-05-01T10:00:00Z");

    @TempDir Path directory;

    /**
     * The machine believes it is {@code BOOT} when it boots, and the clock is stepped by some hours
     * later; a container is made before the step and one after it.
     */
    @ParameterizedTest
    @CsvSource({"0", "5", "-5", "20000", "-20000"})
    void end_neverLiesBehindAFileOfThisBoot(int hoursStepped) {
        Instant runBirth = BOOT.plusSeconds(1);
        Instant btime = BOOT.plusSeconds(hoursStepped * 3600L);
        Instant beforeTheStep = BOOT.plusSeconds(30);
        Instant afterTheStep = BOOT.plusSeconds(hoursStepped * 3600L + 60);
        Instant end = EarlierBoot.end(Optional.of(btime), Optional.of(runBirth)).orElseThrow();
        assertThat(beforeTheStep).isAfter(end);
        assertThat(afterTheStep).isAfter(end);
    }

    @Test
    void end_withoutOneOfTheClocks_isUnknown() {
        assertThat(EarlierBoot.end(Optional.empty(), Optional.of(BOOT))).isEmpty();
        assertThat(EarlierBoot.end(Optional.of(BOOT), Optional.empty())).isEmpty();
    }

    @Test
    void btime_isReadFromProcStat() {
        assertThat(EarlierBoot.btime(List.of("cpu  1 2 3", "btime 1777629600", "processes 5")))
                .contains(BOOT);
        assertThat(EarlierBoot.btime(List.of("btime soon"))).isEmpty();
        assertThat(EarlierBoot.btime(List.of("cpu 1"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"\" | 0",
                "'releaseAfterReboot': true, | 0",
                "'releaseAfterReboot': false, | 1"
            })
    void reservationThatIsToOutliveTheBoot_isRememberedBeforeItIsMade(String kept, int times)
            throws Exception {
        FileHost host = new FileHost(directory);
        HostLocal plugin = HostLocal.of(host, ReservationDirectories.create());
        Calls calls =
                Calls.with(
                        "{'cniVersion': '1.1.0', 'name': 'n', 'ipam': {%s 'subnet': '10.0.0.0/30'}}"
                                .formatted(kept));
        plugin.add(calls.request(CniCommand.ADD));
        assertThat(directory.resolve("var/lib/cni/networks/n/10.0.0.2")).exists();
        assertThat(host.remembered()).isEqualTo(times);
        assertThat(host.reservedWhenRemembered()).isEmpty();
        plugin.check(calls.request(CniCommand.CHECK));
        plugin.del(calls.request(CniCommand.DEL));
        assertThat(host.remembered()).isEqualTo(times);
    }

    @Test
    void add_givesBackWhatAnEarlierBootReserved_unlessToldNotTo() throws Exception {
        Path run = Files.createDirectories(directory.resolve("run"));
        Files.setLastModifiedTime(run, FileTime.from(Instant.now().plusSeconds(9)));
        assumeThat(EarlierBoot.end(run))
                .as("birth times of files on the file system of %s", directory)
                .isPresent();
        assumeThat(EarlierBoot.isLocal(directory)).as("%s is on a local disk", directory).isTrue();
        Path network = Files.createDirectories(directory.resolve("var/lib/cni/networks/n"));
        for (String name : List.of("10.0.0.2", "10.0.0.3")) {
            Files.writeString(network.resolve(name), "gone\r\neth0");
        }
        Files.setLastModifiedTime(network.resolve("10.0.0.2"), FileTime.fromMillis(0));

        Calls keep =
                Calls.with(
                        "{'cniVersion': '1.1.0', 'name': 'n', 'ipam': {'subnet': '10.0.0.0/30',"
                                + " 'rangeEnd': '10.0.0.2', 'releaseAfterReboot': false}}");
        HostLocal plugin = HostLocal.of(new FileHost(directory), ReservationDirectories.create());
        assertThatThrownBy(() -> plugin.add(keep.request(CniCommand.ADD)))
                .hasMessageContaining("no IP addresses available");

        Calls calls =
                Calls.with(
                        "{'cniVersion': '1.1.0', 'name': 'n', 'ipam': {'subnet': '10.0.0.0/30'}}");
        plugin.status(calls.request(CniCommand.STATUS));
        assertThat(plugin.add(calls.request(CniCommand.ADD)).ips()).hasSize(1);
        assertThat(network.resolve("10.0.0.2")).hasContent("dummy\r\neth0");
        assertThat(network.resolve("10.0.0.3")).hasContent("gone\r\neth0");
        assertThat(calls.log())
                .containsPattern(
                        "gave back address 10.0.0.2 of container gone, eth0: reserved at .*, before"
                                + " this boot");
    }
}
