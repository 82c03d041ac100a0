package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.Dnsmasq;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A lease outlives the agent that took it: the next one renews it, with a real server. */
@Tag("peers")
@KernelTest
class DhcpLeaseAfterKillTest {
    private static final String CONFIG =
            """
            {"cniVersion": "1.1.0", "name": "net", "type": "bridge", "bridge": "br0",
             "ipam": {"type": "dhcp"}}
            """;

    @TempDir Path directory;
    @RegisterExtension final AgentBed bed = new AgentBed(() -> directory);

    @Test
    void nextAgent_renewsTheLeaseOfOneThatWasKilled(TestNamespaces namespaces) throws Exception {
        assumeThat(Dnsmasq.PROGRAM).as("Debian's package dnsmasq-base").isExecutable();
        for (String command :
                new String[] {
                    "ip link add br0 type bridge",
                    "ip link set br0 up",
                    "ip address add 192.168.1.1/24 dev br0"
                }) {
            TestNamespaces.run(bed.host(), command.split(" ", -1));
        }
        Netns container = namespaces.create();
        try (Dnsmasq server =
                Dnsmasq.start(
                        bed.host(),
                        directory,
                        "--interface=br0",
                        "--bind-interfaces",
                        "--dhcp-range=192.168.1.5,192.168.1.9,255.255.255.0,1h",
                        // When the client is to renew: after ten seconds instead of half an hour.
                        "--dhcp-option=option:T1,10")) {
            Process first = bed.startAgent();
            bed.call("bridge", "ADD", "c1", AgentBed.path(container), CONFIG).succeeded();
            first.destroyForcibly().onExit().get(30, TimeUnit.SECONDS);
            int acknowledged = server.count("DHCPACK(br0)");
            String address = TestNamespaces.run(container, "ip", "-4", "-o", "address", "show");
            int discovered = server.count("DHCPDISCOVER(br0)");

            bed.startAgent();
            for (int tenths = 0;
                    tenths < 300 && server.count("DHCPACK(br0)") <= acknowledged;
                    tenths++) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
            assertThat(server.count("DHCPACK(br0)"))
                    .as("%s\n%s", server.log(), bed.log())
                    .isGreaterThan(acknowledged);
            assertThat(server.count("DHCPDISCOVER(br0)")).isEqualTo(discovered);
            assertThat(TestNamespaces.run(container, "ip", "-4", "-o", "address", "show"))
                    .isEqualTo(address)
                    .contains("192.168.1.");

            bed.call("bridge", "DEL", "c1", AgentBed.path(container), CONFIG).succeeded();
            server.await("DHCPRELEASE(br0) 192.168.1.");
        }
    }
}
