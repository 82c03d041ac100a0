package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What attachments have left on a host and in the files of its installation. */
record Leftovers(Netns host, Installation installation) {
    /** The names of files that reserve addresses. */
    List<String> reserved() throws IOException {
        Path network = installation.addresses().resolve("net");
        if (!Files.isDirectory(network)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(network)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(n -> n.startsWith("10."))
                    .sorted()
                    .toList();
        }
    }

    /** The host ends of veth pairs, also those that are on their way out. */
    String hostLinks() throws IOException {
        return TestNamespaces.run(host, "ip", "-o", "link", "show", "type", "veth");
    }

    /** Links that were removed are not gone at once. */
    void awaitReaper() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (TestNamespaces.run(host, "ip", "-o", "link")
                        .contains("group " + Ownership.REAP_GROUP)
                && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
    }

    /**
     * That nothing of any attachment is left: links, addresses, rules, journal entries. What is
     * done behind an answer gets a moment.
     */
    void assertNone(Netns... containers) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (!(hostLinks().isEmpty() && unfinished().isEmpty()) && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(hostLinks()).as("host ends").isEmpty();
        for (Netns container : containers) {
            assertThat(TestNamespaces.run(container, "ip", "-o", "link"))
                    .as("links of the container")
                    .doesNotContain("eth0");
        }
        assertThat(reserved()).as("reserved addresses").isEmpty();
        assertThat(TestNamespaces.run(host, "nft", "list", "ruleset"))
                .as("nft rules")
                .doesNotContain("10.1.0.");
        assertThat(unfinished()).as("journal entries").isEmpty();
    }

    /** The slots of the journal that are not empty. */
    List<Path> unfinished() throws IOException {
        if (!Files.isDirectory(installation.journal())) {
            return List.of();
        }
        List<Path> slots = new ArrayList<>();
        try (Stream<Path> files = Files.list(installation.journal())) {
            for (Path file : (Iterable<Path>) files::iterator) {
                byte[] bytes = Files.readAllBytes(file);
                if (bytes.length > 0 && bytes[0] != JournalRecord.EMPTY) {
                    slots.add(file);
                }
            }
        }
        return slots;
    }
}
