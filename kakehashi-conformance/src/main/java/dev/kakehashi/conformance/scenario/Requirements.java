package dev.kakehashi.conformance.scenario;

import java.util.List;
import java.util.Optional;

/** The requirements of the CNI specification 1.1.0 (SPEC.md of containernetworking/cni). */
final class Requirements {
    private static final String RUNTIME = "of a runtime, not of a plugin";
    private static final String LIST =
            "of a runtime, which reads the list and gives a plugin its own object only";

    static final List<Requirement> ALL =
            List.of(
                    of(
                            1,
                            "Versions",
                            "the versions are 0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0 and 1.1.0"),
                    of(
                            2,
                            "Versions",
                            "a configuration or a result without cniVersion is of version 0.1.0"),
                    unasked(
                            3,
                            "Versions",
                            "of the versions that a configuration names the highest usable one is chosen",
                            RUNTIME),
                    unasked(
                            4,
                            "Versions",
                            "within a major version configurations stay compatible",
                            "of versions of the specification to each other"),
                    unasked(
                            5,
                            "section 1, Configuration format",
                            "a list of plugins has a version, a name and switches",
                            LIST),
                    of(
                            6,
                            "section 1, Configuration format",
                            "a network's name begins with a letter or digit, then letters, digits, _, . and -"),
                    unasked(
                            7,
                            "section 1, Configuration format",
                            "disableCheck: CHECK is not called",
                            LIST),
                    unasked(
                            8,
                            "section 1, Configuration format",
                            "disableGC: GC is not called",
                            LIST),
                    unasked(
                            9,
                            "section 1, Configuration format",
                            "loadOnlyInlinedPlugins: plugins' objects in other files do not count",
                            LIST),
                    unasked(
                            10,
                            "section 1, Configuration format",
                            "each plugin's object belongs to one network",
                            LIST),
                    unasked(
                            11,
                            "section 1, Configuration format",
                            "type has no path separators; capabilities is a map of names to true or false",
                            LIST),
                    unasked(
                            12,
                            "section 1, Configuration format",
                            "runtimeConfig, args and cni.dev/… are not for the administrator",
                            "of whoever writes a configuration"),
                    of(
                            13,
                            "section 1, Configuration format",
                            "ipMasq, ipam (whose type has no path separators) and dns mean the same for every plugin"),
                    of(
                            14,
                            "section 1, Configuration format",
                            "other keys are the plugin's own, and reach it unchanged"),
                    of(
                            15,
                            "section 2, Parameters",
                            "CNI_COMMAND is ADD, DEL, CHECK, GC, STATUS or VERSION"),
                    of(
                            16,
                            "section 2, Parameters",
                            "CNI_CONTAINERID is not empty, and of the same letters as a network's name"),
                    of(
                            17,
                            "section 2, Parameters",
                            "CNI_NETNS is the path of the container's network namespace"),
                    of(
                            18,
                            "section 2, Parameters",
                            "CNI_IFNAME is the name to use inside; where it cannot be used that is an error"),
                    of(
                            19,
                            "section 2, Parameters",
                            "CNI_ARGS is a list of K=V, with semicolons between"),
                    of(
                            20,
                            "section 2, Parameters",
                            "CNI_PATH is the list of folders where plugins are sought"),
                    of(
                            21,
                            "section 2, Parameters",
                            "each command has variables that are required and others that are optional"),
                    unasked(
                            22,
                            "section 2, Parameters",
                            "plugins run in the runtime's network namespace",
                            RUNTIME),
                    of(
                            23,
                            "section 5, Error",
                            "exit status 0 is success; otherwise an error object is on standard output"),
                    of(
                            24,
                            "section 5, Error",
                            "an error object has cniVersion, code and msg, and may have details"),
                    of(25, "section 5, Error", "codes below 100 have fixed meanings"),
                    of(
                            26,
                            "section 4, ADD",
                            "ADD makes the interface CNI_IFNAME in the container, or adjusts it"),
                    of(
                            27,
                            "section 4, ADD",
                            "the result is printed; what prevResult says is passed on"),
                    of(
                            28,
                            "section 4, ADD",
                            "an interface of that name that exists already is an error"),
                    of(
                            29,
                            "section 4, ADD",
                            "a container may be attached again after DEL, and at once under another name"),
                    of(
                            30,
                            "section 4, DEL",
                            "DEL reverts what ADD did, as far as there is something left"),
                    of(31, "section 4, DEL", "DEL works without prevResult"),
                    of(
                            32,
                            "section 4, DEL",
                            "DEL succeeds, and gives addresses back, without namespace and without interface"),
                    of(33, "section 4, DEL", "DEL succeeds as often as it is called"),
                    of(
                            34,
                            "section 4, CHECK",
                            "CHECK goes by prevResult and tolerates what later plugins have changed"),
                    of(35, "section 4, CHECK", "what the result lists and is missing is an error"),
                    of(
                            36,
                            "section 4, CHECK",
                            "what the result does not list and is missing is an error: rules, shaping, reservations"),
                    of(37, "section 4, CHECK", "CHECK works right after ADD"),
                    of(
                            38,
                            "section 4, CHECK",
                            "CHECK is delegated, errors are passed on; success has no output"),
                    unasked(
                            39,
                            "section 4, CHECK",
                            "CHECK is called between ADD and DEL only, with the last result",
                            RUNTIME),
                    of(
                            40,
                            "section 4, STATUS",
                            "STATUS succeeds exactly when ADD can be called; codes are 50 and 51"),
                    of(
                            41,
                            "section 4, STATUS",
                            "STATUS fails when a daemon is down or addresses are used up"),
                    of(42, "section 4, STATUS", "STATUS is delegated, errors are passed on"),
                    of(
                            43,
                            "section 4, STATUS",
                            "STATUS only informs: ADD and the others are accepted whatever it said"),
                    of(
                            44,
                            "section 4, VERSION",
                            "VERSION needs CNI_COMMAND only and prints cniVersion and supportedVersions"),
                    of(45, "section 4, GC", "GC is given the valid attachments"),
                    of(
                            46,
                            "section 4, GC",
                            "GC removes what belongs to other attachments of this network"),
                    of(47, "section 4, GC", "GC goes on after errors and reports them in the end"),
                    of(48, "section 4, GC", "GC is delegated; success has no output"),
                    unasked(49, "section 4, GC", "GC is no substitute for DEL", RUNTIME),
                    unasked(
                            50,
                            "section 3, Lifecycle & Ordering",
                            "the namespace is made before ADD and removed after DEL",
                            RUNTIME),
                    unasked(
                            51,
                            "section 3, Lifecycle & Ordering",
                            "operations on one container are not called at the same time",
                            RUNTIME),
                    of(
                            52,
                            "section 3, Lifecycle & Ordering",
                            "operations on different containers may be called at the same time"),
                    of(
                            53,
                            "section 3, Lifecycle & Ordering",
                            "every ADD, also one that failed, is followed by DEL"),
                    unasked(
                            54,
                            "section 3, Lifecycle & Ordering",
                            "the configuration stays the same between ADD and DEL",
                            RUNTIME),
                    unasked(
                            55,
                            "section 3, Lifecycle & Ordering",
                            "ADD goes through the list in order, each plugin gets the result before it",
                            RUNTIME),
                    unasked(
                            56,
                            "section 3, Lifecycle & Ordering",
                            "DEL goes through the list backwards with the last result",
                            RUNTIME),
                    unasked(
                            57,
                            "section 3, Lifecycle & Ordering",
                            "CHECK goes through the list in order with the last result",
                            RUNTIME),
                    unasked(
                            58,
                            "section 3, Lifecycle & Ordering",
                            "GC goes through the list in order and on after errors",
                            RUNTIME),
                    unasked(
                            59,
                            "section 3, Lifecycle & Ordering",
                            "STATUS goes through the list in order",
                            RUNTIME),
                    unasked(
                            60,
                            "section 3, Deriving requests",
                            "cniVersion and name are set in every request",
                            RUNTIME),
                    unasked(
                            61,
                            "section 3, Deriving requests",
                            "runtimeConfig has the declared capabilities, prevResult the result before",
                            RUNTIME),
                    unasked(
                            62,
                            "section 3, Deriving requests",
                            "cni.dev/valid-attachments is set for GC",
                            RUNTIME),
                    unasked(
                            63,
                            "section 3, Deriving requests",
                            "all other keys are passed on",
                            RUNTIME),
                    of(
                            64,
                            "section 4, Delegated plugins",
                            "the delegate is sought in CNI_PATH and gets the same environment and configuration"),
                    of(
                            65,
                            "section 4, Delegated plugins",
                            "CHECK, DEL, STATUS and GC are delegated, the delegate's errors are the plugin's"),
                    of(
                            66,
                            "section 4, Delegated plugins",
                            "when ADD fails the delegate's DEL is called"),
                    of(
                            67,
                            "section 4, Delegated plugins",
                            "the result of an address plugin has no interfaces"),
                    of(
                            68,
                            "section 5, ADD Success",
                            "a result has interfaces, ips, routes and dns, in the form of its version"),
                    of(
                            69,
                            "section 5, ADD Success",
                            "a route without gw may use the gateway of an address of its family"),
                    of(
                            70,
                            "section 5, ADD Success",
                            "every interface that ADD makes is listed, with the sandbox of those in the container"));

    private Requirements() {}

    private static Requirement of(int number, String section, String text) {
        return new Requirement(number, section, text, Optional.empty());
    }

    private static Requirement unasked(int number, String section, String text, String reason) {
        return new Requirement(number, section, text, Optional.of(reason));
    }
}
