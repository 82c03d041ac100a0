package dev.kakehashi.plugins.vrf;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Vrf;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which routing table a VRF has. Pure. */
final class Tables {

    /** RT_TABLE_DEFAULT, RT_TABLE_MAIN, RT_TABLE_LOCAL: the kernel's own. */
    private static final int FIRST_RESERVED = 253;

    private static final int LAST_RESERVED = 255;

    private Tables() {}

    /**
     * The table of the VRF of a configuration.
     *
     * @param links all of the namespace
     * @throws CniException when the VRF has another one, or its name is something else's
     */
    static int choose(VrfConfig config, List<Link> links) throws CniException {
        Optional<Vrf> there = find(config.name(), links);
        if (there.isEmpty()) {
            return config.table().isPresent() ? config.table().getAsInt() : firstFree(links);
        }
        int table = there.get().table();
        if (config.table().isPresent() && config.table().getAsInt() != table) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "VRF "
                            + config.name()
                            + " already exist with different routing table "
                            + Integer.toUnsignedString(table));
        }
        return table;
    }

    private static Optional<Vrf> find(String name, List<Link> links) throws CniException {
        for (Link link : links) {
            if (link.name().equals(name)) {
                if (link.kind().isPresent() && link.kind().get() instanceof Vrf vrf) {
                    return Optional.of(vrf);
                }
                throw new CniException(
                        CniException.INVALID_CONFIG, "Netlink " + name + " is not a VRF");
            }
        }
        return Optional.empty();
    }

    /** The lowest that no VRF has. */
    static int firstFree(List<Link> links) {
        Set<Integer> taken = new HashSet<>();
        for (Link link : links) {
            if (link.kind().isPresent() && link.kind().get() instanceof Vrf vrf) {
                taken.add(vrf.table());
            }
        }
        int table = 1;
        while (taken.contains(table) || (table >= FIRST_RESERVED && table <= LAST_RESERVED)) {
            table++;
        }
        return table;
    }
}
