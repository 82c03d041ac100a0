package dev.kakehashi.plugins.peers;

import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What differs from run to run and from side to side without meaning anything: names and hardware
 * addresses that are made up, paths.
 */
final class Names {

    private static final String HOST_END = "<host end>";

    /** The link by which {@code bandwidth} shapes what comes from a container. */
    private static final String IFB = "<ifb>";

    /** From what a side shows to what stands for it. */
    private final Map<String, String> replacements = new LinkedHashMap<>();

    private final String keep;

    /**
     * Names of a side.
     *
     * @param keep a text, such as a configuration; what stands in it is no accident
     */
    Names(String keep) {
        this.keep = keep;
    }

    Names with(String text, String replacement) {
        replacements.put(text, replacement);
        return this;
    }

    /** Learns the names and addresses of the links of both sides. */
    void learn(Netns host, Netns container) throws IOException {
        try (RtNetlink outside = RtNetlink.open(host);
                RtNetlink inside = RtNetlink.open(container)) {
            for (Link link : inside.links()) {
                learnMac(link);
            }
            for (Link link : outside.links()) {
                learnMac(link);
                if (link.name().startsWith("veth") && !keep.contains(link.name())) {
                    with(link.name(), HOST_END);
                }
                if (link.name().startsWith("bwp")) {
                    with(link.name(), IFB);
                }
            }
        }
    }

    private void learnMac(Link link) {
        if (link.mac().isEmpty()) {
            return;
        }
        String mac = link.mac().get().toString();
        if (!keep.contains(mac) && !mac.equals(MacAddress.ZERO.toString())) {
            with(mac, "<mac>");
        }
    }

    String replaceIn(String text) {
        String replaced = text;
        for (Map.Entry<String, String> entry : replacements.entrySet()) {
            replaced = replaced.replace(entry.getKey(), entry.getValue());
        }
        return replaced;
    }

    /** The name that the kernel knows. */
    String originalIn(String text) {
        String original = text;
        for (Map.Entry<String, String> entry : replacements.entrySet()) {
            String standsFor = entry.getValue();
            if (standsFor.equals(HOST_END) || standsFor.equals(IFB)) {
                original = original.replace(standsFor, entry.getKey());
            }
        }
        return original;
    }
}
