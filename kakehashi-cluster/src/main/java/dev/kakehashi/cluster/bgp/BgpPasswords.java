package dev.kakehashi.cluster.bgp;

import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.Network;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Passwords of sessions as a node has them.
 *
 * @param known by the name of the file
 * @param problems why a file gives none
 */
public record BgpPasswords(Map<String, String> known, Map<String, String> problems) {
    /** TCP_MD5SIG_MAXKEYLEN (linux/tcp.h). */
    private static final int MAX_LENGTH = 80;

    private static final BgpPasswords NONE = new BgpPasswords(Map.of(), Map.of());

    /** Copies both. */
    public BgpPasswords {
        known = Map.copyOf(known);
        problems = Map.copyOf(problems);
    }

    /** A node that has none. */
    public static BgpPasswords none() {
        return NONE;
    }

    /** The names of the files that BGPPeers of a network ask for. */
    public static Set<String> wanted(Network network, Collection<BgpPeer> peers) {
        Set<String> names = new TreeSet<>();
        peers.stream()
                .filter(peer -> peer.spec().network().equals(network.name()))
                .forEach(peer -> peer.spec().session().passwordFile().ifPresent(names::add));
        return names;
    }

    /** The same with what a file holds, without the line's end. */
    public BgpPasswords with(String name, String password) {
        Optional<String> problem = problemOf(password);
        if (problem.isPresent()) {
            return without(name, problem.get());
        }
        Map<String, String> more = new HashMap<>(known);
        more.put(name, password);
        return new BgpPasswords(more, problems);
    }

    /** The same with a file that gives none. */
    public BgpPasswords without(String name, String reason) {
        Map<String, String> more = new HashMap<>(problems);
        more.put(name, reason);
        return new BgpPasswords(known, more);
    }

    /** BIRD's strings know no way to write a quotation mark. */
    private static Optional<String> problemOf(String password) {
        if (password.isEmpty() || password.length() > MAX_LENGTH) {
            return Optional.of(
                    "a password has 1 to "
                            + MAX_LENGTH
                            + " characters, this one has "
                            + password.length());
        }
        boolean plain = password.chars().allMatch(c -> c > ' ' && c <= '~' && c != '"');
        return plain
                ? Optional.empty()
                : Optional.of("a password has visible ASCII characters without \"");
    }
}
