package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The agents of an installation, each a process on its host, whoever started it. */
final class Agents {
    private final BedHost host;
    private final Installation installation;
    private final List<Process> launched = new ArrayList<>();

    Agents(BedHost host, Installation installation) {
        this.host = host;
        this.installation = installation;
    }

    /** Starts one and waits until it serves. */
    Process start(String... arguments) throws Exception {
        Process agent = launch(arguments);
        awaitServed(agent);
        return agent;
    }

    /** Starts one. */
    Process launch(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(installation.agent().toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(installation.settings());
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(installation.logFile().toFile()));
        Process agent = host.start(builder);
        launched.add(agent);
        return agent;
    }

    /** The one that was started last, by us. */
    Process last() {
        return launched.getLast();
    }

    /** Waits until one that was started listens at the socket. */
    void awaitServed(Process agent) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!AttachClient.isServed(installation.socket())) {
            assertThat(agent.isAlive()).as(log()).isTrue();
            assertThat(System.nanoTime()).as("the agent's start").isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    /** All that they said. */
    String log() throws IOException {
        return Files.exists(installation.logFile()) ? Files.readString(installation.logFile()) : "";
    }

    /** Waits until one has said something. */
    void awaitLog(String words) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!log().contains(words)) {
            assertThat(System.nanoTime()).as("%s\n%s", words, log()).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    /** Those that front binaries started and that run. */
    List<ProcessHandle> running() {
        return ProcessHandle.allProcesses()
                .filter(p -> p.info().arguments().map(this::isOurs).orElse(false))
                .toList();
    }

    private boolean isOurs(String[] arguments) {
        return List.of(arguments).contains("dev.kakehashi.agent.AgentMain")
                && List.of(arguments).contains(installation.socket().toString());
    }

    /** Kills every one. */
    void kill() {
        Stream.concat(running().stream(), launched.stream().map(Process::toHandle))
                .forEach(Agents::kill);
        launched.clear();
    }

    private static void kill(ProcessHandle agent) {
        agent.destroyForcibly();
        assertThat(agent.onExit())
                .as("the end of process %s by SIGKILL", agent.pid())
                .succeedsWithin(Duration.ofSeconds(30));
    }
}
