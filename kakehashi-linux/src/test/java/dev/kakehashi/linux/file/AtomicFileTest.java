package dev.kakehashi.linux.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Openat2;
import dev.kakehashi.linux.SysStat;
import dev.kakehashi.testing.FdLeakExtension;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

@ExtendWith(FdLeakExtension.class)
class AtomicFileTest {
    @TempDir Path directory;

    @Test
    void write_replacesTheWholeAndLeavesNothingBeside() throws Exception {
        Path path = directory.resolve("state");
        AtomicFile.write(path, new byte[100_000], 0600);
        AtomicFile.write(path, "new".getBytes(StandardCharsets.UTF_8), 0600);
        assertThat(path).hasContent("new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void write_overADirectory_failsAndLeavesNothing() throws Exception {
        Path taken = directory.resolve("taken");
        Files.createDirectories(taken.resolve("inside"));
        assertThatThrownBy(() -> AtomicFile.write(taken, new byte[1], 0600))
                .isInstanceOf(IOException.class);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(taken);
        }
        assertThatThrownBy(() -> AtomicFile.write(directory.resolve("no/file"), new byte[1], 0600))
                .hasMessageContaining("ENOENT");
    }

    @Test
    void write_emptyContent_makesAnEmptyFile() throws Exception {
        AtomicFile.write(directory.resolve("empty"), new byte[0], 0600);
        assertThat(directory.resolve("empty")).isEmptyFile();
    }

    @Test
    void write_contentThatComesPieceByPiece_isThereAsAWhole_orNotAtAll() throws Exception {
        Path file = directory.resolve("streamed");
        AtomicFile.write(
                file,
                0600,
                out -> {
                    for (int i = 0; i < 100_000; i++) {
                        out.write('a');
                        out.write(new byte[] {'b', 'c'});
                    }
                    assertThat(file).doesNotExist();
                });
        assertThat(file).hasContent("abc".repeat(100_000));

        assertThatThrownBy(() ->
                        AtomicFile.write(
                                file,
                                0600,
                                out -> {
                                    out.write(new byte[200_000]);
                                    throw new IllegalStateException("no more");
                                }))
                .hasMessage("no more");
        assertThat(file).hasContent("abc".repeat(100_000));
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    /** Ways out of a root that a container could prepare. */
    @Test
    void inRoot_linksAndDots_stayBelow() throws Exception {
        Path outside = Files.writeString(directory.resolve("secret"), "outside");
        Path root = Files.createDirectory(directory.resolve("root"));
        Path inside = Files.writeString(root.resolve("secret"), "inside");
        Files.createSymbolicLink(root.resolve("absolute"), Path.of("/secret"));
        Files.createSymbolicLink(root.resolve("relative"), Path.of("../secret"));
        Files.createSymbolicLink(root.resolve("away"), outside);
        try (Fd fd = Fcntl.open(root, Fcntl.O_PATH, 0)) {
            for (String path :
                    new String[] {
                        "secret", "/secret", "../secret", "../../secret", "absolute", "relative"
                    }) {
                try (Fd file = Openat2.inRoot(fd, path, Fcntl.O_RDONLY, 0)) {
                    assertThat(SysStat.fstat(file))
                            .as(path)
                            .isEqualTo(SysStat.stat(inside.toString()));
                }
            }
            assertThatThrownBy(() -> Openat2.inRoot(fd, "away", Fcntl.O_RDONLY, 0))
                    .isInstanceOfSatisfying(
                            LinuxException.class, e -> assertThat(e.is(Errno.ENOENT)).isTrue());
        }
    }
}
