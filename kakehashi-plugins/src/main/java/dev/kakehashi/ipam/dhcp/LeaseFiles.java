package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.linux.file.AtomicFile;
import dev.kakehashi.plugins.PluginHost;
import dev.kakehashi.plugins.attachment.Sha512;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Leases on disk, one file each, so that whoever comes after this process keeps them. Below {@code
 * /run}: with the machine all containers end.
 */
record LeaseFiles(Path directory) {

    private static final int MODE = 0600;
    private static final String SUFFIX = ".json";
    private static final String V6_SUFFIX = "-6.json";
    private static final int DIGITS = 32;

    /**
     * Those that a caller sees. A path through a descriptor of a caller in another mount namespace
     * ends with the call; this process's own files have to do there.
     */
    static LeaseFiles of(PluginHost host, String directory) {
        Path seen = host.file(directory);
        return new LeaseFiles(seen.startsWith("/proc/self/fd") ? Path.of(directory) : seen);
    }

    private Path file(Holding.Key key) {
        String name = Sha512.hex(key.attachment().owner(), DIGITS);
        return directory.resolve(name + (key.ipv6() ? V6_SUFFIX : SUFFIX));
    }

    void save(Holding holding) throws IOException {
        Files.createDirectories(directory);
        AtomicFile.write(
                file(holding.key()),
                (holding.toJson() + "\n").getBytes(StandardCharsets.UTF_8),
                MODE);
    }

    void remove(Holding.Key key) throws IOException {
        Files.deleteIfExists(file(key));
        AtomicFile.removeLeftovers(file(key)); // of who died while writing
    }

    Optional<Holding> find(Holding.Key key) throws IOException {
        return read(file(key)).filter(found -> found.key().equals(key));
    }

    List<Holding> all() throws IOException {
        List<Holding> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                read(file).ifPresent(all::add);
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return all;
    }

    private static Optional<Holding> read(Path file) throws IOException {
        try {
            return Optional.of(Holding.parse(JsonParser.parseObject(Files.readAllBytes(file))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonException e) {
            log().log(
                            Level.WARNING,
                            "{0} is no lease and is left alone: {1}",
                            file,
                            e.getMessage());
            return Optional.empty();
        }
    }

    /** Looked for when there is something to say: docs/adr/0008. */
    private static System.Logger log() {
        return System.getLogger(LeaseFiles.class.getName());
    }
}
