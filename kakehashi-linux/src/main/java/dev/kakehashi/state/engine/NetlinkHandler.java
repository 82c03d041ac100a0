package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Resource;

import java.io.IOException;
import java.util.List;

/** A kind of resource that routing netlink makes and removes by one message each. */
abstract class NetlinkHandler<R extends Resource> extends Handler<R> {
    /**
     * The message that makes it, and fails if it is there already.
     *
     * @param replace whether it takes the place of what is there instead
     */
    abstract NetlinkRequest create(
            NamespaceId namespace, R resource, boolean replace, Indexes indexes) throws IOException;

    /** The message that removes it. */
    abstract NetlinkRequest remove(NamespaceId namespace, R resource, Indexes indexes)
            throws IOException;

    /** The messages that change it. */
    List<NetlinkRequest> change(NamespaceId namespace, R resource, R before, Indexes indexes)
            throws IOException {
        return List.of(create(namespace, resource, true, indexes));
    }
}
