package dev.kakehashi.cluster.store;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Problem;
import dev.kakehashi.cluster.yaml.YamlDocument;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The content of one object's file.
 *
 * @param source the name for problems, {@code nodes/a.yaml}
 * @param text the file's text
 * @param version hash of the file's octets
 */
record ObjectFile(String source, String text, Version version) {
    static final String SUFFIX = ".yaml";

    /** An object has far less; a larger file is not one. */
    private static final int MAX_OCTETS = 1 << 20;

    private static final int HASH_OCTETS = 16;

    static Path path(Path directory, String name) {
        return directory.resolve(name + SUFFIX);
    }

    /** The name of the object whose file this is; of files that are none of ours, empty. */
    static Optional<String> nameOf(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(".") || !name.endsWith(SUFFIX)
                ? Optional.empty()
                : Optional.of(name.substring(0, name.length() - SUFFIX.length()));
    }

    static ObjectFile read(Path directory, String name) throws IOException {
        String source = directory.getFileName() + "/" + name + SUFFIX;
        try (InputStream in = Files.newInputStream(path(directory, name))) {
            byte[] octets = in.readNBytes(MAX_OCTETS + 1);
            return new ObjectFile(source, text(octets), versionOf(octets));
        }
    }

    static ObjectFile of(Path directory, String name, String text) {
        String source = directory.getFileName() + "/" + name + SUFFIX;
        return new ObjectFile(source, text, versionOf(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The object in the file. */
    <T extends ClusterObject> Stored<T> decode(Kind<T> kind, String name)
            throws InvalidObjectException {
        if (text.isEmpty()) {
            throw problem("", "is empty, not UTF-8, or larger than " + MAX_OCTETS + " octets");
        }
        YamlDocument document = YamlDocument.parse(source, text);
        Kind.Decoded<T> decoded = kind.decode(source, document.tree(), document.lines());
        if (!decoded.object().name().equals(name)) {
            throw problem(
                    "metadata.name",
                    "must be '"
                            + name
                            + "' as the file is named, not '"
                            + decoded.object().name()
                            + "'");
        }
        return new Stored<>(decoded.object(), version, decoded.warnings());
    }

    private InvalidObjectException problem(String path, String message) {
        return new InvalidObjectException(List.of(new Problem(source, 0, path, message)));
    }

    private static String text(byte[] octets) {
        if (octets.length > MAX_OCTETS) {
            return "";
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(octets))
                    .toString();
        } catch (CharacterCodingException e) {
            return "";
        }
    }

    private static Version versionOf(byte[] octets) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(octets);
            return new Version(HexFormat.of().formatHex(hash, 0, HASH_OCTETS));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
