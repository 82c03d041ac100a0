package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

class JournalTest {
    private static final Domain DOMAIN = new Domain(true, 7, 8, 9);
    private static final String BOOT = "00000000-1111-2222-3333-444444444444";

    @TempDir Path parent;
    private Path directory = Path.of("");

    @BeforeEach
    void name() {
        directory = parent.resolve("journal");
    }

    private Journal open() throws IOException {
        return Journal.open(directory, BOOT);
    }

    /** What a process that died leaves: its descriptors, and so its locks, are gone. */
    private void die(JournalSlot... slots) throws IOException {
        for (JournalSlot slot : slots) {
            slot.close();
        }
    }

    private List<JournalSlot> orphans() throws IOException {
        return open().orphans();
    }

    @Test
    void callThatWasBegun_isFoundByTheNextProcess() throws Exception {
        JournalSlot slot = open().begin(DOMAIN, Requests.add("c1"));
        die(slot);
        List<JournalSlot> orphans = orphans();
        assertThat(orphans).hasSize(1);
        JournalRecord record = orphans.getFirst().record().orElseThrow();
        assertThat(orphans.getFirst().isPending()).isTrue();
        assertThat(record.bootId()).isEqualTo(BOOT);
        assertThat(record.domain()).isEqualTo(DOMAIN);
        assertThat(record.decodeRequest().subject()).isEqualTo(Requests.add("c1").subject());
        assertThat(record.decodeRequest().id()).isEqualTo(Requests.add("c1").id());
    }

    @Test
    void callThatEnded_isNot() throws Exception {
        Journal journal = open();
        JournalSlot slot = journal.begin(DOMAIN, Requests.add("c1"));
        journal.end(slot);
        journal.close();
        assertThat(orphans()).isEmpty();
    }

    @Test
    void answerThatMayNotHaveArrived_isKept() throws Exception {
        JournalSlot slot = open().begin(DOMAIN, Requests.add("c1"));
        byte[] answer = new Answer(0, new byte[] {'o', 'k'}, new byte[0]).encode(1);
        slot.finish(answer);
        die(slot);
        JournalSlot orphan = orphans().getFirst();
        assertThat(orphan.isPending()).isFalse();
        assertThat(orphan.answer()).hasValueSatisfying(a -> assertThat(a).isEqualTo(answer));
    }

    @Test
    void slots_areUsedAgain() throws Exception {
        Journal journal = open();
        for (int i = 0; i < 10; i++) {
            journal.end(journal.begin(DOMAIN, Requests.add("c" + i)));
        }
        assertThat(directory).isDirectoryContaining("glob:**/slot-0");
        try (var files = Files.list(directory)) {
            assertThat(files).hasSize(1);
        }
        journal.close();
    }

    @Test
    void callsAtTheSameTime_haveTheirOwnSlots() throws Exception {
        Journal journal = open();
        JournalSlot first = journal.begin(DOMAIN, Requests.add("c1"));
        JournalSlot second = journal.begin(DOMAIN, Requests.add("c2"));
        assertThat(first.name()).isNotEqualTo(second.name());
        die(first, second);
        assertThat(orphans()).hasSize(2);
    }

    @Test
    void shorterCallInAUsedSlot_leavesNothingOfTheLongerOne() throws Exception {
        Journal journal = open();
        journal.end(journal.begin(DOMAIN, Requests.of("ADD", "c1", "{" + " ".repeat(9000) + "}")));
        JournalSlot slot = journal.begin(DOMAIN, Requests.of("DEL", "c2", "{}"));
        die(slot);
        AttachRequest found = orphans().getFirst().record().orElseThrow().decodeRequest();
        assertThat(found.variable("CNI_CONTAINERID")).isEqualTo("c2");
        assertThat(found.stdin()).containsExactly('{', '}');
    }

    @Test
    void writingThatWasCutOffAnywhere_isNoCall() throws Exception {
        byte[] whole = record().encode().array();
        for (int length = 0; length < whole.length; length++) {
            assertThat(JournalRecord.decode(Arrays.copyOf(whole, length)))
                    .as("%d of %d bytes", length, whole.length)
                    .isEmpty();
            byte[] behindZeros = Arrays.copyOf(Arrays.copyOf(whole, length), whole.length + 64);
            if (!Arrays.equals(behindZeros, 0, whole.length, whole, 0, whole.length)) {
                assertThat(JournalRecord.decode(behindZeros)).as("%d bytes", length).isEmpty();
            }
        }
        assertThat(JournalRecord.decode(whole)).isPresent();
    }

    @Test
    void fileFullOfAnything_isNoCallAndIsUsed() throws Exception {
        RandomGenerator random = Seeds.random();
        Files.createDirectories(directory);
        byte[] garbage = new byte[3000];
        random.nextBytes(garbage);
        Files.write(directory.resolve("slot-0"), garbage);
        Files.write(directory.resolve("slot-1"), new byte[] {JournalRecord.PENDING});
        Journal journal = open();
        assertThat(journal.orphans()).isEmpty();
        JournalSlot slot = journal.begin(DOMAIN, Requests.add("c1"));
        die(slot);
        journal.close();
        assertThat(orphans()).hasSize(1);
    }

    @Test
    void damagedRecord_isNoCallOrTheSameOne() throws Exception {
        RandomGenerator random = Seeds.random();
        byte[] whole = record().encode().array();
        for (int i = 0; i < 5000; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
            JournalRecord.decode(damaged)
                    .ifPresent(record ->
                            // Only the state byte and the unused ones are not summed.
                            assertThat(record.encode().array()).isEqualTo(whole));
        }
    }

    private static JournalRecord record() throws ProtocolException {
        return new JournalRecord(BOOT, DOMAIN, Requests.add("c1").encode(1, new byte[0]));
    }
}
