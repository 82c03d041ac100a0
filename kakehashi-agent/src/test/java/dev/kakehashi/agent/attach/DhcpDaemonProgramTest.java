package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.UnixSocket;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code dhcp daemon} by its binary, as a service starts it, and the plugin by the same binary. */
@KernelTest
class DhcpDaemonProgramTest {

    @TempDir Path directory;
    @RegisterExtension final AgentBed bed = new AgentBed(() -> directory);

    private Process daemon(String... flags) throws IOException {
        List<String> command = new ArrayList<>(List.of(bed.cni() + "/dhcp", "daemon"));
        command.addAll(List.of(flags));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        return bed.host().<Process, IOException>call(builder::start);
    }

    @Test
    void plugin_findsTheDaemon_untilItEnds() throws Exception {
        Path socket = directory.resolve("dhcp.sock");
        String config =
                """
                {"cniVersion": "1.1.0", "name": "net", "type": "dhcp",
                 "ipam": {"type": "dhcp", "daemonSocketPath": "%s"}}
                """
                        .formatted(socket);
        bed.startAgent();
        Process daemon = daemon("-socketpath", socket.toString());
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!serves(socket) && daemon.isAlive() && System.nanoTime() < deadline) {
                Thread.sleep(10);
            }
            bed.call("dhcp", "STATUS", "", "", config).succeeded();
            bed.call("dhcp", "DEL", "c1", "", config).succeeded();
        } finally {
            daemon.destroy();
            assertThat(daemon.waitFor()).as("after SIGTERM").isZero();
        }
        assertThat(socket).doesNotExist();
        bed.call("dhcp", "STATUS", "", "", config).failed(50);
    }

    private static boolean serves(Path socket) {
        try {
            UnixSocket.connect(socket).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void wrongFlag_isNamed() throws Exception {
        Process daemon = daemon("-colour");
        String text = new String(daemon.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(daemon.waitFor()).isEqualTo(2);
        assertThat(text).contains("-colour").contains("-resendtimeout duration");
    }
}
