package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A one-shot run has the JVM make nothing up at run time that no cache keeps: docs/adr/0008. */
@KernelTest
class ColdStartTest {
    /** What stands for it among the names of classes. */
    private static final List<String> EXPENSIVE =
            List.of(
                    "java.lang.runtime.ObjectMethods ",
                    "java.lang.runtime.SwitchBootstraps ",
                    "jdk.internal.foreign.abi.DowncallLinker ",
                    "jdk.internal.foreign.Utils$BaseAndScale ",
                    "java.lang.System$LoggerFinder ");

    @TempDir Path directory;
    @RegisterExtension final AgentBed bed = new AgentBed(() -> directory);

    @Test
    void oneShot_linksNoRecordsSwitchesDowncallsOrLoggers() throws Exception {
        Netns container = bed.container();
        String config = bed.config("bridge", "\"bridge\": \"br0\", \"isGateway\": true");
        for (String command : List.of("ADD", "DEL")) {
            Path log = directory.resolve(command + ".log");
            bed.call(
                            "bridge",
                            command,
                            "c1",
                            AgentBed.path(container),
                            config,
                            Map.of(
                                    "KAKEHASHI_AGENT",
                                    "off",
                                    "KAKEHASHI_JAVA_OPTS",
                                    "-Xlog:class+load:file=" + log + ":none"))
                    .succeeded();
            List<String> loaded = Files.readAllLines(log);
            assertThat(loaded).as(command).anyMatch(line -> line.contains("OneShot "));
            assertThat(loaded)
                    .as("classes of what %s has linked at run time", command)
                    .noneMatch(line -> EXPENSIVE.stream().anyMatch(line::startsWith))
                    .noneMatch(line -> line.contains("$$TypeSwitch/"));
        }
        bed.assertNothingIsLeft(container);
    }
}
