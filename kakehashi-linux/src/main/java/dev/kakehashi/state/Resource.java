package dev.kakehashi.state;

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
                Sysctl,
                NftTable,
                NftChain,
                NftRules {

    /**
     * What identifies the object within its namespace. Two resources with equal keys are about the
     * same kernel object, whatever else they say.
     */
    ResourceKey key();

    /** Whether the object is ours alone or used together with others. */
    Relation relation();
}
