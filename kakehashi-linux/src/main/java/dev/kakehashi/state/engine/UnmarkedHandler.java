package dev.kakehashi.state.engine;

import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Resource;

/**
 * A kind of resource that can bear no mark: ours if its link is ours, and on a link of others if a
 * record says that we made it.
 */
abstract class UnmarkedHandler<R extends Resource> extends NetlinkHandler<R> {
    @Override
    void retire(NamespaceId namespace, R unwanted, Scene scene) {
        boolean ours = scene.observed(namespace).valueBefore(unwanted.key()).isPresent();
        for (String device : unwanted.devices()) {
            ours |= scene.isOurs(namespace, device);
        }
        if (ours) {
            super.retire(namespace, unwanted, scene);
        }
    }
}
