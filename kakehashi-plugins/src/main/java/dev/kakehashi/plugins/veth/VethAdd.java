package dev.kakehashi.plugins.veth;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Ipam;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.IpamTiming;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.attachment.Wiring;
import dev.kakehashi.plugins.masquerade.Backend;
import dev.kakehashi.plugins.masquerade.Masquerade;
import dev.kakehashi.state.DesiredState;

import java.util.Optional;

/** One ADD of a plugin that joins a container to its host by a veth pair. */
final class VethAdd {

    private final NewVeth made;
    private final VethConfig config;
    private final Wiring wiring;
    private final Netns container;
    private final Masquerade masquerade;
    private final Attachment attachment;

    VethAdd(NewVeth made, VethConfig config, VethCall call) {
        this.made = made;
        this.config = config;
        this.wiring = call.wiring();
        this.container = call.container();
        this.masquerade = call.masquerade();
        this.attachment = call.attachment();
    }

    CniResult run(Ipam ipam) throws CniException {
        if (!ipam.isConfigured()) {
            return Undo.onFailure(this::withoutAddresses);
        }
        return IpamTiming.needsInterface(ipam.type())
                ? Undo.onFailure(undo -> linkThenAddresses(ipam, undo))
                : Undo.onFailure(undo -> allAtOnce(ipam, undo));
    }

    private CniResult withoutAddresses(Undo undo) throws CniException {
        Wiring.Made pair = make(made::withoutAddresses, undo);
        return made.result(pair.veth(), CniResult.EMPTY);
    }

    private CniResult allAtOnce(Ipam ipam, Undo undo) throws CniException {
        CniResult addressed = ask(ipam, undo);
        Optional<Backend> backend = backend();
        Wiring.Made pair = make(veth -> made.whole(veth, addressed, backend), undo);
        finish(addressed, backend, undo);
        return made.result(pair.veth(), addressed);
    }

    private CniResult linkThenAddresses(Ipam ipam, Undo undo) throws CniException {
        Wiring.Made pair = make(made::links, undo);
        CniResult addressed = ask(ipam, undo);
        Optional<Backend> backend = backend();
        DesiredState whole = made.whole(pair.veth(), addressed, backend);
        undo.add(failure -> wiring.unmake(whole, container, failure));
        wiring.complete(whole, container);
        finish(addressed, backend, undo);
        return made.result(pair.veth(), addressed);
    }

    private CniResult ask(Ipam ipam, Undo undo) throws CniException {
        CniResult answer = ipam.add();
        undo.add(ipam::releaseAfter);
        CniResult addressed = made.complete(answer);
        made.prepare(addressed, undo);
        return addressed;
    }

    private Optional<Backend> backend() throws CniException {
        return config.masquerade()
                ? Optional.of(masquerade.choose(config.masqueradeBackend()))
                : Optional.empty();
    }

    private Wiring.Made make(Wiring.Description description, Undo undo) throws CniException {
        Wiring.Made pair =
                wiring.make(
                        attachment,
                        config.hostInterfaceName(),
                        config.mac(),
                        container,
                        description);
        undo.add(failure -> wiring.unmake(pair.state(), container, failure));
        return pair;
    }

    private void finish(CniResult addressed, Optional<Backend> backend, Undo undo)
            throws CniException {
        if (backend.equals(Optional.of(Backend.IPTABLES))) {
            undo.add(failure -> {
                try {
                    masquerade.tearDownIptables(attachment, addressed.ips());
                } catch (CniException e) {
                    failure.addSuppressed(e);
                }
            });
            masquerade.setUpIptables(attachment, addressed.ips());
        }
        made.finish(addressed);
    }
}
