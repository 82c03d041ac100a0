package dev.kakehashi.conformance.stage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What runs in places of a stage until its scenario ends. */
public final class Servers implements Closeable {
    private final Path work;
    private final Map<String, String> environment;
    private final List<Closeable> running = new ArrayList<>();

    /**
     * None yet.
     *
     * @param work where the logs of programs lie
     * @param environment that of programs
     */
    Servers(Path work, Map<String, String> environment) {
        this.work = work;
        this.environment = environment;
    }

    /** Has every address of a place answer TCP. */
    void tcp(Place place, int port) throws IOException {
        running.add(Traffic.tcp(place, port));
    }

    /** Has every address of a place answer UDP. */
    void udp(Place place, int port) throws IOException {
        running.add(Traffic.udp(place, port));
    }

    /**
     * Has a program run in a place.
     *
     * @param ready the file that it makes when it can be asked
     * @return false when it ended by itself without that
     */
    public boolean run(Place place, Path ready, List<String> command)
            throws IOException, InterruptedException, Mismatch {
        Path log = work.resolve("log." + running.size());
        Daemon daemon = Daemon.start(place, log, environment, command);
        running.add(daemon);
        return daemon.makes(ready);
    }

    @Override
    public void close() throws IOException {
        for (Closeable server : running) {
            server.close();
        }
    }
}
