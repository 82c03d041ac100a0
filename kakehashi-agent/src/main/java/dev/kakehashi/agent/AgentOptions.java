package dev.kakehashi.agent;

import dev.kakehashi.agent.node.NodeAgentOptions;
import dev.kakehashi.agent.status.HttpAddresses;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How the agent is started.
 *
 * @param mode what it is started for
 * @param socket where front binaries find it
 * @param stateDirectory what it keeps over restarts
 * @param idle how long an agent started on demand stays without requests
 * @param node resident: the node whose network it keeps, if it does
 * @param http resident: where it tells monitors of itself, if it does
 * @param log the form of its log
 * @param nice resident: how much of the processors it wants, as nice(1) says it
 * @param realtime resident: the real-time priority of the threads that pods wait for; 0 for none
 * @param plugin one-shot: the plugin's type
 * @param front one-shot: path of the front binary, empty if unknown
 * @param timeout one-shot: how long the call may take
 */
record AgentOptions(
        Mode mode,
        Path socket,
        Path stateDirectory,
        Duration idle,
        Optional<NodeAgentOptions> node,
        HttpAddresses http,
        LogFormat log,
        int nice,
        int realtime,
        String plugin,
        String front,
        Duration timeout) {
    enum Mode {
        RESIDENT,
        ON_DEMAND,
        ONE_SHOT,
        HELP
    }

    /** It needs little, and all pods that start wait for it. */
    private static final int USUAL_NICE = -10;

    // setpriority(2)
    private static final int MOST_NICE = -20;
    private static final int LEAST_NICE = 19;

    // sched(7)
    private static final int LEAST_REALTIME = 1;
    private static final int MOST_REALTIME = 99;

    static final String USAGE =
            """
            usage: kakehashi-agent [--socket PATH] [--state DIRECTORY]
                                   [--health-address ADDRESS:PORT] [--metrics-address ADDRESS:PORT]
                                   [--log-format text|json] [--nice N] [--realtime N]
                                   [--node NAME --store STORE [--network NAME] [--network-cidrs CIDR,…]
                                    [--underlay WHAT] [--cni-conf-dir DIRECTORY] [--bird PROGRAM|external]
                                    [--flannel-etcd ADDRESS] [--flannel-subnet-file FILE]]
                   kakehashi-agent --on-demand [--socket PATH] [--state DIRECTORY] [--idle SECONDS]
                   kakehashi-agent --one-shot PLUGIN [--front PATH] [--deadline-ms N] [--state DIRECTORY]
                   kakehashi-agent dhcp-daemon [FLAG…]       as `dhcp daemon`; -help lists its flags

            The node's agent: answers the CNI plugin binaries and, told which node it is on, keeps the
            node's part of the pods' network.
              --node NAME       name of the Node
              --store STORE     where Nodes and Networks are: a directory of YAML files, or
                                etcd://HOST:PORT,…[/PREFIX][?ca=FILE&cert=FILE&key=FILE&user=NAME
                                &password-file=FILE], or
                                kubernetes://HOST:PORT[?ca=FILE&token-file=FILE], kubernetes://?kubeconfig=FILE,
                                kubernetes:// (KUBERNETES_SERVICE_HOST and _PORT, the pod's service account)
              --network NAME    the Network of the node's pods (default)
              --network-cidrs CIDR,…
                                addresses of the pods: the Network is made when there is none
              --underlay WHAT   interface, address or prefix by which other nodes are reached; or
                                interface=REGEX, skip-interface=REGEX, can-reach=ADDRESS
                                (the interface of the default route)
              --cni-conf-dir DIRECTORY
                                where to write the CNI configuration once pods may come
              --bird PROGRAM    what is started where carrier bgp finds no BIRD running (bird);
                                external: none is, kakehashi-bird runs it beside the agent
              --health-address ADDRESS:PORT
                                where to serve /healthz and /readyz (KAKEHASHI_HEALTH_ADDRESS; off; usual:
                                127.0.0.1:9476)
              --metrics-address ADDRESS:PORT
                                where to serve /metrics, for Prometheus (KAKEHASHI_METRICS_ADDRESS; off; usual:
                                127.0.0.1:9475, or :9475 for every address of the node)
              --log-format text|json
                                a line of words for each event, or a JSON object (KAKEHASHI_LOG_FORMAT; text)
              --nice N          how it goes before others where many want the processors, -20 (most) to 19, with
                                CAP_SYS_NICE (KAKEHASHI_NICE; -10; 0: as everyone)
              --realtime N      real-time priority (SCHED_RR, 1 to 99) of the threads that pods wait for, with
                                CAP_SYS_NICE (KAKEHASHI_REALTIME; 1, or 0 with --nice 0 and above; 0: none)
              --flannel-etcd ADDRESS
                                take a lease among nodes of Flannel, and have them as peers:
                                etcd://HOST:PORT,…[/PREFIX][?…] as of --store (/coreos.com/network)
              --flannel-subnet-file FILE
                                where to tell the node's subnets as Flannel does
                                (/run/flannel/subnet.env with --flannel-etcd, else nowhere)
              --on-demand       leave after a time without requests, or when another agent comes
              --socket PATH     where to listen (KAKEHASHI_SOCKET; /run/kakehashi/agent.sock)
              --state DIRECTORY locks and journal (KAKEHASHI_STATE; /var/lib/kakehashi)
              --idle SECONDS    time without requests after which --on-demand leaves (KAKEHASHI_IDLE; 60)
              --one-shot PLUGIN serve the one CNI call of this process's environment and standard input
              --front PATH      the binary that was called, whose other names are plugins of ours too
              --deadline-ms N   end with CNI error 11 after this time (300000)
            """;

    /** Where the DHCP leases are that it keeps: beside the socket, which no two agents share. */
    Path leaseDirectory() {
        return socket.resolveSibling("dhcp");
    }

    /**
     * Reads the command line; what it does not say comes from the environment.
     *
     * @throws IllegalArgumentException naming the option that is wrong
     */
    static AgentOptions parse(String[] arguments, Map<String, String> environment) {
        Mode mode = Mode.RESIDENT;
        String socket = environment.getOrDefault("KAKEHASHI_SOCKET", "");
        String state = environment.getOrDefault("KAKEHASHI_STATE", "");
        String idle = environment.getOrDefault("KAKEHASHI_IDLE", "");
        String plugin = "";
        String front = "";
        String deadline = "";
        String health = environment.getOrDefault("KAKEHASHI_HEALTH_ADDRESS", "");
        String metrics = environment.getOrDefault("KAKEHASHI_METRICS_ADDRESS", "");
        String log = environment.getOrDefault(LogFormat.VARIABLE, "");
        String nice = environment.getOrDefault("KAKEHASHI_NICE", "");
        String realtime = environment.getOrDefault("KAKEHASHI_REALTIME", "");
        NodeArguments node = new NodeArguments();
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--on-demand" -> mode = Mode.ON_DEMAND;
                case "--one-shot" -> {
                    mode = Mode.ONE_SHOT;
                    plugin = value(arguments, i++);
                }
                case "--socket" -> socket = value(arguments, i++);
                case "--state" -> state = value(arguments, i++);
                case "--idle" -> idle = value(arguments, i++);
                case "--front" -> front = value(arguments, i++);
                case "--deadline-ms" -> deadline = value(arguments, i++);
                case "--health-address" -> health = value(arguments, i++);
                case "--metrics-address" -> metrics = value(arguments, i++);
                case LogFormat.OPTION -> log = value(arguments, i++);
                case "--nice" -> nice = value(arguments, i++);
                case "--realtime" -> realtime = value(arguments, i++);
                case "--help", "-h" -> mode = Mode.HELP;
                default -> {
                    if (!NodeArguments.has(arguments[i])) {
                        throw new IllegalArgumentException("unknown option " + arguments[i]);
                    }
                    node.put(arguments[i], value(arguments, i++));
                }
            }
        }
        Path stateDirectory =
                Path.of(state.isEmpty() ? "/var/lib/kakehashi" : state).toAbsolutePath();
        return new AgentOptions(
                mode,
                Path.of(socket.isEmpty() ? "/run/kakehashi/agent.sock" : socket).toAbsolutePath(),
                stateDirectory,
                Duration.ofSeconds(number("--idle", idle, 60)),
                node.options(mode, stateDirectory),
                mode == Mode.RESIDENT ? HttpAddresses.of(health, metrics) : HttpAddresses.NONE,
                log.isEmpty() ? LogFormat.TEXT : LogFormat.named(log),
                mode == Mode.RESIDENT ? nice(nice) : 0,
                mode == Mode.RESIDENT ? realtime(realtime, nice(nice)) : 0,
                plugin,
                front,
                Duration.ofMillis(number("--deadline-ms", deadline, 300_000)));
    }

    private static String value(String[] arguments, int option) {
        if (option + 1 == arguments.length) {
            throw new IllegalArgumentException(arguments[option] + " needs a value");
        }
        return arguments[option + 1];
    }

    private static int nice(String text) {
        return text.isEmpty() ? USUAL_NICE : within("--nice", text, MOST_NICE, LEAST_NICE);
    }

    /** Who is told to be as everyone does not go before everyone by another way. */
    private static int realtime(String text, int nice) {
        if (text.isEmpty()) {
            return nice < 0 ? LEAST_REALTIME : 0;
        }
        return within("--realtime", text, 0, MOST_REALTIME);
    }

    private static int within(String option, String text, int least, int most) {
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " needs a number, not " + text, e);
        }
        throw new IllegalArgumentException(
                option + " must be from " + least + " to " + most + ", not " + text);
    }

    private static int number(String option, String text, int otherwise) {
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " needs a number, not " + text, e);
        }
        throw new IllegalArgumentException(option + " must be above 0, not " + text);
    }
}
