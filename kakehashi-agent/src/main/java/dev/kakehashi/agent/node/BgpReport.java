package dev.kakehashi.agent.node;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.bgp.BgpCompiler;
import dev.kakehashi.cluster.bgp.BgpState;
import dev.kakehashi.cluster.bgp.BirdSession;
import dev.kakehashi.cluster.bgp.RefusedSession;
import dev.kakehashi.linux.IpAddresses;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a node says in its Node about its BGP sessions. Pure. */
final class BgpReport {
    /** The condition that tells whether every session stands. */
    static final String SESSIONS = "KakehashiBGPSessions";

    private static final int MAX_NAMED = 5;

    private BgpReport() {}

    /** The Node with the condition; without it where there is no BGP. */
    static Node of(Node node, Optional<BgpState> wanted, List<BgpSession> sessions, Instant now) {
        if (wanted.isEmpty()) {
            return node.condition(SESSIONS).isEmpty()
                    ? node
                    : node.withConditions(
                            node.conditions().stream()
                                    .filter(condition -> !condition.type().equals(SESSIONS))
                                    .toList());
        }
        return node.withConditions(
                condition(wanted.get(), sessions, now).replaceIn(node.conditions()));
    }

    /** Why a session of a BGPPeer does not stand; empty when each does. */
    static Optional<String> trouble(BgpState wanted, List<BgpSession> sessions, BgpPeer peer) {
        for (RefusedSession refused : wanted.refused()) {
            if (BgpCompiler.isOf(refused.peer(), peer)) {
                return Optional.of(refused.reason());
            }
        }
        Map<String, BgpSession> byProtocol = byProtocol(sessions);
        for (BirdSession session : wanted.config().sessions()) {
            Optional<BgpSession> found = Optional.ofNullable(byProtocol.get(session.protocol()));
            if (BgpCompiler.isOf(session.peer(), peer)
                    && found.filter(BgpSession::isEstablished).isEmpty()) {
                return Optional.of(why(session, found));
            }
        }
        return Optional.empty();
    }

    private static Map<String, BgpSession> byProtocol(List<BgpSession> sessions) {
        Map<String, BgpSession> byProtocol = new HashMap<>();
        sessions.forEach(session -> byProtocol.put(session.protocol(), session));
        return byProtocol;
    }

    private static Condition condition(BgpState wanted, List<BgpSession> sessions, Instant now) {
        Map<String, BgpSession> byProtocol = byProtocol(sessions);
        List<String> down = new ArrayList<>();
        wanted.refused().stream().map(RefusedSession::toString).forEach(down::add);
        int refused = down.size();
        for (BirdSession session : wanted.config().sessions()) {
            Optional<BgpSession> found = Optional.ofNullable(byProtocol.get(session.protocol()));
            if (found.filter(BgpSession::isEstablished).isEmpty()) {
                down.add(named(session) + ": " + why(session, found));
            }
        }
        int all = wanted.config().sessions().size() + refused;
        if (down.isEmpty()) {
            return new Condition(
                    SESSIONS, Condition.TRUE, "Established", all + " of " + all + " sessions", now);
        }
        String more = down.size() > MAX_NAMED ? "; and " + (down.size() - MAX_NAMED) + " more" : "";
        return new Condition(
                SESSIONS,
                Condition.FALSE,
                refused > 0 ? "Refused" : "NotEstablished",
                (all - down.size())
                        + " of "
                        + all
                        + " sessions; "
                        + String.join("; ", down.subList(0, Math.min(MAX_NAMED, down.size())))
                        + more,
                now);
    }

    private static String named(BirdSession session) {
        return session.peer()
                + " ("
                + IpAddresses.format(session.remote().address())
                + ", AS "
                + session.remote().asNumber()
                + ")";
    }

    /** Attempts come and go: only what ended the last one is said, or every one would be news. */
    private static String why(BirdSession session, Optional<BgpSession> found) {
        if (found.isEmpty()) {
            return "BIRD does not know of it yet";
        }
        String error = found.get().lastError();
        if (error.equals("BGP Error: Bad peer AS")) {
            return "it is of another AS than " + session.remote().asNumber();
        }
        if (error.equals("Received: Bad peer AS")) {
            return "it expects another AS than " + session.local().asNumber() + " of this node";
        }
        if (!error.isEmpty()) {
            return error;
        }
        return "no answer at TCP port "
                + session.remote().port()
                + (session.password().isPresent()
                        ? ": is the password the same on both sides? A wrong one gets none"
                        : ": does it run, and does it expect a password?");
    }
}
