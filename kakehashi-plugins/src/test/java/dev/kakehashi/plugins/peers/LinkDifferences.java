package dev.kakehashi.plugins.peers;

import static dev.kakehashi.plugins.peers.Differences.compared;
import static dev.kakehashi.plugins.peers.Differences.in;
import static dev.kakehashi.plugins.peers.Differences.sign;
import static dev.kakehashi.plugins.peers.Differences.tested;

import dev.kakehashi.plugins.peers.Difference.Area;

/** What plugins do otherwise that put one interface into the container. */
final class LinkDifferences {

    private LinkDifferences() {}

    static void add() {
        compared(
                Area.ERRORS,
                "`Link not found`",
                "`failed to lookup master \"m9\": Link not found`",
                "which link",
                sign(
                        "(second )?ADD error · msg",
                        "Link not found",
                        "failed to lookup master .*: Link not found"));
        compared(
                Area.CALLS,
                "the DNS settings of address management are dropped",
                "they are in the result where the configuration has no `dns`, as with `bridge`",
                "what a DHCP server says about DNS is for the container",
                in("macvlan, dns of IPAM", "ADD result · dns.*", Facts.ABSENT, ".*"));
        compared(
                Area.CALLS,
                "the interface is made under another name before it is seen that its name is taken",
                "the name is looked for first",
                "nothing has to be taken back",
                in(
                        "macvlan, passthru",
                        "second ADD error · msg",
                        "failed to create macvlan: .*",
                        "failed to rename macvlan to \"eth0\": file exists"));
        tested(
                Area.CALLS,
                "STATUS passes when the master is missing",
                "it is an error (50)",
                "no ADD could be served",
                "MacvlanPluginTest");
        tested(
                Area.CALLS,
                "CHECK looks at kind, mode and hardware address of the interface",
                "also at whether it is up, and built on the master that the configuration names",
                "else it carries nothing, or to the wrong network",
                "MacvlanPluginTest");
    }
}
