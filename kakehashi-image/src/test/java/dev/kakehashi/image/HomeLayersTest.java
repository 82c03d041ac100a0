package dev.kakehashi.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FileEntry;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;

class HomeLayersTest {
    private static final Instant MADE = Instant.parse("2026-02-03T04:05:06Z");

    @TempDir Path home;

    @BeforeEach
    void aBuild() throws IOException {
        put("bin/kakehashi-agent", "rwxr-xr-x");
        put("cni/bridge", "rwx------");
        put("jre/bin/java", "rwxr-xr-x");
        put("jre/lib/modules", "rw-r--r--");
        put("lib/kakehashi-agent.jar", "rw-r--r--");
        put("lib/store-etcd/grpc.jar", "rw-r--r--");
        put("lib/store-kubernetes/client.jar", "rw-r--r--");
        put("share/kakehashi.yaml", "rw-------");
    }

    private void put(String name, String permissions) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(file, name);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        Files.setLastModifiedTime(file, FileTime.from(MADE));
    }

    @Test
    void eachFileIsInOneLayer_whatSeldomChangesFirst() throws IOException {
        List<List<String>> layers =
                HomeLayers.of(home).stream()
                        .map(FileEntriesLayer::getEntries)
                        .map(entries ->
                                entries.stream()
                                        .map(entry -> entry.getExtractionPath().toString())
                                        .toList())
                        .toList();

        assertThat(layers)
                .containsExactly(
                        List.of("/opt/kakehashi/jre/bin/java", "/opt/kakehashi/jre/lib/modules"),
                        List.of(
                                "/opt/kakehashi/lib/store-etcd/grpc.jar",
                                "/opt/kakehashi/lib/store-kubernetes/client.jar"),
                        List.of(
                                "/opt/kakehashi/bin/kakehashi-agent",
                                "/opt/kakehashi/cni/bridge",
                                "/opt/kakehashi/lib/kakehashi-agent.jar",
                                "/opt/kakehashi/share/kakehashi.yaml"));
    }

    @Test
    void filesKeepTheirTime_andAreReadableByAll() throws IOException {
        List<FileEntry> entries =
                HomeLayers.of(home).stream().flatMap(layer -> layer.getEntries().stream()).toList();

        assertThat(entries).allMatch(entry -> entry.getModificationTime().equals(MADE));
        assertThat(entries)
                .allMatch(entry -> {
                    boolean program =
                            entry.getExtractionPath().toString().matches(".*/(bin|cni)/.*");
                    return entry.getPermissions().toOctalString().equals(program ? "755" : "644");
                });
    }
}
