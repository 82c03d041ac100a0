package dev.kakehashi.state;

import java.util.List;

/**
 * One kernel object that must exist, as a value. A resource does not say in which namespace it is:
 * {@link DesiredState} does.
 */
public sealed interface Resource
        permits Link,
                Address,
                Route,
                PolicyRule,
                Neighbour,
                FdbEntry,
                Qdisc,
                Filter,
                Sysctl,
                NftTable,
                NftChain,
                NftRules,
                NftElements,
                WireguardInterface,
                WireguardTunnel {

    /**
     * What identifies the object within its namespace. Two resources with equal keys are about the
     * same kernel object, whatever else they say.
     */
    ResourceKey key();

    /** Whether the object is ours alone or used together with others. */
    Relation relation();

    /**
     * The links of the same namespace that it hangs on: it cannot be without them, and is gone when
     * all of them are. None for what outlives the links it names.
     */
    default List<String> devices() {
        return List.of();
    }
}
