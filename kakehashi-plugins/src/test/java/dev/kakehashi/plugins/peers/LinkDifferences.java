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
                "nothing has to be taken back: `ipvlan` forgets to",
                in("ipvlan.*", "DEL container (link|sysctl) .*veth.*", "present", Facts.ABSENT),
                in(
                        "macvlan, passthru",
                        "second ADD error · msg",
                        "failed to create macvlan: .*",
                        "failed to rename macvlan to \"eth0\": file exists"));
        tested(
                Area.CALLS,
                "`ipvlan`: CHECK fails where the configuration names no master; DEL of `ipvlan` and"
                        + " `vlan` fails once the master is gone",
                "they succeed",
                "what there is to be looked at or removed does not depend on it",
                "IpvlanPluginTest");
        tested(
                Area.CALLS,
                "STATUS passes when the master is missing",
                "it is an error (51)",
                "no ADD could be served, and what containers had on it is gone",
                "MacvlanPluginTest");
        tested(
                Area.CALLS,
                "CHECK looks at kind, mode and hardware address of the interface",
                "also at whether it is up, and built on the master that the configuration names",
                "else it carries nothing, or to the wrong network",
                "MacvlanPluginTest");
        tested(
                Area.CALLS,
                "`host-device`: DEL fails once the namespace or the device is gone, and without a"
                        + " namespace keeps the reservation",
                "it succeeds and gives the reservation back",
                "DEL comes again, and late",
                "HostDevicePluginTest");
        tested(
                Area.CALLS,
                "`host-device`: a device whose container's namespace vanished stays on the host under"
                        + " the name it had there",
                "DEL, GC and the next ADD know it by its alias; DEL and GC give it its name back",
                "else nobody finds it by its name until the machine starts again",
                "HostDevicePluginTest");
        compared(
                Area.OLD,
                "`host-device` leaves the alias on a device that it gives back",
                "it is cleared",
                "as the newest reference",
                in("host-device.*", "DEL host link m0 · ifalias", "m0", Facts.ABSENT));
        compared(
                Area.REBUILT,
                "`macvlan` without `master`: `no default route interface found`",
                "it is the link of the default route",
                "a defect of the build: the newer netlink library gives default routes a"
                        + " destination, 0.0.0.0/0, and the plugins look for one without",
                in(
                        "macvlan, master of the default route",
                        "(ADD|CHECK) · status",
                        "error",
                        "success"),
                in("macvlan, master of the default route", "ADD error", "present", Facts.ABSENT),
                in("macvlan, master of the default route", "ADD result", Facts.ABSENT, "present"),
                in(
                        "macvlan, master of the default route",
                        "second ADD error · msg",
                        "no default route interface found",
                        "failed to rename macvlan to \"eth0\": file exists"));
        tested(
                Area.CALLS,
                "`host-device`: DEL of an interface without alias fails (`alias is not set`)",
                "it succeeds, and leaves the interface where it is",
                "an ADD that was refused because the name is taken leaves another's interface there,"
                        + " and is followed by DEL",
                "HostDevicePluginTest");
        compared(
                Area.CALLS,
                "`tap`: a second ADD takes the interface that is there and leaves another tap"
                        + " behind, for good",
                "it is refused",
                "so says the specification",
                in("tap.*", "second ADD · status", "success", "error"),
                in("tap.*", "second ADD (error|result)", ".*", ".*"),
                in("tap.*", "DEL container (link|sysctl) .*veth.*", "present", Facts.ABSENT));
        compared(
                Area.KERNEL,
                "`tap`: `mac` is lost when `owner` and `group` are given",
                "the tap has it",
                "it was asked for",
                in(
                        "tap, owner, group, mac",
                        "ADD container link eth0 · address",
                        "<mac>",
                        "c2:11:22:33:44:55"),
                in("tap, owner, group, mac", "(second )?ADD result · .*mac", ".*", ".*"));
        compared(
                Area.KERNEL,
                "`tap`: packet information and virtio headers are on when `owner` and `group` are"
                        + " given, else off",
                "they are off",
                "a program that attaches says itself which it wants (TUNSETIFF)",
                in(
                        "tap, owner, group, mac",
                        "ADD container link eth0 · linkinfo/info_data/(pi|vnet_hdr)",
                        "true",
                        "false"));
    }
}
