package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.state.NamespaceId;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The namespaces that an engine stays in until it is closed. */
final class Homes implements AutoCloseable {
    /** Of an engine that is another one's, with something more. */
    static final Homes NONE = new Homes(Map.of());

    private final Map<NamespaceId, Home> homes;

    private Homes(Map<NamespaceId, Home> homes) {
        this.homes = homes;
    }

    /** Moves in, and has deleted what was left on its way out. */
    static Homes open(Map<NamespaceId, Netns> namespaces) throws IOException {
        Homes opened = new Homes(new LinkedHashMap<>());
        try {
            for (Map.Entry<NamespaceId, Netns> home : namespaces.entrySet()) {
                opened.homes.put(home.getKey(), Home.open(home.getValue()));
            }
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        for (Home home : opened.homes.values()) {
            home.reaper().schedule();
        }
        return opened;
    }

    Kernel kernel() {
        return new Kernel(homes, Map.of());
    }

    Map<NamespaceId, Netns> handles() {
        Map<NamespaceId, Netns> handles = new LinkedHashMap<>();
        homes.forEach((namespace, home) -> handles.put(namespace, home.netns()));
        return handles;
    }

    boolean owns(NamespaceId namespace, int port) {
        Home home = homes.get(namespace);
        return port != 0 && home != null && home.owns(port);
    }

    boolean isRemoving() {
        for (Home home : homes.values()) {
            if (home.reaper().isBusy()) {
                return true;
            }
        }
        return false;
    }

    boolean awaitRemoval(Duration timeout) throws InterruptedException {
        for (Home home : homes.values()) {
            if (!home.reaper().await(timeout)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        homes.values().forEach(Home::close);
    }
}
