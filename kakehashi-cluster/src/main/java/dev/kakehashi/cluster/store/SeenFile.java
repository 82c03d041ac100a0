package dev.kakehashi.cluster.store;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.Problem;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/** What is known of one file between scans. Not thread-safe. */
final class SeenFile<T extends ClusterObject> {
    private @Nullable FileStamp stamp;
    private @Nullable Version version;
    private @Nullable Stored<T> good;
    private List<Problem> problems = List.of();
    private @Nullable Version suspect;
    private long suspectSince;
    private boolean missing;
    private long missingSince;

    boolean hasStamp(FileStamp other) {
        return other.equals(stamp);
    }

    void stamp(FileStamp other) {
        stamp = other;
    }

    /** Whether this content was judged already, good or bad; a doubt about it is over then. */
    boolean isKnown(Version other) {
        boolean known = other.equals(version);
        if (known) {
            suspect = null;
        }
        return known;
    }

    boolean isSuspect() {
        return suspect != null;
    }

    /** Whether this bad content was there {@code nanos} ago too; notes it at first sight. */
    boolean isSuspectSince(Version bad, long now, long nanos) {
        if (!bad.equals(suspect)) {
            suspect = bad;
            suspectSince = now;
            return false;
        }
        return now - suspectSince >= nanos;
    }

    /** Whether the file was missing {@code nanos} ago too; notes it at first sight. */
    boolean isGoneSince(long now, long nanos) {
        if (!missing) {
            missing = true;
            missingSince = now;
            return false;
        }
        return now - missingSince >= nanos;
    }

    void present() {
        missing = false;
    }

    void accept(Stored<T> stored) {
        version = stored.version();
        good = stored;
        problems = List.of();
        suspect = null;
    }

    void reject(Version bad, List<Problem> why) {
        version = bad;
        problems = why;
        suspect = null;
    }

    Optional<Stored<T>> good() {
        return Optional.ofNullable(good);
    }

    List<Problem> problems() {
        return problems;
    }

    boolean wasReported() {
        return version != null;
    }
}
