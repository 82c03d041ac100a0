package dev.kakehashi.agent.node;

import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Says in the log why sessions of BGPPeers are down, once for each reason, and when they stand
 * again: most stores have no Events, and there one would have to know where to look.
 */
final class BgpPeerLog {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    private final Map<String, String> said = new HashMap<>();

    /** Forgets the others. */
    void retain(Collection<String> peers) {
        said.keySet().retainAll(peers);
    }

    /** Forgets one, of which there is nothing to say any more. */
    void forget(String peer) {
        said.remove(peer);
    }

    /** How the sessions of a BGPPeer are: why one is down, or nothing when all stand. */
    void say(String peer, Optional<String> trouble) {
        if (trouble.isEmpty()) {
            if (said.remove(peer) != null) {
                LOG.log(Level.INFO, "BGPPeer {0}: established", peer);
            }
        } else if (!trouble.get().equals(said.put(peer, trouble.get()))) {
            LOG.log(Level.WARNING, "BGPPeer {0} is down: {1}", peer, trouble.get());
        }
    }
}
