package dev.kakehashi.linux.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.io.IOException;

@KernelTest
class HostProgramTest {
    private static HostProgram shell(Netns netns, int seconds) {
        return HostProgram.in(netns, "sh", "install a shell", seconds);
    }

    @Test
    void program_runsInTheNamespaceAndGetsItsInput(TestNamespaces namespaces) throws IOException {
        Netns netns = namespaces.create();
        TestNamespaces.run(netns, "ip", "link", "add", "here", "type", "veth");
        assertThat(shell(netns, 30).run("some words", "-c", "cat; ls /proc/self/net/dev_snmp6"))
                .startsWith("some words")
                .contains("here");
    }

    @Test
    void programThatFails_isAnErrorWithItsWordsAndStatus(TestNamespaces namespaces)
            throws IOException {
        HostProgram shell = shell(namespaces.create(), 30);
        assertThatThrownBy(() -> shell.run("", "-c", "echo no use >&2; exit 3"))
                .isInstanceOf(ProgramException.class)
                .hasMessageContaining("ended with 3: no use");
    }

    @Test
    void programThatTakesTooLong_isKilledAndSaidToHaveBeen(TestNamespaces namespaces)
            throws IOException {
        HostProgram shell = shell(namespaces.create(), 1);
        assertThatThrownBy(() -> shell.run("", "-c", "exec sleep 60"))
                .isInstanceOf(ProgramException.class)
                .hasMessageEndingWith("did not end within 1 s and was killed: try again");
    }

    @Test
    void programThatIsMissing_isAnErrorWithTheRemedy(TestNamespaces namespaces) throws IOException {
        HostProgram missing = HostProgram.in(namespaces.create(), "no-such", "install it", 1);
        assertThat(missing.isInstalled()).isFalse();
        assertThatThrownBy(() -> missing.run(""))
                .isInstanceOf(ProgramException.class)
                .hasMessageContaining("no-such is not installed")
                .hasMessageEndingWith("install it");
    }
}
