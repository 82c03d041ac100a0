package dev.kakehashi.plugins.ptp;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.ResultDns;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.attachment.Veth;
import dev.kakehashi.plugins.masquerade.Backend;
import dev.kakehashi.plugins.veth.NewVeth;
import dev.kakehashi.plugins.veth.VethCall;
import dev.kakehashi.state.DesiredState;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one ADD of {@code ptp} is to make. */
final class NewPtp implements NewVeth {

    /** Of the container's interface in the result: behind the host's end. */
    private static final int CONTAINER_INDEX = 1;

    private final PluginRequest request;
    private final PtpConfig config;
    private final Attachment attachment;

    NewPtp(PtpConfig config, VethCall call) {
        this.request = call.request();
        this.config = config;
        this.attachment = call.attachment();
    }

    @Override
    public DesiredState links(Veth veth) {
        return new PtpState(config, attachment, veth).links();
    }

    @Override
    public DesiredState withoutAddresses(Veth veth) {
        throw new IllegalStateException("a configuration of ptp always has address management");
    }

    @Override
    public CniResult complete(CniResult answer) {
        List<CniIp> ips = new ArrayList<>(answer.ips().size());
        for (CniIp ip : answer.ips()) {
            ips.add(
                    config.linkLocalGateway()
                            ? LinkLocalGateway.behind(ip, CONTAINER_INDEX)
                            : ip.withInterface(CONTAINER_INDEX));
        }
        return answer.withIps(ips);
    }

    @Override
    public void prepare(CniResult addressed, Undo undo) {}

    @Override
    public DesiredState whole(Veth veth, CniResult addressed, Optional<Backend> masquerade)
            throws CniException {
        return new PtpState(config, attachment, veth).compile(addressed, masquerade);
    }

    @Override
    public void finish(CniResult addressed) {}

    @Override
    public CniResult result(Veth veth, CniResult addressed) throws CniException {
        return addressed
                .withInterfaces(
                        List.of(
                                CniInterface.onHost(veth.hostName(), veth.hostMac().toString()),
                                CniInterface.inContainer(
                                        veth.containerName(),
                                        veth.containerMac().toString(),
                                        request.netns())))
                .withDns(ResultDns.choose(request, addressed.dns()));
    }
}
