package dev.kakehashi.cluster;

/**
 * BGP sessions beside those of the node mesh ({@code kakehashi.dev/v1alpha1 BGPPeer}).
 *
 * @param metadata name and annotations
 * @param spec what is wanted
 * @param status how the sessions are
 * @param origin the object as it was read
 */
public record BgpPeer(Metadata metadata, BgpPeerSpec spec, BgpPeerStatus status, Tree origin)
        implements ClusterObject {
    /** A new BGPPeer. */
    public static BgpPeer of(String name, BgpPeerSpec spec) {
        return new BgpPeer(Metadata.named(name), spec, BgpPeerStatus.UNSEEN, Tree.empty());
    }

    /** The same with another status. */
    public BgpPeer withStatus(BgpPeerStatus other) {
        return new BgpPeer(metadata, spec, other, origin);
    }
}
