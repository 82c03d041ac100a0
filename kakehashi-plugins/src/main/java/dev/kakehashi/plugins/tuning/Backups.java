package dev.kakehashi.plugins.tuning;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.linux.SysStat;
import dev.kakehashi.linux.file.AtomicFile;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Failures;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The files with what interfaces were before: {@code CONTAINER_IFNAME.json} in one directory. */
final class Backups {

    private static final String SUFFIX = ".json";
    private static final int MODE = 0600;

    private final Path directory;

    Backups(Path directory) {
        this.directory = directory;
    }

    private Path file(Attachment attachment) {
        return directory.resolve(name(attachment.containerId(), attachment.ifName()));
    }

    private static String name(String containerId, String ifName) {
        return containerId + "_" + ifName + SUFFIX;
    }

    /** What is on record; a file that says nothing intelligible is no record. */
    Optional<Backup> find(Attachment attachment) throws CniException {
        return read(file(attachment));
    }

    private static Optional<Backup> read(Path file) throws CniException {
        try {
            if (!SysStat.exists(file.toString())) {
                return Optional.empty(); // as for all whose interface was not changed
            }
            return Optional.of(Backup.parse(JsonParser.parseObject(Files.readAllBytes(file))));
        } catch (NoSuchFileException | JsonException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw Failures.of("failed to open file \"" + file + "\"", e);
        }
    }

    /** Puts on record what an interface is before it is changed. */
    void save(Attachment attachment, Backup backup) throws CniException {
        try {
            Files.createDirectories(directory);
            AtomicFile.write(
                    file(attachment),
                    (backup.toJson() + "\n").getBytes(StandardCharsets.UTF_8),
                    MODE);
        } catch (IOException e) {
            throw Failures.of("failed to save file " + file(attachment), e);
        }
    }

    /** Forgets what was given back, and what somebody who died began to put on record. */
    void remove(Attachment attachment) throws CniException {
        Path file = file(attachment);
        remove(file);
        try {
            AtomicFile.removeLeftovers(file);
        } catch (IOException e) {
            throw Failures.of("failed to remove what is left beside " + file, e);
        }
    }

    private static void remove(Path file) throws CniException {
        try {
            Files.deleteIfExists(file);
        } catch (NotDirectoryException e) {
            // Nothing can be there.
        } catch (IOException e) {
            throw Failures.of("failed to remove file " + file, e);
        }
    }

    /** Forgets the attachments of a network that are not valid any more. */
    void collect(String network, List<CniAttachment> valid) throws CniException {
        Set<String> kept = new HashSet<>();
        for (CniAttachment attachment : valid) {
            kept.add(name(attachment.containerId(), attachment.ifName()));
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                boolean living = kept.contains(file.getFileName().toString());
                if (!living && read(file).filter(b -> b.network().equals(network)).isPresent()) {
                    remove(file);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Nothing was ever changed.
        } catch (IOException e) {
            throw Failures.of("failed to list " + directory, e);
        }
    }
}
