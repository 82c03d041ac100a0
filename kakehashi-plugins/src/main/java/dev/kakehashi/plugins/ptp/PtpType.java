package dev.kakehashi.plugins.ptp;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Veth;
import dev.kakehashi.plugins.chain.KernelFeatures;
import dev.kakehashi.plugins.masquerade.Netfilter;
import dev.kakehashi.plugins.veth.NewVeth;
import dev.kakehashi.plugins.veth.VethCall;
import dev.kakehashi.plugins.veth.VethType;
import dev.kakehashi.state.DesiredState;

import java.util.Optional;

/**
 * The plugin {@code ptp}: a veth pair between a container and its host, which is the container's
 * gateway, without a bridge.
 *
 * <p>Beyond what its frame adds to the reference plugin: IPv6 does not wait for duplicate address
 * detection on a link with two ends.
 */
public final class PtpType implements VethType<PtpConfig> {

    /** It has no state. */
    public static final PtpType INSTANCE = new PtpType();

    private PtpType() {}

    @Override
    public String name() {
        return "ptp";
    }

    @Override
    public PtpConfig parse(PluginRequest request) throws CniException {
        return PtpConfig.parse(request);
    }

    @Override
    public NewVeth plan(PtpConfig config, VethCall call) {
        return new NewPtp(config, call);
    }

    @Override
    public DesiredState again(PtpConfig config, Attachment attachment, Veth veth, CniResult result)
            throws CniException {
        return new PtpState(config, attachment, veth).compile(result, Optional.empty());
    }

    @Override
    public void check(PtpConfig config, VethCall call) throws CniException {
        new PtpCheck(config, call).run();
    }

    /** Forwarding and a veth pair are all it needs, and every kernel has them. */
    @Override
    public void status(PtpConfig config, Netns host, Netfilter netfilter) throws CniException {
        KernelFeatures.require("veth");
    }
}
