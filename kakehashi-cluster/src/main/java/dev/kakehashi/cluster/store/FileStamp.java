package dev.kakehashi.cluster.store;

import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;

/**
 * What changes when a file does, short of reading it.
 *
 * @param modified time of the last write
 * @param size in octets
 * @param identity device and inode: another after a rename
 */
record FileStamp(FileTime modified, long size, Object identity) {
    static FileStamp of(BasicFileAttributes attributes) {
        Object key = Objects.requireNonNullElse(attributes.fileKey(), "");
        return new FileStamp(attributes.lastModifiedTime(), attributes.size(), key);
    }
}
