package dev.kakehashi.agent.attach;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.SysStat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Serves one call in this process, without an agent: with the same locks, journal and result. */
public final class OneShot {
    /** After the caller's deadline the process ends, whatever it is doing. */
    private static final int TIMED_OUT_STATUS = 1;

    private final PluginRegistry registry;
    private final Path stateDirectory;
    private final Path records;
    private final AtomicBoolean answered = new AtomicBoolean();

    /**
     * A one-shot run.
     *
     * @param stateDirectory where the agent has its locks and journal
     * @param socket where it would listen; its records of attachments are beside that
     */
    public OneShot(PluginRegistry registry, Path stateDirectory, Path socket) {
        this.registry = registry;
        this.stateDirectory = stateDirectory;
        this.records = AttachmentRecords.beside(socket);
    }

    /**
     * Has another processor initialize what takes long: the limits of the JSON parser are numbers
     * of any size with tables of 10 ms, InetAddress reads the settings of Java's security for 10
     * ms, the checksum of the journal computes its tables (docs/adr/0008).
     */
    public static void prepareMeanwhile() {
        Thread.ofPlatform()
                .name("warm-up")
                .daemon()
                .start(() -> {
                    JsonParser.prepare();
                    JournalRecord.prepare();
                    InetAddress.ofLiteral("0.0.0.0");
                });
    }

    /**
     * Serves the call of this process's environment.
     *
     * @param plugin the plugin's type
     * @param front path of the front binary, to recognise other names of it; empty if unknown
     * @param timeout after which the process ends with CNI error 11
     * @return the exit status
     */
    public int run(
            String plugin,
            String front,
            Duration timeout,
            Map<String, String> environment,
            InputStream stdin,
            OutputStream stdout,
            PrintStream stderr)
            throws IOException {
        AttachRequest request = request(plugin, front, timeout, environment, stdin);
        watch(request, stdout);
        int[] status = {1};
        Calls.Delivery delivery =
                answer -> {
                    status[0] = answer.exitStatus();
                    print(answer, stdout, stderr);
                };
        try (OwnProcess own = OwnProcess.look();
                Requester requester = Requester.of(request, Descriptors.NONE, own)) {
            PluginRun plugins = new PluginRun(registry);
            ChildExec exec = new ChildExec(request);
            if (changesNothing(request)) {
                delivery.deliver(plugins.run(request, requester, exec));
            } else {
                serve(plugins, request, requester, own, exec, delivery);
            }
        } catch (LinuxException e) {
            delivery.deliver(
                    CniErrors.answer(
                            request, CniException.IO_FAILURE, String.valueOf(e.getMessage()), ""));
        }
        return status[0];
    }

    /** These need no place on disk, and no rights: anybody may ask for the version. */
    private static boolean changesNothing(AttachRequest request) {
        return switch (request.command()) {
            case "ADD", "DEL", "CHECK", "GC" -> false;
            default -> true;
        };
    }

    private void serve(
            PluginRun plugins,
            AttachRequest request,
            Requester requester,
            OwnProcess own,
            ChildExec exec,
            Calls.Delivery delivery)
            throws IOException {
        NodeState state;
        try {
            state = NodeState.open(stateDirectory, records, own.netnsId());
        } catch (IOException e) {
            delivery.deliver(
                    CniErrors.answer(
                            request,
                            CniException.IO_FAILURE,
                            "cannot open the state of the node in "
                                    + stateDirectory
                                    + ": "
                                    + e.getMessage(),
                            ""));
            return;
        }
        try (state) {
            Recovery recovery = Recovery.forOneCall(plugins, state, own);
            new Calls(plugins, state, recovery).serve(request, requester, exec, delivery);
        }
    }

    private static AttachRequest request(
            String plugin,
            String front,
            Duration timeout,
            Map<String, String> environment,
            InputStream stdin)
            throws IOException {
        String command = environment.getOrDefault("CNI_COMMAND", "");
        boolean reads = !command.isEmpty() && !command.equals("VERSION");
        return new AttachRequest(
                plugin,
                Environment.of(environment),
                reads ? stdin.readNBytes(Protocol.STDIN_LIMIT) : new byte[0],
                Deadline.in(timeout),
                new RequestId(System.currentTimeMillis(), System.nanoTime()), // nobody asks again
                identity(front),
                Path.of("").toAbsolutePath().toString(),
                0);
    }

    private static Optional<FileId> identity(String front) {
        if (front.isEmpty()) {
            return Optional.empty();
        }
        try {
            SysStat.Status status = SysStat.stat(front);
            return Optional.of(new FileId(status.device(), status.inode()));
        } catch (LinuxException e) {
            return Optional
                    .empty(); // delegates are then executed, which is slower and no less right
        }
    }

    /** The caller gets its answer by the deadline; what was begun is undone by the next run. */
    private void watch(AttachRequest request, OutputStream stdout) {
        Thread watcher =
                new Thread(
                        () -> {
                            sleep(request.deadline());
                            if (answered.compareAndSet(false, true)) {
                                Answer late =
                                        CniErrors.answer(
                                                request,
                                                CniException.TRY_AGAIN_LATER,
                                                "the request did not finish in time",
                                                request.subject());
                                try {
                                    stdout.write(late.stdout());
                                    stdout.flush();
                                } catch (IOException e) {
                                    // nobody reads it: the exit status has to do
                                    Runtime.getRuntime().halt(TIMED_OUT_STATUS);
                                }
                                Runtime.getRuntime().halt(TIMED_OUT_STATUS);
                            }
                        },
                        "deadline");
        watcher.setDaemon(true);
        watcher.start();
    }

    /** By no Thread.sleep, whose event for the flight recorder no cache has: docs/adr/0008. */
    private static void sleep(Deadline deadline) {
        while (!deadline.isOver()) {
            LockSupport.parkNanos(deadline.remainingNanos());
        }
    }

    private void print(Answer answer, OutputStream stdout, PrintStream stderr) throws IOException {
        if (answered.compareAndSet(false, true)) {
            stderr.write(answer.stderr(), 0, answer.stderr().length);
            stderr.flush();
            stdout.write(answer.stdout());
            stdout.flush();
        }
    }
}
