package dev.kakehashi.plugins.peers;

import static dev.kakehashi.plugins.peers.Differences.tested;

import dev.kakehashi.plugins.peers.Difference.Area;

/**
 * What chained plugins and {@code dhcp} do otherwise. {@link ChainedPeersTest} compares {@code
 * tuning}, {@code bandwidth} and {@code sbr} behind the reference's {@code ptp}.
 */
final class ChainDifferences {

    private ChainDifferences() {}

    static void add() {
        tuning();
        tuningOnDel();
        bandwidth();
        sbr();
        vrf();
        dhcp();
    }

    private static void tuning() {
        tested(
                Area.CALLS,
                "`tuning`: CHECK fails when the interface is promiscuous and nobody asked for it",
                "it looks only at what is configured",
                "another plugin of the chain may have turned it on",
                "TuningPluginTest");
        tested(
                Area.CALLS,
                "`tuning`: switches in `args.cni` crash it when there are none in the configuration",
                "they are set",
                "`args` need no counterpart",
                "TuningPluginTest");
        tested(
                Area.CALLS,
                "`tuning`: the file with the values before stays when the namespace is gone, and of"
                        + " two `tuning` in a chain the second one overwrites it",
                "it goes; the values before the first are kept",
                "nobody else removes it; what was before both is wanted back",
                "TuningPluginTest");
    }

    private static void tuningOnDel() {
        tested(
                Area.CALLS,
                "`tuning`: what DEL cannot restore keeps the file for ever",
                "it is told on stderr, the rest is restored, and the file goes",
                "DEL does not come again",
                "TuningPluginTest");
    }

    private static void bandwidth() {
        tested(
                Area.CONFIGURATION,
                "`bandwidth` limits all traffic (release 1.5 knew `shapedSubnets` and"
                        + " `unshapedSubnets`, with HTB)",
                "both keys, with the token buckets of the others",
                "taken back upstream since packets waited too long (plugins #1097, #1105)",
                "BandwidthPluginTest");
        tested(
                Area.KERNEL,
                "`bandwidth`: two interfaces of one container in one network share a link `bwp…`,"
                        + " and the second ADD fails",
                "each has its own: the interface's name is in the hash. DEL removes one of either name",
                "both are to be shaped",
                "BandwidthPluginTest");
        tested(
                Area.KERNEL,
                "`bandwidth`: the burst is cut to what passes in whole microseconds; the filter has a"
                        + " second action that never comes to its turn",
                "the burst is exact to 64 nanoseconds; one action",
                "the kernel can do it",
                "ChainedPeersTest");
    }

    private static void sbr() {
        tested(
                Area.KERNEL,
                "`sbr`: routes of the other family are copied into an address's table, too, and those"
                        + " to link-local addresses leave the main table",
                "only those of the family are copied; link-local ones stay",
                "neighbour discovery needs them",
                "SbrPluginTest");
        tested(
                Area.KERNEL,
                "`sbr`: a table is free when the main table and the rules do not name it",
                "it is free when no route of any table uses it",
                "somebody may have filled a table without a rule",
                "SbrPluginTest");
        tested(
                Area.CALLS,
                "`sbr`: DEL fails without a namespace; CHECK looks at nothing",
                "DEL succeeds; CHECK looks at the rules and at the tables' default routes",
                "as the specification has it",
                "SbrPluginTest");
    }

    private static void vrf() {
        tested(
                Area.KERNEL,
                "`vrf`: IPv6 routes with several next hops are lost",
                "they are in the VRF's table",
                "a default route may be one of them",
                "VrfPluginTest");
        tested(
                Area.CALLS,
                "`vrf`: DEL fails when the interface is gone",
                "it succeeds, and removes the VRF if that was the last one",
                "DEL comes again, and late",
                "VrfPluginTest");
    }

    private static void dhcp() {
        tested(
                Area.ADDRESSES,
                "`dhcp` needs a daemon, which forgets all leases when it is restarted",
                "the agent keeps them, and the next one goes on with them. `dhcp daemon` is there for"
                        + " hosts that start it, with leases on file and a wire form of its own",
                "nothing to be started, nothing lost",
                "DhcpDaemonTest");
        tested(
                Area.ADDRESSES,
                "`dhcp`: RELEASE comes from 0.0.0.0, and servers do not believe it; CHECK gets a lease"
                        + " where there is none; DNS is not in the result",
                "RELEASE comes from the leased address; CHECK only looks; name servers, domain and"
                        + " search list are in the result, and asked for",
                "so that addresses come back, and names are found",
                "DhcpPluginTest");
        tested(
                Area.ADDRESSES,
                "`dhcp` knows IPv4 only",
                "`\"ipv6\": \"slaac\"` and `\"dhcpv6\"` get an address of the network besides",
                "asked for upstream (plugins #485, #552, #720)",
                "DhcpIpv6Test");
    }
}
