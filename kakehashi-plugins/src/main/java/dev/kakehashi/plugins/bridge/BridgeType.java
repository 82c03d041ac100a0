package dev.kakehashi.plugins.bridge;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.LinkKind;
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
 * The plugin {@code bridge}: connects a container to a bridge of its host by a veth pair.
 *
 * <p>Beyond what its frame adds to the reference plugin: CHECK covers ports, VLANs, masquerade and
 * spoof check and works without addresses; routes get their MTU and segment size.
 */
public final class BridgeType implements VethType<BridgeConfig> {

    /** It has no state. */
    public static final BridgeType INSTANCE = new BridgeType();

    private BridgeType() {}

    @Override
    public String name() {
        return "bridge";
    }

    @Override
    public BridgeConfig parse(PluginRequest request) throws CniException {
        return BridgeConfig.parse(request);
    }

    @Override
    public NewVeth plan(BridgeConfig config, VethCall call) {
        return new NewBridgePort(config, call);
    }

    @Override
    public DesiredState again(
            BridgeConfig config, Attachment attachment, Veth veth, CniResult result)
            throws CniException {
        BridgeState state = new BridgeState(config, attachment, veth);
        LinkKind kind = NewBridgePort.kind(config);
        return result.ips().isEmpty()
                ? state.layer2(kind, veth.hostMac())
                : state.layer3(
                        kind,
                        veth.hostMac(),
                        result,
                        Gateways.of(result.ips()),
                        // Others share it: it is not made again, and what is on it is put right.
                        VlanGateway.nameFor(config).map(VlanGateway::existing),
                        Optional.empty());
    }

    @Override
    public void check(BridgeConfig config, VethCall call) throws CniException {
        new BridgeCheck(config, call).run();
    }

    @Override
    public void status(BridgeConfig config, Netns host, Netfilter netfilter) throws CniException {
        if (config.macSpoofCheck() && !netfilter.hasNftables(host)) {
            throw new CniException(
                    CniException.PLUGIN_NOT_AVAILABLE,
                    "macspoofchk is configured but the kernel has no nftables");
        }
        KernelFeatures.require("veth", "bridge");
        if (config.macSpoofCheck()) {
            KernelFeatures.require("nft-bridge");
        }
        if (config.vlan() != 0 || config.trunk().isPresent()) {
            KernelFeatures.require("bridge-vlan-filtering");
        }
        if (config.portIsolation()) {
            KernelFeatures.require("bridge-port-isolation");
        }
    }
}
