package dev.kakehashi.agent.node;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.packet.EchoSocket;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * Measures how large a packet arrives at hosts in one piece, by ICMP echo requests that must not be
 * fragmented: what a router says of it is not waited for, since many say nothing (RFC 2923, RFC
 * 8899). Answers may come in pieces: it is the way there that counts. On one thread only.
 */
final class PathProbe {
    private static final Duration PATIENCE = Duration.ofMillis(200);

    /** Before a size that is not answered is taken to be too large. */
    private static final int ATTEMPTS = 3;

    /** Sizes asked at once between what arrives and what does not. */
    private static final int STEPS = 15;

    /** By then the step is one octet, from 64 KiB on. */
    private static final int ROUNDS = 5;

    /** RFC 791: what every host takes. RFC 8200: what every link carries. */
    private static final int FLOOR_IPV4 = 576;

    private static final int FLOOR_IPV6 = 1280;

    /** A packet. */
    private record Question(InetAddress target, int octets) {}

    /** Between what arrives and what does not, in octets. */
    private record Range(int arrives, int fails) {
        Set<Integer> between() {
            Set<Integer> sizes = new TreeSet<>();
            for (int i = 1; i <= STEPS; i++) {
                sizes.add(arrives + (int) ((long) (fails - arrives) * i / (STEPS + 1)));
            }
            sizes.removeIf(size -> size <= arrives || size >= fails);
            return sizes;
        }
    }

    private final EchoSocket socket;
    private final int link;
    private final int full;
    private final int floor;

    /**
     * By a link.
     *
     * @param socket asks from the node's own address there; lent
     * @param link its index
     * @param full its MTU in octets, more than which is not asked
     */
    PathProbe(EchoSocket socket, boolean ipv4, int link, int full) {
        this.socket = socket;
        this.link = link;
        this.full = full;
        this.floor = Math.min(full, ipv4 ? FLOOR_IPV4 : FLOOR_IPV6);
    }

    /**
     * Asks all at once.
     *
     * @param before what was measured last, of some: asked again first
     * @return octets, at most the MTU of the link; nothing of hosts that do not answer at all
     */
    Map<InetAddress, Integer> measure(
            Collection<InetAddress> targets, Map<InetAddress, Integer> before) throws IOException {
        Map<InetAddress, Integer> best = new HashMap<>();
        Set<InetAddress> open = new HashSet<>(targets);
        for (int attempt = 0; attempt < ATTEMPTS && !open.isEmpty(); attempt++) {
            Set<Question> questions = new HashSet<>();
            for (InetAddress target : open) {
                questions.add(new Question(target, full));
                if (attempt > 0) {
                    questions.add(new Question(target, floor));
                }
            }
            answered(questions).forEach(q -> best.merge(q.target(), q.octets(), Math::max));
            open.removeIf(target -> best.getOrDefault(target, 0) == full);
        }
        open.retainAll(best.keySet());
        narrow(open, best, before);
        return best;
    }

    private void narrow(
            Set<InetAddress> narrow,
            Map<InetAddress, Integer> best,
            Map<InetAddress, Integer> before)
            throws IOException {
        Map<InetAddress, Range> ranges = new HashMap<>();
        narrow.forEach(target -> ranges.put(target, new Range(best.getOrDefault(target, 0), full)));
        for (int round = 0; round < ROUNDS; round++) {
            Map<InetAddress, Set<Integer>> asked = new HashMap<>();
            Set<Question> questions = new HashSet<>();
            for (Map.Entry<InetAddress, Range> entry : ranges.entrySet()) {
                Set<Integer> sizes = entry.getValue().between();
                Optional.ofNullable(before.get(entry.getKey()))
                        .filter(octets -> octets < full)
                        .ifPresent(octets -> sizes.addAll(List.of(octets, octets + 1)));
                if (entry.getValue().fails() - entry.getValue().arrives() > 1) {
                    asked.put(entry.getKey(), sizes);
                    sizes.forEach(size -> questions.add(new Question(entry.getKey(), size)));
                }
            }
            if (questions.isEmpty()) {
                break;
            }
            answered(questions).forEach(q -> best.merge(q.target(), q.octets(), Math::max));
            asked.forEach((target, sizes) -> {
                int arrives = best.getOrDefault(target, floor);
                OptionalInt fails =
                        sizes.stream().mapToInt(size -> size).filter(size -> size > arrives).min();
                int known = ranges.getOrDefault(target, new Range(arrives, full)).fails();
                ranges.put(target, new Range(arrives, Math.min(known, fails.orElse(known))));
            });
        }
    }

    /** Those that are answered in time; returns when all are. */
    private List<Question> answered(Set<Question> questions) throws IOException {
        Set<Question> open = new HashSet<>();
        for (Question question : questions) {
            if (ask(question)) {
                open.add(question);
            }
        }
        List<Question> answered = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!open.isEmpty() && System.nanoTime() < deadline) {
            socket.answer(Duration.ofNanos(deadline - System.nanoTime()))
                    .map(answer -> new Question(answer.from(), answer.octets()))
                    .filter(open::remove)
                    .ifPresent(answered::add);
        }
        return answered;
    }

    /** What does not leave is as what does not arrive. */
    private boolean ask(Question question) {
        try {
            socket.ask(question.target(), link, question.octets());
            return true;
        } catch (LinuxException e) {
            return false;
        }
    }
}
