package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

class LastViewFileTest {
    private static final int CLUSTERS = 60;

    @TempDir Path directory;

    private LastViewFile file() {
        return LastViewFile.in(directory);
    }

    private Path path() {
        return directory.resolve("last-view");
    }

    @Test
    void generatedClusters_areReadAsTheyWere() throws Exception {
        long first = Seeds.random().nextLong(1L << 32);
        for (long seed = first; seed < first + CLUSTERS; seed++) {
            LastView view = GeneratedView.of(seed, 1 + (int) (seed % 40));

            file().write(view);
            LastView read = file().read("n0", "pods");

            String which = "view " + seed;
            assertThat(read.network().spec()).as(which).isEqualTo(view.network().spec());
            assertThat(read.network().metadata()).as(which).isEqualTo(view.network().metadata());
            assertThat(read.cluster().nodes())
                    .as(which)
                    .isEqualTo(view.cluster().nodes().stream().map(n -> n.seenBy("")).toList());
            assertThat(read.cluster().blocks()).as(which).isEqualTo(view.cluster().blocks());
            assertThat(read.cluster().pools().stream().map(IpPool::spec))
                    .as(which)
                    .isEqualTo(view.cluster().pools().stream().map(IpPool::spec).toList());
            assertThat(read.cluster().pools().stream().map(IpPool::status))
                    .as(which)
                    .isEqualTo(view.cluster().pools().stream().map(IpPool::status).toList());
            assertThat(read.peers().stream().map(BgpPeer::spec).toList())
                    .as(which)
                    .isEqualTo(view.peers().stream().map(BgpPeer::spec).toList());
        }
    }

    @Test
    void cutOffAnywhere_isRefused() throws Exception {
        byte[] whole = written();

        for (int length = 0; length < whole.length; length++) {
            assertRefused(Arrays.copyOf(whole, length), "cut off after " + length);
        }
        assertRefused(Arrays.copyOf(whole, whole.length + 1), "with something behind it");
    }

    @Test
    void damagedAnywhere_isRefused() throws Exception {
        byte[] whole = written();

        for (int i = 0; i < whole.length; i++) {
            for (int other : new int[] {whole[i] ^ 1, '\n'}) {
                byte[] damaged = whole.clone();
                damaged[i] = (byte) other;
                if (other != whole[i]) {
                    assertRefused(damaged, "octet " + i + " as " + other);
                }
            }
        }
    }

    @Test
    void aLineThatIsMissing_isRefused() throws Exception {
        List<String> lines = new String(written(), StandardCharsets.UTF_8).lines().toList();

        for (int i = 1; i < lines.size() - 1; i++) {
            String line = lines.get(i);
            String text = String.join("\n", lines) + "\n";
            assertRefused(
                    text.replace(line + "\n", "").getBytes(StandardCharsets.UTF_8),
                    "without line " + i);
        }
    }

    private byte[] written() throws Exception {
        file().write(GeneratedView.of(3, 2));
        return Files.readAllBytes(path());
    }

    private void assertRefused(byte[] octets, String what) throws IOException {
        Files.write(path(), octets);
        assertThatThrownBy(() -> file().read("n0", "pods"))
                .as(what)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("last-view");
    }

    @Test
    void whatIsOfAnother_isRefused_andSaysWhose() throws Exception {
        file().write(GeneratedView.of(1, 3));

        assertThatThrownBy(() -> file().read("n1", "pods"))
                .hasMessageContaining("is of node n0 and Network pods, not of n1 and pods");
        assertThatThrownBy(() -> file().read("n0", "other"))
                .hasMessageContaining("is of node n0 and Network pods, not of n0 and other");
        Files.writeString(
                path(), Files.readString(path()).replace("\"lastView\":1", "\"lastView\":2"));
        assertThatThrownBy(() -> file().read("n0", "pods"))
                .hasMessageContaining("has the format 2 of another release, not 1");
        Files.delete(path());
        assertThatThrownBy(() -> file().read("n0", "pods")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void itIsTheOwnersAlone_andWhatAWriterLeftHalfWay_goes() throws Exception {
        Files.writeString(directory.resolve(".last-view.tmp.1.1"), "half");

        file().write(GeneratedView.of(1, 3));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
                .isEqualTo("rw-------");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(path());
        }
        file().confirm(Instant.EPOCH);
        assertThat(file().confirmed()).isEqualTo(Instant.EPOCH);
    }
}
