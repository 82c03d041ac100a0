package dev.kakehashi.lab;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.exec.ExecOutcome;
import dev.kakehashi.cni.exec.PluginExec;
import dev.kakehashi.cni.exec.ProcessPluginExec;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Runs plugins as a runtime does, sends some of them without an agent, and kills some of them at a
 * random moment. For one thread.
 */
final class KilledPlugins implements PluginExec {
    /** One call of so many is a run without an agent. */
    private static final int ONE_SHOT = 8;

    /** One call of so many is killed. */
    private static final int KILLED = 10;

    /** What a call takes by an agent and without one, or a little more, in microseconds. */
    private static final int BY_AGENT = 20_000;

    private static final int WITHOUT = 500_000;
    private static final int SIGKILL_STATUS = 128 + 9;

    private final Kills kills;
    private final RandomGenerator random;
    private final Duration timeout;

    KilledPlugins(Kills kills, RandomGenerator random, Duration timeout) {
        this.kills = kills;
        this.random = random;
        this.timeout = timeout;
    }

    @Override
    public String find(String type, List<String> folders) throws CniException {
        return ProcessPluginExec.create().find(type, folders);
    }

    @Override
    public ExecOutcome run(String binary, Map<String, String> environment, byte[] stdin)
            throws CniException {
        boolean oneShot = random.nextInt(ONE_SHOT) == 0;
        boolean killed = random.nextInt(KILLED) == 0;
        Map<String, String> variables = new HashMap<>(environment);
        if (oneShot) {
            variables.put("KAKEHASHI_AGENT", "off");
        }
        try {
            Process process = start(binary, variables, stdin);
            if (killed && !ended(process, random.nextInt(oneShot ? WITHOUT : BY_AGENT))) {
                kills.kill(
                        oneShot ? Kills.Victim.ONE_SHOT : Kills.Victim.FRONT, process.toHandle());
            }
            return outcome(binary, process);
        } catch (IOException e) {
            throw new CniException(CniException.IO_FAILURE, "cannot run " + binary, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CniException(CniException.TRY_AGAIN_LATER, "interrupted", e);
        }
    }

    private static Process start(String binary, Map<String, String> variables, byte[] stdin)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(binary);
        builder.environment().clear();
        builder.environment().putAll(variables);
        Process process = builder.start();
        try (OutputStream input = process.getOutputStream()) {
            input.write(stdin);
        } catch (IOException e) {
            // EPIPE: how it ends tells whether that was right.
        }
        return process;
    }

    private static boolean ended(Process process, int micros) throws InterruptedException {
        return process.waitFor(micros, TimeUnit.MICROSECONDS);
    }

    /** The output is read afterwards: a result is smaller than what a pipe takes. */
    private ExecOutcome outcome(String binary, Process process)
            throws IOException, InterruptedException, CniException {
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            throw new CniException(
                    CniException.TRY_AGAIN_LATER, binary + " did not end within " + timeout);
        }
        if (process.exitValue() == SIGKILL_STATUS) {
            // Its children may hold the pipe's other end for as long as they like.
            process.getInputStream().close();
            process.getErrorStream().close();
            return new ExecOutcome(SIGKILL_STATUS, new byte[0], new byte[0]);
        }
        return new ExecOutcome(
                process.exitValue(),
                process.getInputStream().readNBytes(process.getInputStream().available()),
                process.getErrorStream().readNBytes(process.getErrorStream().available()));
    }
}
