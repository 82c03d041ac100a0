package dev.kakehashi.plugins.chain;

import dev.kakehashi.linux.nft.InstalledChain;
import dev.kakehashi.linux.nft.InstalledTable;
import dev.kakehashi.linux.nft.TableId;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.Resource;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The chains of a table that all containers of a host share. Who makes them again although they are
 * there makes the kernel wait for an RCU grace period: their rules are deleted first.
 */
public final class Skeleton {

    private static final int MOST_TABLES = 16;

    /** Of each table, the listing that was last found to have all, and for whom. */
    private static final Map<TableId, Complete> COMPLETE = new ConcurrentHashMap<>();

    private record Complete(List<InstalledChain> chains, String variant) {}

    private Skeleton() {}

    /**
     * Whether all chains are in a table with their rules, compared only if the table is not as it
     * was when it was compared last.
     *
     * @param variant what tells apart the chains that different callers want of this table
     * @param wanted of which only the chains count
     */
    @SuppressWarnings("ReferenceEquality") // Nft.rules() returns the same list for the same rules
    public static boolean isIn(
            InstalledTable installed, String variant, Supplier<List<Resource>> wanted) {
        TableId table = installed.table().id();
        Complete known = COMPLETE.get(table);
        if (known != null
                && known.chains() == installed.chains()
                && known.variant().equals(variant)) {
            return true;
        }
        if (!isIn(installed, wanted.get())) {
            return false;
        }
        if (COMPLETE.size() >= MOST_TABLES) {
            COMPLETE.clear();
        }
        COMPLETE.put(table, new Complete(installed.chains(), variant));
        return true;
    }

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
