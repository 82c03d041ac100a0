package dev.kakehashi.agent.attach;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.linux.netns.NetnsId;
import dev.kakehashi.plugins.attachment.Attachment;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What ADDs of {@code bridge} and {@code ptp} on this host have made, a file each, written behind
 * the answer: an attachment that has none is not put right when somebody changes it, and nothing
 * else. Deleted by DEL, and when another plugin of the chain changes what they made.
 */
final class AttachmentRecords {
    /** Whose attachments can be described again. */
    private static final Set<String> RECORDED = Set.of("bridge", "ptp");

    /** Plugins of a chain, and of addresses, that leave the pod's side as it is. */
    private static final Set<String> HARMLESS =
            Set.of(
                    "portmap",
                    "bandwidth",
                    "firewall",
                    "loopback",
                    "host-local",
                    "static",
                    "kakehashi-ipam");

    /** Gives addresses for a time: when it is over they are taken away again, and rightly. */
    private static final String LEASING = "dhcp";

    private static final Duration RECENT = Duration.ofMinutes(1);

    private final Path directory;
    private final String bootId;
    private final NetnsId host;

    private AttachmentRecords(Path directory, String bootId, NetnsId host) {
        this.directory = directory;
        this.bootId = bootId;
        this.host = host;
    }

    /**
     * Where an agent has them that listens at a socket: they are of this boot only, so they need no
     * disk.
     */
    static Path beside(Path socket) {
        return socket.resolveSibling("made");
    }

    /**
     * In a directory, which is made if it is missing.
     *
     * @param host whose attachments count
     */
    static AttachmentRecords open(Path directory, String bootId, NetnsId host) throws IOException {
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return new AttachmentRecords(directory, bootId, host);
    }

    /** After a call, in the turn of its container. */
    void note(Domain domain, AttachRequest request, Answer answer) {
        boolean add = request.command().equals("ADD");
        boolean here = host.equals(new NetnsId(domain.netnsDevice(), domain.netnsInode()));
        if (!here || HARMLESS.contains(request.plugin()) || (add && answer.exitStatus() != 0)) {
            return;
        }
        try {
            JsonObject config = JsonParser.parseObject(request.stdin());
            String network = config.string("name", "");
            Path file =
                    file(
                            new Attachment(
                                            network,
                                            request.variable("CNI_CONTAINERID"),
                                            request.variable("CNI_IFNAME"))
                                    .owner());
            String ipam = config.object("ipam").orElse(JsonObject.EMPTY).string("type", "");
            if (add && RECORDED.contains(request.plugin()) && !ipam.equals(LEASING)) {
                write(file, AttachmentRecord.of(bootId, request, answer).encode());
            } else {
                Files.deleteIfExists(file);
            }
        } catch (IOException | JsonException e) {
            System.getLogger(AttachmentRecords.class.getName())
                    .log(
                            Level.WARNING,
                            "{0}: what others change of it will not be put right: {1}",
                            request.subject(),
                            e.getMessage());
        }
    }

    /** Not to the disk: after a crash of the machine there is no attachment left to describe. */
    private static void write(Path file, byte[] content) throws IOException {
        Path fresh = file.resolveSibling("." + file.getFileName());
        Files.write(fresh, content);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** What is known of the attachment that links name as their owner, made in this boot. */
    Optional<AttachmentRecord> find(String owner) throws IOException {
        try {
            AttachmentRecord record = AttachmentRecord.decode(Files.readAllBytes(file(owner)));
            return Optional.of(record).filter(known -> known.bootId().equals(bootId));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonException e) {
            throw new IOException("the record of " + owner + " cannot be read", e);
        }
    }

    /** Deletes those of attachments that ended without DEL; not what a call writes just now. */
    void retain(Set<String> owners) throws IOException {
        Set<Path> living = owners.stream().map(this::file).collect(Collectors.toSet());
        FileTime recent = FileTime.from(Instant.now().minus(RECENT));
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (!living.contains(file)
                        && Files.getLastModifiedTime(file).compareTo(recent) < 0) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /**
     * The names of network, container and interface are valid where an ADD or DEL has succeeded,
     * and none has the sign in it that takes the place of the slash.
     */
    private Path file(String owner) {
        return directory.resolve(owner.replace('/', '@'));
    }
}
