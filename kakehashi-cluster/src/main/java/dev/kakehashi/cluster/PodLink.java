package dev.kakehashi.cluster;

/** How a pod is joined to its node. */
public enum PodLink {
    /** A veth pair into a bridge, as the reference plugins. */
    BRIDGE("bridge"),
    /** A host route for each pod. */
    ROUTED("routed");

    private final String text;

    PodLink(String text) {
        this.text = text;
    }

    /** As it is written in YAML. */
    @Override
    public String toString() {
        return text;
    }
}
