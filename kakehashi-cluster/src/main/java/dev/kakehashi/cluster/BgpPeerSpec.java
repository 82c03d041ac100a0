package dev.kakehashi.cluster;

/**
 * What a BGPPeer is to be.
 *
 * @param network name of the Network whose nodes make the sessions
 * @param nodeSelector which of its nodes
 * @param target with whom
 * @param session how
 * @param routes what passes
 */
public record BgpPeerSpec(
        String network,
        LabelSelector nodeSelector,
        BgpTarget target,
        BgpSessionSpec session,
        BgpRoutesSpec routes) {
    /** The Network of a cluster that has only one. */
    public static final String DEFAULT_NETWORK = "default";

    /** Sessions of every node with {@code target}, all else as by default. */
    public static BgpPeerSpec of(BgpTarget target) {
        return new BgpPeerSpec(
                DEFAULT_NETWORK,
                LabelSelector.everything(),
                target,
                BgpSessionSpec.defaults(),
                BgpRoutesSpec.defaults());
    }
}
