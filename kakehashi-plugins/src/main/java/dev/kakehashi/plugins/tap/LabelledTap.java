package dev.kakehashi.plugins.tap;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.program.HostProgram;
import dev.kakehashi.linux.program.ProgramException;
import dev.kakehashi.plugins.attachment.Failures;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes a tap that bears an SELinux context. The kernel gives a tap the context of the process that
 * makes it (security_tun_dev_create()), and lets a process of several threads not change its own:
 * so another one is started in that context.
 */
final class LabelledTap {

    private static final int SECONDS = 10;

    private LabelledTap() {}

    /**
     * Makes it. Equivalent to: {@code runcon CONTEXT ip tuntap add mode tap name NAME …}.
     *
     * @throws CniException when there is no SELinux, it forbids the context, or the tap cannot be
     *     made
     */
    static void create(Netns container, String name, TapConfig config) throws CniException {
        try {
            var _ =
                    HostProgram.in(container, "runcon", "install the package coreutils", SECONDS)
                            .run("", arguments(name, config).toArray(String[]::new));
        } catch (ProgramException e) {
            throw Failures.of("failed set socket label", e);
        }
    }

    static List<String> arguments(String name, TapConfig config) {
        List<String> words = new ArrayList<>();
        words.add(config.selinuxContext().orElseThrow());
        words.addAll(List.of("ip", "tuntap", "add", "mode", "tap", "name", name));
        if (config.multiQueue()) {
            words.add("multi_queue");
        }
        config.owner().ifPresent(id -> add(words, "user", id));
        config.group().ifPresent(id -> add(words, "group", id));
        return words;
    }

    private static void add(List<String> words, String word, int id) {
        words.add(word);
        words.add(Integer.toUnsignedString(id));
    }
}
