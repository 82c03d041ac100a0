package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.netns.NetnsId;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;

/** Whose attachments are remembered, and for how long. */
class AttachmentRecordsTest {
    private static final NetnsId HOST = new NetnsId(4, 77);
    private static final Domain HERE = new Domain(true, 1, 4, 77);
    private static final Domain ELSEWHERE = new Domain(false, 1, 4, 78);
    private static final String OWNER = "n/c1/eth0";
    private static final String RESULT =
            "{\"cniVersion\": \"1.1.0\", \"ips\": [{\"address\": \"10.1.0.2/24\","
                    + " \"gateway\": \"10.1.0.1\"}]}";

    @TempDir Path directory;
    private AttachmentRecords records;

    @BeforeEach
    void open() throws IOException {
        records = AttachmentRecords.open(directory, "boot-1", HOST);
    }

    private static AttachRequest request(String plugin, String command, String more) {
        AttachRequest bridge =
                Requests.of(
                        command,
                        "c1",
                        "{\"cniVersion\": \"1.1.0\", \"name\": \"n\", \"type\": \""
                                + plugin
                                + "\""
                                + more
                                + "}");
        return new AttachRequest(
                plugin,
                bridge.environment(),
                bridge.stdin(),
                bridge.deadline(),
                bridge.id(),
                bridge.front(),
                bridge.directory(),
                bridge.netnsErrno());
    }

    private static Answer answer(int status) {
        return new Answer(status, RESULT.getBytes(StandardCharsets.UTF_8), new byte[0]);
    }

    private void add(String plugin, String more) {
        records.note(HERE, request(plugin, "ADD", more), answer(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bridge", "ptp"})
    void add_isRemembered_untilDel(String plugin) throws IOException {
        add(plugin, ", \"ipam\": {\"type\": \"host-local\"}");

        AttachmentRecord record = records.find(OWNER).orElseThrow();
        assertThat(record.plugin()).isEqualTo(plugin);
        assertThat(record.containerId()).isEqualTo("c1");
        assertThat(record.gateways().toString()).isEqualTo("[/10.1.0.1]");

        records.note(HERE, request(plugin, "DEL", ""), answer(0));
        assertThat(records.find(OWNER)).isEmpty();
    }

    @Test
    void leasedAddresses_areNotRemembered_alsoNotOfAnEarlierAdd() throws IOException {
        add("bridge", "");
        add("bridge", ", \"ipam\": {\"type\": \"dhcp\"}");

        assertThat(records.find(OWNER)).isEmpty();
    }

    @Test
    void chainedPlugins_takeItAway_butThoseThatLeaveThePodAsItIs() throws IOException {
        add("bridge", "");
        add("portmap", "");
        add("bandwidth", "");
        assertThat(records.find(OWNER)).isPresent();

        add("tuning", "");
        assertThat(records.find(OWNER)).isEmpty();
    }

    @Test
    void failedAdd_otherHosts_otherMainPlugins_areNotRemembered() throws IOException {
        records.note(HERE, request("bridge", "ADD", ""), answer(1));
        records.note(ELSEWHERE, request("bridge", "ADD", ""), answer(0));
        add("macvlan", "");

        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void recordOfAnEarlierBoot_isNone() throws IOException {
        add("bridge", "");

        assertThat(AttachmentRecords.open(directory, "boot-2", HOST).find(OWNER)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"bootId\": \"boot-1\"", "[]", "\u0000\u0001"})
    void damagedFile_isSaidSo_andTheNextAddMendsIt(String content) throws IOException {
        add("bridge", "");
        Files.writeString(directory.resolve(OWNER.replace('/', '@')), content);

        assertThatThrownBy(() -> records.find(OWNER))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(OWNER)
                .hasMessageContaining("cannot be read");

        add("bridge", "");
        assertThat(records.find(OWNER)).isPresent();
    }

    @Test
    void answerThatIsNoResult_isNotRemembered() throws IOException {
        records.note(HERE, request("bridge", "ADD", ""), new Answer(0, new byte[0], new byte[0]));

        assertThat(records.find(OWNER)).isEmpty();
    }

    @Test
    void othersAreForgotten_butNotWhatIsWrittenJustNow() throws IOException {
        add("bridge", "");
        records.retain(Set.of());
        assertThat(records.find(OWNER)).isPresent();

        Path file = directory.resolve(OWNER.replace('/', '@'));
        Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(0));
        records.retain(Set.of(OWNER));
        assertThat(records.find(OWNER)).isPresent();
        records.retain(Set.of());
        assertThat(records.find(OWNER)).isEmpty();
    }
}
