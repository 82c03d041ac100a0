package dev.kakehashi.plugins.peers;

import dev.kakehashi.plugins.peers.Difference.Area;
import dev.kakehashi.plugins.peers.Difference.Sign;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** All that ours do otherwise than the reference plugins, each once. */
final class Differences {

    private static final String ANY = "(?s).*";
    private static final String NONE = Facts.ABSENT;
    private static final String ADDS = "(second )?ADD";
    private static final String DELS = "(second )?DEL";
    private static final String KERNEL = "(ADD|DEL) (host|container)";
    private static final String EXISTS =
            "container veth name .*eth0.* already exists|failed to rename .*: file exists";

    private static final List<Difference> ALL = new ArrayList<>();

    static {
        errors();
        calls();
        kernel();
        addresses();
        configuration();
        runtime();
        old();
        LinkDifferences.add();
        ChainDifferences.add();
        FilterDifferences.add();
    }

    private Differences() {}

    static Sign sign(String path, String theirs, String ours) {
        return in(ANY, path, theirs, ours);
    }

    /** A sign that shows only in scenarios of such names. */
    static Sign in(String scenario, String path, String theirs, String ours) {
        return new Sign(
                Pattern.compile(scenario),
                Pattern.compile(path),
                Pattern.compile(theirs),
                Pattern.compile(ours),
                false);
    }

    /** A sign that shows only where their ADD failed. */
    private static Sign afterFailure(String path, String theirs, String ours) {
        Sign sign = sign(path, theirs, ours);
        return new Sign(sign.scenario(), sign.path(), sign.theirs(), sign.ours(), true);
    }

    static void compared(Area area, String theirs, String ours, String reason, Sign... signs) {
        ALL.add(new Difference(area, theirs, ours, reason, Arrays.asList(signs), ""));
    }

    static void tested(Area area, String theirs, String ours, String reason, String test) {
        ALL.add(new Difference(area, theirs, ours, reason, List.of(), test));
    }

    private static void errors() {
        compared(
                Area.ERRORS,
                "error objects have no `cniVersion`",
                "they name the version in use",
                "the specification lists it among the fields of an error",
                sign(".* error · cniVersion", NONE, ANY));
        compared(
                Area.ERRORS,
                "code 999 for everything but wrong parameters",
                "4 for CNI_ARGS, 6 for JSON that cannot be read, 7 for a configuration that cannot"
                        + " work, 8 for a namespace that cannot be opened, 11 for a range that is full"
                        + " or an address that is taken, 100 for a second ADD of one attachment",
                "the codes of the specification tell a runtime whether to try again; 100 and above"
                        + " are the plugin's own",
                sign(".* error · code", "999", "4|6|7|8|11|100"));
        compared(
                Area.ERRORS,
                "no `details`",
                "`details` says what was found and what to do",
                "an error is for the person who must act",
                sign(".* error · details", NONE, ANY));
        compared(
                Area.ERRORS,
                "`container veth name (\"eth0\") peer provided (\"veth…\") already exists`",
                "`container veth name (\"eth0\") already exists`",
                "the name of the peer is made up and was never anywhere",
                sign("second ADD error · msg", "container veth name.*eth0.*", EXISTS));
        compared(
                Area.ERRORS,
                "a text of Go's libraries without the key it is about",
                "the same text and behind it the key",
                "a configuration has many addresses",
                sign(
                        ADDS + " error · msg",
                        "(invalid CIDR address: \\S+)",
                        "\\Qinvalid CIDR address: \\E\\S+ \\(.*\\)"));
    }

    private static void calls() {
        tested(
                Area.CALLS,
                "an interface name with `%` is taken, and the kernel makes another name of it",
                "it is refused (4, or 7 in a configuration)",
                "nobody would find the interface again",
                "AttachmentTest");
        compared(
                Area.CALLS,
                "a failed ADD leaves links, bridges, addresses and reservations behind, until the"
                        + " runtime calls DEL",
                "a failed ADD leaves nothing but what containers share, as a bridge",
                "a runtime may have died before its DEL; a link left behind makes the next ADD fail"
                        + " with another error than the first",
                afterFailure(KERNEL + " (link|address|route|sysctl) .*", ANY, ANY),
                afterFailure("second ADD error · msg", EXISTS, ANY),
                afterFailure("DEL · files", ANY, ANY));
        compared(
                Area.CALLS,
                "DEL fails when the configuration is invalid",
                "DEL removes what there is",
                "what cannot be deleted blocks a pod's end for ever, and ADD had refused the same"
                        + " configuration",
                sign(DELS + " · status", "error", "success"),
                sign(DELS + " error", "present", NONE));
        compared(
                Area.CALLS,
                "`bridge`: CHECK of a network without addresses fails",
                "it looks at the links",
                "`ipam` is optional",
                in("bridge, (layer 2|interface left down)", "CHECK · status", "error", "success"));
        compared(
                Area.CALLS,
                "`bridge`: `isDefaultGateway` beside a default route of `ipam` without `gw` fails",
                "it is one route",
                "the two say the same",
                in(
                        "bridge, default gateway beside a default route",
                        "(ADD|CHECK) · status",
                        "error",
                        "success"),
                in(
                        "bridge, default gateway beside a default route",
                        "ADD (error|result)",
                        ANY,
                        ANY));
        tested(
                Area.CALLS,
                "CHECK of main plugins fails behind `sbr` and `vrf`, which put the routes into other"
                        + " tables",
                "routes of the interface in such tables count",
                "later plugins of a chain may change what earlier ones made",
                "SbrPluginTest");
        compared(
                Area.CALLS,
                "CHECK looks for routes with a `table` in the main table, and fails",
                "it looks in their table",
                "there they are",
                in("bridge, route attributes", "CHECK · status", "error", "success"));
        compared(
                Area.CALLS,
                "`ptp` asks for addresses before it looks whether the interface is there",
                "the interface is looked for first",
                "nothing has to be given back",
                sign("second ADD error · msg", ".*duplicate allocation is not allowed", EXISTS));
        compared(
                Area.CALLS,
                "`loopback` prints its result in the encoding of the newest version, whatever the"
                        + " configuration's",
                "the result is in the encoding of the configuration's version",
                "so says the specification",
                sign(ADDS + " result · (interfaces|ips|ip4|ip6).*", ANY, ANY));
        tested(
                Area.CALLS,
                "no plugin does GC",
                "links, masquerade and spoof check rules and reservations of attachments that are"
                        + " not valid are removed; a GC without a list of valid attachments is"
                        + " refused",
                "the specification asks plugins to; without the list nobody would be spared",
                "BridgeRulesTest");
        tested(
                Area.CALLS,
                "CHECK looks at links, addresses and routes of the container",
                "CHECK also sees changed VLANs, hairpin, isolation, gateway addresses, forwarding,"
                        + " masquerade and spoof check rules",
                "each of them cuts a container off when it is gone",
                "BridgeCheckTest");
        tested(
                Area.CALLS,
                "DEL without the container's namespace leaves masquerade and spoof check rules",
                "they are removed",
                "a pod's namespace is often gone before its DEL",
                "BridgeRulesTest");
    }

    private static void kernel() {
        compared(
                Area.KERNEL,
                "links have no alias",
                "veth ends have the alias `kakehashi:NETWORK/CONTAINER/INTERFACE`",
                "so that GC and people see whose they are, without files",
                sign(
                        KERNEL + " link (eth0|<host end>) · ifalias",
                        NONE,
                        "kakehashi:net/container-1/eth0"));
        tested(
                Area.KERNEL,
                "the host's end of a pair has a random name",
                "its name is a hash of network, container and interface",
                "so that DEL finds it when the container's namespace is gone. Both begin with"
                        + " `veth` and eight hexadecimal digits",
                "AttachmentTest");
        compared(
                Area.KERNEL,
                "routes have protocol 3 (boot); addresses 0",
                "routes and addresses have protocol 75",
                "the mark of what is ours: `ip route show proto 75`",
                sign(KERNEL + " route .* · protocol", NONE, "75"),
                // Versions of ip since 6.3 show it of addresses, in numbers of base 16.
                sign(KERNEL + " address .* · protocol", NONE, "0x4b"));
        compared(
                Area.KERNEL,
                "veth ends have a queue for each processor",
                "one queue",
                "the kernel fills sysfs for each of them, longer than it takes to make the rest of the"
                        + " pair, and a veth end without XDP uses none of them",
                sign(KERNEL + " link (eth0|<host end>) · num_[rt]x_queues", "[0-9]+", "1"));
        compared(
                Area.KERNEL,
                "transmit queue length 0 of veth ends",
                "the kernel's default of 1000",
                "a queueing discipline that somebody adds later takes its limit from it",
                sign("ADD (host|container) link (eth0|<host end>) · txqlen", NONE, "1000"));
        compared(
                Area.KERNEL,
                "IPv6 addresses of `ptp`, and of containers on a `bridge` without `enabledad`, are"
                        + " subject to the kernel's switch",
                "they are added without duplicate address detection",
                "they can be used at once: only this host is at the other end, or the configuration"
                        + " says so",
                sign("ADD (host|container) address .* · nodad", NONE, "true"));
        compared(
                Area.KERNEL,
                "IPv6 link-local addresses of host ends (`ptp`) and of bridges that are gateways"
                        + " are tentative for up to two seconds",
                "`accept_dad` is 0 there",
                "the host cannot ask for IPv6 neighbours when it forwards until its link-local"
                        + " address is settled: a container could not be reached so long",
                sign(
                        KERNEL + " sysctl net/ipv6/conf/(<host end>|cni0)/accept_dad · value",
                        "1",
                        "0"));
        compared(
                Area.KERNEL,
                "`ptp` adds the address, then deletes the subnet's route that the kernel made",
                "the address is added with `noprefixroute`",
                "one step less; the routes are the same",
                sign("ADD container address eth0 .* · noprefixroute", NONE, "true"));
        compared(
                Area.KERNEL,
                "the host's route to a container of `ptp` is of scope host",
                "it is of scope link",
                "the kernel keeps one of scope host when its link goes down, in the way of the next"
                        + " container with the address",
                sign(KERNEL + " route .* dev <host end> .* · scope", "host|254", "link|253"));
        compared(
                Area.KERNEL,
                "a bridge that is no gateway takes the hardware address of a port, or none",
                "every bridge is made with an address of its own",
                "it stays the same when ports come and go",
                sign("DEL host link (br0|cni0) · address", "00:00:00:00:00:00", "<mac>"));
        compared(
                Area.KERNEL,
                "`mtu` and `advmss` of routes are ignored",
                "the routes get them",
                "the specification has them since 1.1.0",
                sign("ADD container route 10.9.0.0/16 .* · metrics.*", NONE, ANY));
        compared(
                Area.KERNEL,
                "a route of scope link or host without `gw` gets the subnet's gateway, which the"
                        + " kernel refuses",
                "it leads to the link",
                "that is what the scope says",
                in("bridge, route to the link", "(ADD|CHECK) · status", "error", "success"),
                in("bridge, route to the link", "ADD error", "present", NONE),
                in("bridge, route to the link", "ADD result", NONE, "present"));
    }

    private static void addresses() {
        compared(
                Area.ADDRESSES,
                "`IP` of CNI_ARGS is added to the addresses of `args.cni.ips` and"
                        + " `runtimeConfig.ips`, and ADD fails unless all are had",
                "`IP` counts only where the others are not given",
                "so say the CNI conventions of CNI_ARGS",
                in("host-local, .* beside CNI_ARGS", "(ADD|CHECK) · status", "error", "success"),
                in("host-local, .* beside CNI_ARGS", "ADD error", "present", NONE),
                in("host-local, .* beside CNI_ARGS", "ADD result", NONE, "present"),
                in(
                        "host-local, .* beside CNI_ARGS",
                        "second ADD error · msg",
                        "failed to allocate all requested IPs: .*",
                        "failed to allocate for range 0: requested IP address .* is not available"
                                + " in range set .*"));
        tested(
                Area.ADDRESSES,
                "`host-local` keeps what was reserved before the machine started again, until the"
                        + " range is full",
                "it is given back; `\"releaseAfterReboot\": false` in `ipam` keeps it",
                "no container outlives its machine's boot",
                "EarlierBootTest");
    }

    private static void configuration() {
        tested(
                Area.CONFIGURATION,
                "–",
                "`hostInterfaceName` of `bridge` and `ptp`, or of `args.cni`: the name of the host's"
                        + " end",
                "for tools that know an interface by its name",
                "BridgePluginTest");
    }

    private static void runtime() {
        tested(
                Area.RUNTIME,
                "`prevResult` is in the version of the plugin's result",
                "it is always in the configuration's version",
                "so says the specification",
                "RuntimeAddTest");
        tested(
                Area.RUNTIME,
                "`gc` of what is remembered passes over a cache file that cannot be read",
                "it is refused",
                "its attachment would be taken for dead",
                "CniToolTest");
        tested(
                Area.RUNTIME,
                "ADD of a list without plugins succeeds",
                "it is an error",
                "it has no result",
                "ConfigFolderTest");
        tested(
                Area.RUNTIME,
                "`ips` without `address` and `routes` without `dst` are accepted in results",
                "they are refused",
                "both are required fields",
                "ResultCodecTest");
    }

    private static void old() {
        compared(
                Area.OLD,
                "`bridge` drops the DNS of `static`",
                "it is in the result",
                "a defect of the old plugins",
                sign("ADD result · dns.*", NONE, ANY));
        compared(
                Area.OLD,
                "versions up to 1.0.0",
                "versions up to 1.1.0",
                "they are older",
                sign(".* error · details", "config is \"9.0.0\".*", "config is \"9.0.0\".*"));
        compared(
                Area.OLD,
                "`keep_addr_on_down` is set by `bridge` only",
                "by `ptp`, too",
                "later versions of the reference do the same",
                sign(
                        "ADD container sysctl net/ipv6/conf/eth0/keep_addr_on_down · value",
                        "0",
                        "1"));
        compared(
                Area.OLD,
                "`cannot set hairpin mode and promiscuous mode at the same time.`",
                "the same without the full stop",
                "as the newest reference",
                sign(
                        ADDS + " error · msg",
                        "cannot set hairpin mode.*",
                        "cannot set hairpin mode.*"));
    }

    /** All, in the order of the page. */
    static List<Difference> all() {
        return List.copyOf(ALL);
    }

    /**
     * Those that a comparison shows.
     *
     * @param rebuilt whether Debian's plugins are the build of Debian 13
     */
    static List<Difference> compared(boolean rebuilt) {
        return ALL.stream()
                .filter(difference -> !difference.signs().isEmpty())
                .filter(difference -> rebuilt || difference.area() != Area.REBUILT)
                .toList();
    }

    private static boolean isOfDebian(Difference difference) {
        return difference.area() == Area.OLD || difference.area() == Area.REBUILT;
    }

    /** The one that explains what a comparison has shown, if any does. */
    static Optional<Difference> explaining(
            Maker maker, Scenario scenario, Facts theirs, Facts.Unequal unequal) {
        return ALL.stream()
                .filter(difference -> maker == Maker.DEBIAN || !isOfDebian(difference))
                .filter(difference ->
                        difference.signs().stream()
                                .anyMatch(sign -> sign.matches(scenario, theirs, unequal)))
                .findFirst();
    }
}
