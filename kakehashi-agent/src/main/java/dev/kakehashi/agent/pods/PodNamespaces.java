package dev.kakehashi.agent.pods;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.netns.NetnsId;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Finds the network namespaces of pods by the number that this node's namespace has for each, which
 * the host's end of a veth pair names (IFLA_LINK_NETNSID). The kernel opens no namespace by its
 * number, so names in the file system are asked for theirs (RTM_GETNSID): first those of the
 * folders where runtimes keep them, then those of processes. A name is opened for the time it takes
 * to ask or to work in it, so that no pod's namespace outlives the pod by us. On one thread only.
 */
public final class PodNamespaces {
    /** Of containerd, CRI-O, Podman and {@code ip netns}; of Docker. */
    private static final List<Path> FOLDERS =
            List.of(Path.of("/run/netns"), Path.of("/run/docker/netns"));

    private static final Path PROCESSES = Path.of("/proc");
    private static final String OF_PROCESS = "ns/net";

    /** After which one that was not found is looked for again. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final RtNetlink host;
    private final Map<Integer, Path> known = new HashMap<>();
    private final Map<Integer, Long> missedAt = new HashMap<>();

    /**
     * As a namespace numbers them.
     *
     * @param host in the node's namespace; lent
     */
    public PodNamespaces(RtNetlink host) {
        this.host = host;
    }

    /** Forgets where all others are. */
    public void retain(Set<Integer> numbers) {
        known.keySet().retainAll(numbers);
        missedAt.keySet().retainAll(numbers);
    }

    /** Forgets where this one is. */
    public void forget(int number) {
        known.remove(number);
        missedAt.remove(number);
    }

    /**
     * Says where one may be, unless it is known: by that name, or in the folder of such names that
     * this process sees.
     */
    public void suggest(int number, String name) {
        if (known.containsKey(number) || name.isEmpty()) {
            return;
        }
        Path path = Path.of(name);
        List<Path> candidates = new ArrayList<>(List.of(path));
        FOLDERS.forEach(folder -> candidates.add(folder.resolve(path.getFileName())));
        for (Path candidate : candidates) {
            if (number(candidate, new HashSet<>()).equals(OptionalInt.of(number))) {
                known.put(number, candidate);
                return;
            }
        }
    }

    /** Looks for those that are not known yet. */
    public void find(Set<Integer> numbers) {
        Set<Integer> missing = new HashSet<>(numbers);
        missing.removeAll(known.keySet());
        Set<NetnsId> seen = new HashSet<>();
        for (Path folder : FOLDERS) {
            if (!missing.isEmpty()) {
                look(folder, "", missing, seen);
            }
        }
        if (!missing.isEmpty()) {
            look(PROCESSES, OF_PROCESS, missing, seen);
        }
        long now = System.nanoTime();
        missing.forEach(number -> missedAt.put(number, now));
    }

    private void look(Path folder, String below, Set<Integer> missing, Set<NetnsId> seen) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> names = Files.newDirectoryStream(folder)) {
            for (Path name : names) {
                if (!below.isEmpty() && !isProcess(name)) {
                    continue;
                }
                Path path = below.isEmpty() ? name : name.resolve(below);
                OptionalInt number = number(path, seen);
                if (number.isPresent() && missing.remove(number.getAsInt())) {
                    known.put(number.getAsInt(), path);
                }
            }
        } catch (IOException | DirectoryIteratorException | UncheckedIOException e) {
            // Whoever is not found is told of by its name; a folder that goes away is none.
            System.getLogger(PodNamespaces.class.getName())
                    .log(System.Logger.Level.DEBUG, () -> "cannot look into " + folder, e);
        }
    }

    private static boolean isProcess(Path name) {
        Path last = name.getFileName();
        return last != null && Character.isDigit(last.toString().charAt(0));
    }

    /** Not of the same namespace twice: many processes share one. */
    private OptionalInt number(Path path, Set<NetnsId> seen) {
        try {
            if (!seen.add(Netns.id(path))) {
                return OptionalInt.empty();
            }
            try (Netns netns = Netns.open(path)) {
                return host.netnsId(netns.fd());
            }
        } catch (IOException e) {
            return OptionalInt.empty(); // a file that is none, or a process that has ended
        }
    }

    /**
     * Opens a namespace. It is looked for where it was, and then everywhere, but not often: one
     * that has no name costs as much as all together.
     *
     * @return a handle that the caller closes soon; empty when no name leads to it
     */
    public Optional<Netns> open(int number) throws IOException {
        Optional<Netns> netns = openKnown(number);
        Long missed = missedAt.get(number);
        if (netns.isPresent()
                || (missed != null && System.nanoTime() - missed < PATIENCE.toNanos())) {
            return netns;
        }
        find(Set.of(number));
        return openKnown(number);
    }

    private Optional<Netns> openKnown(int number) throws IOException {
        Path path = known.get(number);
        if (path == null) {
            return Optional.empty();
        }
        Netns netns;
        try {
            netns = Netns.open(path);
        } catch (LinuxException e) {
            known.remove(number);
            return Optional.empty();
        }
        boolean same = false;
        try {
            same = host.netnsId(netns.fd()).equals(OptionalInt.of(number));
        } finally {
            if (!same) {
                netns.close();
                known.remove(number);
            }
        }
        return same ? Optional.of(netns) : Optional.empty();
    }
}
