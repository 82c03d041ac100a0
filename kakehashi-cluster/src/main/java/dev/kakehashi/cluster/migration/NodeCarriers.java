package dev.kakehashi.cluster.migration;

import dev.kakehashi.cluster.carrier.Way;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a node says of the carriers it works with, so that no peer sends by a way that it cannot
 * receive, and it takes no way down that a peer still sends by.
 *
 * @param receives carriers by which others may send to it
 * @param retiring carriers by which nobody may begin to send to it: about to be taken down
 * @param usual by what it sends to those that are not named
 * @param others by what it sends to some, by name of their Node
 * @param published whether the node said so itself; else it is what is known of a node that runs an
 *     agent of before such things were said, or Flannel
 */
public record NodeCarriers(
        Set<Way> receives,
        Set<Way> retiring,
        Sending usual,
        Map<String, Sending> others,
        boolean published) {
    /** Copies what it is given. */
    public NodeCarriers {
        receives = copy(receives);
        retiring = copy(retiring);
        others = Collections.unmodifiableMap(new TreeMap<>(others));
    }

    private static Set<Way> copy(Collection<Way> carriers) {
        EnumSet<Way> copy = EnumSet.noneOf(Way.class);
        copy.addAll(carriers);
        return Collections.unmodifiableSet(copy);
    }

    /** A node that works with one carrier and no other. */
    public static NodeCarriers settled(Way carrier) {
        return new NodeCarriers(Set.of(carrier), Set.of(), Sending.by(carrier), Map.of(), true);
    }

    /** A node that has nothing in its kernel yet, and will send by a carrier. */
    public static NodeCarriers fresh(Way carrier) {
        return new NodeCarriers(Set.of(), Set.of(), Sending.by(carrier), Map.of(), true);
    }

    /** A node that does not say anything of itself but the one carrier it works with. */
    static NodeCarriers unsaid(Way carrier) {
        return new NodeCarriers(Set.of(carrier), Set.of(), Sending.by(carrier), Map.of(), false);
    }

    /** By what it sends to a node. */
    public Sending to(String node) {
        return others.getOrDefault(node, usual);
    }

    /** All that it may have in its kernel. */
    public Set<Way> carriers() {
        EnumSet<Way> all = EnumSet.of(usual.now());
        all.addAll(receives);
        all.addAll(retiring);
        usual.next().ifPresent(all::add);
        for (Sending sending : others.values()) {
            all.add(sending.now());
            sending.next().ifPresent(all::add);
        }
        return all;
    }

    /** Whether it works with one carrier and no other. */
    public boolean isSettled(Way carrier) {
        return retiring.isEmpty()
                && others.isEmpty()
                && usual.equals(Sending.by(carrier))
                && receives.size() == 1
                && receives.contains(carrier);
    }

    NodeCarriers receiving(Set<Way> received, Set<Way> retired) {
        return new NodeCarriers(received, retired, usual, others, published);
    }

    /** With these, said in the fewest words. */
    NodeCarriers sending(Map<String, Sending> all, Way none) {
        Sending most = mostOf(all.values(), Sending.by(none));
        Map<String, Sending> rest = new TreeMap<>(all);
        rest.values().removeIf(most::equals);
        return new NodeCarriers(receives, retiring, most, rest, true);
    }

    /** What is said of most, and is nothing that one turns to: a newcomer is not named. */
    private static Sending mostOf(Collection<Sending> all, Sending none) {
        Map<Way, Integer> counts = new TreeMap<>();
        for (Sending sending : all) {
            if (sending.next().isEmpty()) {
                counts.merge(sending.now(), 1, Integer::sum);
            }
        }
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(most -> Sending.by(most.getKey()))
                .orElse(none);
    }
}
