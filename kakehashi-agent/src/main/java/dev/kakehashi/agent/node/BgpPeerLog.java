package dev.kakehashi.agent.node;

import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Says in the log why sessions of BGPPeers are down, once for each reason until they stand again,
 * and that: most stores have no Events, and there one would have to know where to look.
 */
final class BgpPeerLog {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    private final Map<String, Set<String>> said = new HashMap<>();

    /** Forgets the others. */
    void retain(Collection<String> peers) {
        said.keySet().retainAll(peers);
    }

    /** Forgets one, of which there is nothing to say any more. */
    void forget(String peer) {
        said.remove(peer);
    }

    /** All sessions of a BGPPeer stand. */
    void established(String peer) {
        if (said.remove(peer) != null) {
            LOG.log(Level.INFO, "BGPPeer {0}: established", peer);
        }
    }

    /** One of its sessions is down. */
    void down(String peer, String why) {
        if (said.computeIfAbsent(peer, _ -> new HashSet<>()).add(why)) {
            LOG.log(Level.WARNING, "a session of BGPPeer {0} is down: {1}", peer, why);
        }
    }
}
