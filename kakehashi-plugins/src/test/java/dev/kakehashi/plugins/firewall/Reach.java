package dev.kakehashi.plugins.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.EchoServer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Packets between a container (10.88.1.2, 2001:db8:88:1::2) and a node outside (192.0.2.2,
 * 2001:db8:ff::2), by way of the host.
 *
 * @param container of the first network
 * @param outside knows the way to it
 */
record Reach(Netns container, Netns outside) {

    /** Requires that questions of the container, and to it, are all answered or none. */
    void is(boolean out, boolean in) throws Exception {
        try (EchoServer _ = EchoServer.in(outside, 80, "outside");
                EchoServer _ = EchoServer.in(container, 80, "container");
                // What is refused takes a while to be given up.
                ExecutorService threads =
                        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            List<Callable<Optional<String>>> outwards =
                    List.of(
                            () -> tcp(container, "192.0.2.2", out),
                            () -> tcp(container, "2001:db8:ff::2", out),
                            () ->
                                    out
                                            ? EchoServer.udp(container, "192.0.2.2", 80)
                                            : EchoServer.udpAtOnce(container, "192.0.2.2", 80));
            List<Callable<Optional<String>>> inwards =
                    List.of(
                            () -> tcp(outside, "10.88.1.2", in),
                            () -> tcp(outside, "2001:db8:88:1::2", in));
            List<Future<Optional<String>>> outcomes = new ArrayList<>();
            outwards.forEach(question -> outcomes.add(threads.submit(question)));
            inwards.forEach(question -> outcomes.add(threads.submit(question)));
            for (int i = 0; i < outcomes.size(); i++) {
                assertThat(outcomes.get(i).get().isPresent())
                        .as("question %d", i)
                        .isEqualTo(i < outwards.size() ? out : in);
            }
        }
    }

    private static Optional<String> tcp(Netns from, String address, boolean answered)
            throws IOException {
        return answered
                ? EchoServer.tcp(from, address, 80)
                : EchoServer.tcpAtOnce(from, address, 80);
    }
}
