package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.store.Notice;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which Events are written: trouble that comes and goes must not fill the API server. The same is
 * told once in ten minutes; of one object so many things at once, and one more in five minutes
 * (client-go, {@code tools/record/events_cache.go}: {@code defaultSpamBurst}, {@code
 * defaultSpamQPS}). Thread-safe.
 */
final class EventLimit {
    private static final Duration SAME = Duration.ofMinutes(10);
    private static final int BURST = 25;
    private static final Duration REFILL = Duration.ofMinutes(5);

    /** The same as client-go's {@code maxLruCacheEntries}. */
    private static final int REMEMBERED = 4096;

    private record Tokens(double left, Instant at) {}

    private final Map<Notice, Instant> told = new Recent<>();
    private final Map<String, Tokens> objects = new Recent<>();

    /** Whether it may be told now; if so, it counts as told. */
    synchronized boolean admits(Notice notice, Instant now) {
        Instant last = told.get(notice);
        if (last != null && now.isBefore(last.plus(SAME))) {
            return false;
        }
        String object = notice.kind() + "/" + notice.name();
        Tokens tokens = objects.getOrDefault(object, new Tokens(BURST, now));
        double gained = Duration.between(tokens.at(), now).toMillis() / (double) REFILL.toMillis();
        double left = Math.min(BURST, tokens.left() + Math.max(0, gained));
        boolean admitted = left >= 1;
        objects.put(object, new Tokens(admitted ? left - 1 : left, now));
        if (admitted) {
            told.put(notice, now);
        }
        return admitted;
    }

    /** It was not taken after all. */
    synchronized void failed(Notice notice) {
        told.remove(notice);
    }

    /** Forgets what was not asked for longest. */
    private static final class Recent<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > REMEMBERED;
        }
    }
}
