package dev.kakehashi.lab;

/** The kinds of ways that a reachability matrix is made of. */
public enum Way {
    /** From a pod to another one on its node: by the bridge only. */
    SAME_NODE("same-node", "pod to pod, same node"),
    /** From a pod to one on another node: by the carrier. */
    OTHER_NODE("other-node", "pod to pod, other node"),
    /** From a pod to the node it is on. */
    OWN_NODE("own-node", "pod to its own node"),
    /** From a pod to a host outside of the cluster: masqueraded. */
    OUTSIDE("outside", "pod to the outside");

    private final String word;
    private final String description;

    Way(String word, String description) {
        this.word = word;
        this.description = description;
    }

    /** For people. */
    public String description() {
        return description;
    }

    /** For programs. */
    @Override
    public String toString() {
        return word;
    }
}
