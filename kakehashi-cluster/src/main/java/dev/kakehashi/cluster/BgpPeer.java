package dev.kakehashi.cluster;

/**
 * BGP sessions beside those of the node mesh ({@code kakehashi.dev/v1alpha1 BGPPeer}).
 *
 * @param metadata name and annotations
 * @param spec what is wanted
 * @param origin the object as it was read
 */
public record BgpPeer(Metadata metadata, BgpPeerSpec spec, Tree origin) implements ClusterObject {
    /** A new BGPPeer. */
    public static BgpPeer of(String name, BgpPeerSpec spec) {
        return new BgpPeer(Metadata.named(name), spec, Tree.empty());
    }
}
