package dev.kakehashi.agent;

import dev.kakehashi.agent.attach.OneShot;
import dev.kakehashi.agent.attach.PluginRegistry;
import dev.kakehashi.agent.node.NodeAgentOptions;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.ipam.dhcp.daemon.DhcpDaemon;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.builtin.ReferencePlugins;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The program {@code kakehashi-agent}. */
public final class AgentMain {
    /** Wrong usage, as sysexits.h has it. */
    private static final int USAGE_ERROR = 64;

    /** What the front binary makes of {@code dhcp daemon}. */
    private static final String DHCP_DAEMON = "dhcp-daemon";

    private AgentMain() {}

    /** Runs the agent, or the one call, with the plugins that Kakehashi has. */
    public static void main(String[] arguments) {
        int status = run(arguments);
        if (List.of(arguments).contains("--one-shot")) {
            // Everything is closed. System.exit would look for a logger to say so: docs/adr/0008.
            Runtime.getRuntime().halt(status);
        }
        System.exit(status);
    }

    /** The exit status. */
    private static int run(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals(DHCP_DAEMON)) {
            return DhcpDaemon.main(
                    Arrays.copyOfRange(arguments, 1, arguments.length), System.getenv());
        }
        AgentOptions options;
        try {
            options = AgentOptions.parse(arguments, System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println("kakehashi-agent: " + e.getMessage());
            System.err.print(AgentOptions.USAGE);
            return USAGE_ERROR;
        }
        if (options.mode() == AgentOptions.Mode.HELP) {
            System.out.print(AgentOptions.USAGE);
            return 0;
        }
        if (options.log() == LogFormat.JSON) {
            LogFormat.use(options.log(), options.node().map(NodeAgentOptions::node));
        }
        if (options.mode() == AgentOptions.Mode.ONE_SHOT) {
            OneShot.prepareMeanwhile();
        }
        try (Netns home = Netns.current();
                ReferencePlugins builtin = ReferencePlugins.open(home, options.leaseDirectory())) {
            return options.mode() == AgentOptions.Mode.ONE_SHOT
                    ? oneShot(
                            options, AgentPlugins.of(builtin, Ledgers.in(options.stateDirectory())))
                    : new Agent(options, builtin).run();
        } catch (IOException e) {
            System.err.println("kakehashi-agent: " + e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    /**
     * On the bare descriptors: the decoders and buffers of System.in and System.out cost a start.
     */
    private static int oneShot(AgentOptions options, PluginRegistry plugins) throws IOException {
        return new OneShot(plugins, options.stateDirectory(), options.socket())
                .run(
                        options.plugin(),
                        options.front(),
                        options.timeout(),
                        System.getenv(),
                        new FileInputStream(FileDescriptor.in),
                        new FileOutputStream(FileDescriptor.out),
                        new PrintStream(
                                new FileOutputStream(FileDescriptor.err),
                                false,
                                StandardCharsets.UTF_8));
    }
}
