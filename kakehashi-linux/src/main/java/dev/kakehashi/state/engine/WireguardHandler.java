package dev.kakehashi.state.engine;

import dev.kakehashi.linux.genetlink.GenericRequest;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Resource;

import java.util.Optional;

/**
 * What the two kinds of WireGuard have in common: they can bear no mark, so they are ours if their
 * link is, and only on links of ours are they made.
 */
abstract class WireguardHandler<R extends Resource> extends Handler<R> {
    @Override
    Phase phase(R resource) {
        return Phase.TUNNEL;
    }

    /** The message that makes it so, whatever it is. */
    abstract GenericRequest set(R resource);

    /** The message that removes it, if it can be without its link. */
    abstract Optional<GenericRequest> removal(R resource);

    @Override
    void retire(NamespaceId namespace, R unwanted, Scene scene) {
        if (removal(unwanted).isEmpty()) {
            return;
        }
        for (String device : unwanted.devices()) {
            if (!scene.isOurs(namespace, device) || scene.isReplaced(namespace, device)) {
                return;
            }
        }
        for (Observed object : find(namespace, unwanted, scene)) {
            scene.remove(new Step.Remove(namespace, object.resource()));
        }
    }
}
