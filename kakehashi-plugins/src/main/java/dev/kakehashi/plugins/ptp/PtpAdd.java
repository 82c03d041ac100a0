package dev.kakehashi.plugins.ptp;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Ipam;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.IpamTiming;
import dev.kakehashi.plugins.attachment.ResultDns;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.attachment.Veth;
import dev.kakehashi.plugins.attachment.Wiring;
import dev.kakehashi.plugins.masquerade.Backend;
import dev.kakehashi.plugins.masquerade.Masquerade;
import dev.kakehashi.state.DesiredState;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One ADD of {@code ptp}. */
final class PtpAdd {

    /** Of the container's interface in the result: behind the host's end. */
    private static final int CONTAINER_INDEX = 1;

    private final PluginRequest request;
    private final PtpConfig config;
    private final Wiring wiring;
    private final Netns container;
    private final Masquerade masquerade;
    private final Attachment attachment;

    PtpAdd(
            PluginRequest request,
            PtpConfig config,
            Wiring wiring,
            Netns container,
            Masquerade masquerade)
            throws CniException {
        this.request = request;
        this.config = config;
        this.wiring = wiring;
        this.container = container;
        this.masquerade = masquerade;
        this.attachment = Attachment.of(request);
    }

    CniResult run(Ipam ipam) throws CniException {
        return IpamTiming.needsInterface(ipam.type())
                ? Undo.onFailure(undo -> linkThenAddresses(ipam, undo))
                : Undo.onFailure(undo -> allAtOnce(ipam, undo));
    }

    private CniResult allAtOnce(Ipam ipam, Undo undo) throws CniException {
        CniResult addressed = ask(ipam, undo);
        Optional<Backend> backend = backend();
        Wiring.Made made = make(veth -> whole(veth, addressed, backend), undo);
        finish(addressed, backend);
        return result(made.veth(), addressed);
    }

    private CniResult linkThenAddresses(Ipam ipam, Undo undo) throws CniException {
        Wiring.Made made = make(veth -> new PtpState(config, attachment, veth).links(), undo);
        CniResult addressed = ask(ipam, undo);
        Optional<Backend> backend = backend();
        DesiredState whole = whole(made.veth(), addressed, backend);
        undo.add(failure -> wiring.unmake(whole, container, failure));
        wiring.complete(whole, container);
        finish(addressed, backend);
        return result(made.veth(), addressed);
    }

    private CniResult ask(Ipam ipam, Undo undo) throws CniException {
        CniResult answer = ipam.add();
        undo.add(ipam::releaseAfter);
        List<CniIp> ips = new ArrayList<>(answer.ips().size());
        for (CniIp ip : answer.ips()) {
            ips.add(ip.withInterface(CONTAINER_INDEX));
        }
        return answer.withIps(ips);
    }

    private Optional<Backend> backend() throws CniException {
        return config.masquerade()
                ? Optional.of(masquerade.choose(config.masqueradeBackend()))
                : Optional.empty();
    }

    private Wiring.Made make(Wiring.Description description, Undo undo) throws CniException {
        Wiring.Made made =
                wiring.make(
                        attachment,
                        config.hostInterfaceName(),
                        Optional.empty(),
                        container,
                        description);
        undo.add(failure -> wiring.unmake(made.state(), container, failure));
        return made;
    }

    private DesiredState whole(Veth veth, CniResult addressed, Optional<Backend> backend)
            throws CniException {
        return new PtpState(config, attachment, veth).compile(addressed, backend);
    }

    private void finish(CniResult addressed, Optional<Backend> backend) throws CniException {
        if (backend.equals(Optional.of(Backend.IPTABLES))) {
            masquerade.setUpIptables(attachment, addressed.ips());
        }
    }

    private CniResult result(Veth veth, CniResult addressed) throws CniException {
        return new CniResult(
                List.of(
                        CniInterface.onHost(veth.hostName(), veth.hostMac().toString()),
                        CniInterface.inContainer(
                                veth.containerName(),
                                veth.containerMac().toString(),
                                request.netns())),
                addressed.ips(),
                addressed.routes(),
                ResultDns.choose(request, addressed.dns()));
    }
}
