package dev.kakehashi.cni.runtime;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.result.EncodedResult;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What ADD left, one file an attachment in {@code <folder>/results}: the place and the form of
 * libcni. Files are replaced atomically and reach the disk before ADD returns, so that no loss of
 * power leaves half a file.
 */
public final class AttachmentCache {
    /** Where libcni keeps its cache. */
    public static final Path DEFAULT_FOLDER = Path.of("/var/lib/cni");

    private final Path folder;

    private AttachmentCache(Path folder) {
        this.folder = folder;
    }

    /** The cache below this folder; it need not exist. */
    public static AttachmentCache at(Path folder) {
        return new AttachmentCache(folder);
    }

    private Path results() {
        return folder.resolve("results");
    }

    private Path file(String network, RuntimeConf conf) throws CniException {
        String id = conf.containerId();
        String ifName = conf.ifName();
        if (network.isEmpty() || id.isEmpty() || ifName.isEmpty()) {
            throw new CniException(
                    CniException.INVALID_ENVIRONMENT,
                    "cache file path requires network name (\""
                            + network
                            + "\"), container ID (\""
                            + id
                            + "\"), and interface name (\""
                            + ifName
                            + "\")");
        }
        String name = network + "-" + id + "-" + ifName;
        if (name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
            throw new CniException(
                    CniException.INVALID_ENVIRONMENT,
                    "cache file path: network name, container ID and interface name must not contain"
                            + " \"/\"",
                    name);
        }
        return results().resolve(name);
    }

    /**
     * Remembers an attachment; what was remembered of it before is replaced.
     *
     * @throws CniException code 5 when it cannot be written, code 4 when its names make no file
     *     name
     */
    public void store(CachedAttachment attachment) throws CniException {
        Path file = file(attachment.networkName(), attachment.conf());
        // Beside the folder of results, whose every file other runtimes read.
        Path temporary = folder.resolve("." + file.getFileName() + ".tmp");
        try {
            Files.createDirectories(
                    results(),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            write(temporary, CacheCodec.encode(attachment));
            Files.move(
                    temporary,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            sync(results());
        } catch (IOException e) {
            throw new CniException(
                    CniException.IO_FAILURE, "failed to write " + file + ": " + e, e);
        }
    }

    private static void write(Path file, byte[] content) throws IOException {
        Files.deleteIfExists(file);
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }

    /** A rename is on the disk when the folder is (rename(2), fsync(2)). */
    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Forgets an attachment; an unknown one, or one that cannot be removed, is passed over. */
    public void remove(String network, RuntimeConf conf) {
        try {
            Files.deleteIfExists(file(network, conf));
        } catch (IOException | CniException e) {
            // libcni ignores it too: a stale file does no harm but to be deleted by the next GC.
            return;
        }
    }

    /**
     * The remembered result in a version.
     *
     * @return empty when nothing is remembered or the file cannot be read
     * @throws CniException code 6 when the file is no cache entry or its result cannot be said in
     *     that version
     */
    public Optional<EncodedResult> result(String network, String cniVersion, RuntimeConf conf)
            throws CniException {
        Optional<byte[]> content = read(file(network, conf));
        if (content.isEmpty()) {
            return Optional.empty();
        }
        Optional<EncodedResult> result =
                CacheCodec.decodeResult(JsonParser.parseObject(content.get()));
        if (result.isEmpty()) {
            return result;
        }
        try {
            return Optional.of(result.get().as(cniVersion));
        } catch (CniException e) {
            throw e.because(
                    "failed to convert cached result to config version \"" + cniVersion + "\"");
        }
    }

    /**
     * All that is remembered of an attachment but its result. CNI_ARGS of the caller stay where
     * none are remembered.
     *
     * @return empty when nothing is remembered or the file cannot be read
     * @throws CniException code 6 when the file is no cache entry
     */
    public Optional<CachedAttachment> entry(String network, RuntimeConf conf) throws CniException {
        Optional<byte[]> content = read(file(network, conf));
        if (content.isEmpty()) {
            return Optional.empty();
        }
        CachedAttachment cached;
        try {
            JsonObject json = JsonParser.parseObject(content.get());
            if (!CacheCodec.isEntry(json)) {
                throw new CniException(
                        CniException.DECODING_FAILURE,
                        "read cached network \""
                                + network
                                + "\" config has wrong kind: "
                                + json.string("kind", ""));
            }
            cached = CacheCodec.decode(json);
        } catch (JsonException e) {
            throw e.because("failed to unmarshal cached network \"" + network + "\" config");
        }
        RuntimeConf restored =
                cached.conf().args().isEmpty() ? conf : conf.withArgs(cached.conf().args());
        return Optional.of(
                new CachedAttachment(
                        network,
                        restored.withCapabilityArgs(cached.conf().capabilityArgs()),
                        cached.config(),
                        Optional.empty()));
    }

    /**
     * Every remembered attachment, in the order of file names. Files that are no cache entries are
     * passed over.
     *
     * @param containerId of this container only; empty for all
     * @throws CniException code 5 when the folder cannot be read
     */
    public List<CachedAttachment> attachments(String containerId) throws CniException {
        List<CachedAttachment> attachments = new ArrayList<>();
        for (String name : names()) {
            if (!containerId.isEmpty() && !name.contains("-" + containerId + "-")) {
                continue;
            }
            Optional<CachedAttachment> attachment = readEntry(results().resolve(name));
            if (attachment.isPresent()
                    && (containerId.isEmpty()
                            || attachment.get().conf().containerId().equals(containerId))) {
                attachments.add(attachment.get());
            }
        }
        return attachments;
    }

    /**
     * What may be remembered of a network and is not among {@link #attachments}: files of its name
     * that are no cache entries or cannot be read. Who takes attachments that are not remembered
     * for dead must not do so while there are any.
     *
     * @throws CniException code 5 when the folder cannot be read
     */
    public List<Path> unreadable(String network) throws CniException {
        List<Path> unreadable = new ArrayList<>();
        for (String name : names()) {
            Path file = results().resolve(name);
            if (name.startsWith(network + "-") && readEntry(file).isEmpty()) {
                unreadable.add(file);
            }
        }
        return unreadable;
    }

    private static Optional<CachedAttachment> readEntry(Path file) {
        try {
            Optional<byte[]> content = read(file);
            if (content.isEmpty()) {
                return Optional.empty();
            }
            JsonObject json = JsonParser.parseObject(content.get());
            if (!CacheCodec.isEntry(json)) {
                return Optional.empty();
            }
            CachedAttachment attachment = CacheCodec.decode(json);
            boolean whole =
                    !attachment.conf().ifName().isEmpty() && !attachment.networkName().isEmpty();
            return whole ? Optional.of(attachment) : Optional.empty();
        } catch (CniException e) {
            return Optional.empty();
        }
    }

    private List<String> names() throws CniException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(results())) {
            for (Path entry : entries) {
                names.add(entry.getFileName().toString());
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException | DirectoryIteratorException e) {
            throw new CniException(
                    CniException.IO_FAILURE, "failed to read " + results() + ": " + e, e);
        }
        Collections.sort(names);
        return names;
    }

    private static Optional<byte[]> read(Path file) {
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
