package dev.kakehashi.state;

/**
 * The identity of a kernel object within a namespace, as the kernel itself tells objects of that
 * kind apart. Its text names the object for people, for example {@code route 10.244.1.0/24}.
 */
public sealed interface ResourceKey
        permits Link.Key,
                Address.Key,
                Route.Key,
                PolicyRule.Key,
                Neighbour.Key,
                FdbEntry.Key,
                Qdisc.Key,
                Filter.Key,
                Sysctl.Key,
                NftTable.Key,
                NftChain.Key,
                NftRules.Key,
                NftElements.Key,
                WireguardInterface.Key,
                WireguardTunnel.Key {}
