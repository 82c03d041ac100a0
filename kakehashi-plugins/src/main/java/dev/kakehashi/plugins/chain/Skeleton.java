package dev.kakehashi.plugins.chain;

import dev.kakehashi.linux.nft.InstalledChain;
import dev.kakehashi.linux.nft.InstalledTable;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.Resource;

import java.util.List;
import java.util.Optional;

/**
 * The chains of a table that all containers of a host share. Who makes them again although they are
 * there makes the kernel wait for an RCU grace period: their rules are deleted first.
 */
public final class Skeleton {

    private Skeleton() {}

    /**
     * Whether all chains are in a table with their rules. Sets and maps that the rules refer to are
     * there then, too.
     *
     * @param resources of which only the chains count
     */
    public static boolean isIn(InstalledTable installed, List<? extends Resource> resources) {
        for (Resource resource : resources) {
            if (resource instanceof NftChain wanted) {
                Optional<InstalledChain> found = installed.chain(wanted.chain().name());
                if (found.isEmpty()
                        || !found.get().chain().base().equals(wanted.chain().base())
                        || (!wanted.rules().isEmpty()
                                && !found.get().contents().rules().equals(wanted.rules()))) {
                    return false;
                }
            }
        }
        return true;
    }
}
