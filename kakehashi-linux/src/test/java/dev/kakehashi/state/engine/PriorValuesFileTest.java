package dev.kakehashi.state.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Sysctl;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class PriorValuesFileTest {
    private static final Sysctl RANGE = Sysctl.owned("net/ipv4/ping_group_range", "0 7");
    private static final FdbEntry ENTRY =
            FdbEntry.bridge("veth1", MacAddress.parse("02:00:00:00:00:07"), 5);
    private static final FdbEntry DEFAULT =
            FdbEntry.vxlan("vx0", MacAddress.ZERO, IpAddresses.parse("192.0.2.2"));

    @TempDir Path directory;

    private Path file() {
        return directory.resolve("prior-values");
    }

    @Test
    void recorded_isThereAfterARestart() throws Exception {
        PriorValues values = PriorValues.onDisk(file());
        values.record(NamespaceId.HOST, RANGE.key(), "1\t0");
        values.record(NamespaceId.HOST, RANGE.key(), "the first counts");
        values.record(NamespaceId.HOST, ENTRY.key(), PriorValues.ABSENT);
        values.record(NamespaceId.HOST, DEFAULT.key(), PriorValues.ABSENT);
        PriorValues again = PriorValues.onDisk(file());
        assertThat(again.find(NamespaceId.HOST, RANGE.key())).contains("1\t0");
        assertThat(again.find(NamespaceId.HOST, ENTRY.key())).contains("");
        assertThat(again.find(NamespaceId.HOST, DEFAULT.key())).contains("");
        assertThat(again.find(new NamespaceId("other"), RANGE.key())).isEmpty();
    }

    @Test
    void forgotten_isForgottenAfterARestart() throws Exception {
        PriorValues values = PriorValues.onDisk(file());
        values.record(NamespaceId.HOST, RANGE.key(), "1");
        values.forget(NamespaceId.HOST, RANGE.key());
        assertThat(PriorValues.onDisk(file()).find(NamespaceId.HOST, RANGE.key())).isEmpty();
    }

    @Test
    void ofAnotherBoot_countsNothing() throws Exception {
        PriorValues.onDisk(file()).record(NamespaceId.HOST, RANGE.key(), "1");
        List<String> lines = Files.readAllLines(file());
        Files.write(file(), List.of("another boot", lines.get(1)));
        assertThat(PriorValues.onDisk(file()).find(NamespaceId.HOST, RANGE.key())).isEmpty();
    }

    @Test
    void damaged_isAnErrorThatNamesTheFile() throws Exception {
        PriorValues.onDisk(file()).record(NamespaceId.HOST, RANGE.key(), "1");
        Files.writeString(file(), Files.readString(file()) + "host\tfdb\tvx0\n");
        assertThatThrownBy(() -> PriorValues.onDisk(file()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file().toString());
    }
}
