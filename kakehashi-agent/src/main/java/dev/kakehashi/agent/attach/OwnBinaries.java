package dev.kakehashi.agent.attach;

import dev.kakehashi.linux.SysStat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Which files are our own front binary: the same file as the one that called (hard links), or a
 * copy with the same content. What a file was found to be is remembered for as long as it has the
 * same time and size.
 */
final class OwnBinaries {
    private static final int MOST = 256;

    private final Map<Known, Boolean> known = new ConcurrentHashMap<>();

    private record Known(FileId file, FileId front, FileTime changed, long size) {}

    /**
     * Whether a file is a front binary of ours.
     *
     * @param file the file, as this process can open it
     * @param front the executable that called
     * @param frontFile finds a path that may lead to that executable, to compare contents with
     */
    boolean contains(Path file, Optional<FileId> front, Supplier<Optional<Path>> frontFile) {
        if (front.isEmpty()) {
            return false;
        }
        try {
            FileId id = id(file);
            if (id.equals(front.get())) {
                return true;
            }
            Known key =
                    new Known(id, front.get(), Files.getLastModifiedTime(file), Files.size(file));
            Boolean answer = known.get(key);
            if (answer == null) {
                answer = isCopy(file, front.get(), frontFile.get());
                if (known.size() >= MOST) {
                    known.clear();
                }
                known.put(key, answer);
            }
            return answer;
        } catch (IOException e) {
            return false; // whoever executes it gets the reason
        }
    }

    private static boolean isCopy(Path file, FileId front, Optional<Path> frontFile)
            throws IOException {
        return frontFile.isPresent()
                && id(frontFile.get()).equals(front)
                && Files.mismatch(file, frontFile.get()) == -1;
    }

    private static FileId id(Path file) throws IOException {
        SysStat.Status status = SysStat.stat(file.toString());
        return new FileId(status.device(), status.inode());
    }
}
