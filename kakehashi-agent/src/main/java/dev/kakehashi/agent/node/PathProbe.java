package dev.kakehashi.agent.node;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.packet.EchoSocket;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/**
 * Measures how large a packet arrives at hosts in one piece, by ICMP echo requests that must not be
 * fragmented: what a router says of it is not waited for, since many say nothing (RFC 2923, RFC
 * 8899). Answers may come in pieces: it is the way there that counts. On one thread only.
 */
final class PathProbe {
    /** RFC 791: what every host takes. RFC 8200: what every link carries. */
    private static final int FLOOR_IPV4 = 576;

    private static final int FLOOR_IPV6 = 1280;

    /** After which it is asked whether somebody still waits. */
    private static final Duration PATIENCE = Duration.ofMillis(250);

    private final EchoSocket socket;
    private final int link;
    private final int full;
    private final int floor;
    private final BooleanSupplier ended;

    /**
     * By a link.
     *
     * @param socket asks from the node's own address there; lent
     * @param link its index
     * @param full its MTU in octets, more than which is not asked
     * @param ended whether nobody waits for the outcome any more
     */
    PathProbe(EchoSocket socket, boolean ipv4, int link, int full, BooleanSupplier ended) {
        this.socket = socket;
        this.link = link;
        this.full = full;
        this.ended = ended;
        this.floor = Math.min(full, ipv4 ? FLOOR_IPV4 : FLOOR_IPV6);
    }

    /**
     * Asks all at once.
     *
     * @param before what was measured last, of some
     * @return octets, at most the MTU of the link; nothing of hosts that do not answer at all
     */
    Map<InetAddress, Integer> measure(
            Collection<InetAddress> targets, Map<InetAddress, Integer> before) throws IOException {
        Map<InetAddress, PathSearch> searches = new HashMap<>();
        for (InetAddress target : targets) {
            Integer octets = before.get(target);
            OptionalInt last =
                    octets == null || octets >= full ? OptionalInt.empty() : OptionalInt.of(octets);
            searches.put(target, new PathSearch(floor, full, last, System.nanoTime()));
        }
        for (OptionalLong due = ask(searches);
                due.isPresent() && !ended.getAsBoolean();
                due = ask(searches)) {
            long soon = System.nanoTime() + PATIENCE.toNanos();
            listen(searches, due.getAsLong() - soon < 0 ? due.getAsLong() : soon);
        }
        Map<InetAddress, Integer> found = new HashMap<>();
        searches.forEach(
                (target, search) -> search.found().ifPresent(octets -> found.put(target, octets)));
        return found;
    }

    /** Asks what is due; when something is due next, empty when all is over. */
    private OptionalLong ask(Map<InetAddress, PathSearch> searches) {
        long now = System.nanoTime();
        searches.forEach((target, search) -> {
            if (!search.isOver() && search.due() - now <= 0) {
                search.ask(now).forEach(size -> ask(target, size));
            }
        });
        return searches.values().stream()
                .filter(search -> !search.isOver())
                .mapToLong(search -> search.due() - now)
                .min()
                .stream()
                .map(wait -> now + wait)
                .findFirst();
    }

    /** What does not leave is as what does not arrive. */
    private void ask(InetAddress target, int octets) {
        try {
            socket.ask(target, link, octets);
        } catch (LinuxException e) {
            System.getLogger(NodeAgent.class.getName())
                    .log(System.Logger.Level.TRACE, "a probe has not left", e);
        }
    }

    /** Until somebody is to be asked, or an answer makes that sooner. */
    private void listen(Map<InetAddress, PathSearch> searches, long until) throws IOException {
        long now = System.nanoTime();
        while (until - now > 0) {
            Optional<EchoSocket.Answer> answer = socket.answer(Duration.ofNanos(until - now));
            now = System.nanoTime();
            PathSearch search = answer.map(heard -> searches.get(heard.from())).orElse(null);
            if (search != null) {
                search.answered(answer.get().octets(), now);
                if (search.isOver() || search.due() - until < 0) {
                    return;
                }
            }
        }
    }
}
