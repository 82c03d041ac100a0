package dev.kakehashi.cluster.migration;

import dev.kakehashi.cluster.carrier.Way;

import java.util.ArrayList;
import java.util.List;

/**
 * How far a node is on its way to the carrier that is wanted.
 *
 * @param unprepared peers that cannot receive by it yet
 * @param unturned peers that can, and to which the node sends by another all the same
 * @param behind peers that may still send to this node by another
 * @param phase what it is at
 */
public record MigrationProgress(
        List<String> unprepared, List<String> unturned, List<String> behind, Phase phase) {
    /** The type of a Node's condition that says it. */
    public static final String CONDITION = "KakehashiMigrating";

    /** What a node is at. */
    public enum Phase {
        /** Both sides are made able to receive by either carrier. */
        PREPARING("Preparing"),
        /** It is looked whether packets arrive by it. */
        VERIFYING("Verifying"),
        /** All that it sends goes by it; others do not yet, or its old one is being taken down. */
        RETIRING("Retiring"),
        /** There is one carrier. */
        SETTLED("Settled");

        private final String word;

        Phase(String word) {
            this.word = word;
        }

        /** One word for programs, as the reason of a condition. */
        public String word() {
            return word;
        }
    }

    /** Copies the lists. */
    public MigrationProgress {
        unprepared = List.copyOf(unprepared);
        unturned = List.copyOf(unturned);
        behind = List.copyOf(behind);
    }

    /** Of a node, by what it and the others say. */
    public static MigrationProgress of(
            String self, Way wanted, NodeCarriers own, PeerCarriers peers) {
        List<String> unprepared = new ArrayList<>();
        List<String> unturned = new ArrayList<>();
        List<String> behind = new ArrayList<>();
        peers.byNode()
                .forEach((name, said) -> {
                    if (!own.to(name).equals(Sending.by(wanted))) {
                        (peers.receives(name, wanted) ? unturned : unprepared).add(name);
                    }
                    if (said.isEmpty() || !said.get().to(self).equals(Sending.by(wanted))) {
                        behind.add(name);
                    }
                });
        return new MigrationProgress(
                unprepared, unturned, behind, phase(wanted, own, unprepared, unturned));
    }

    private static Phase phase(
            Way wanted, NodeCarriers own, List<String> unprepared, List<String> unturned) {
        if (!unturned.isEmpty()) {
            return Phase.VERIFYING;
        }
        if (!unprepared.isEmpty() || !own.receives().contains(wanted)) {
            return Phase.PREPARING;
        }
        return own.isSettled(wanted) ? Phase.SETTLED : Phase.RETIRING;
    }
}
