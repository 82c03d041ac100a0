package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.lab.KubernetesBed.Pod;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Traffic between pods and from nodes to pods that goes on while a test does something: ten echo
 * requests a second for each pair, and one TCP connection of each family.
 */
final class KubernetesTraffic {
    private static final Pattern ANSWER = Pattern.compile("from ([0-9a-f.:]+): seq=(\\d+) ");

    /** That of the first family's connection; the one behind it is that of the second. */
    private static final int CONNECTION_PORT = 9090;

    /** At the kernel's counters, before an echo request counts as not answered. */
    private static final int LOOKS = 5;

    private final KubernetesBed bed;
    private final Map<Pod, List<Pod>> pairs = new LinkedHashMap<>();
    private final Map<Pod, Integer> unansweredBefore = new LinkedHashMap<>();
    private final Pod caller;
    private final Pod called;

    /** By the port, the address that its TCP connection goes to. */
    private final Map<Integer, String> connections = new TreeMap<>();

    private KubernetesTraffic(KubernetesBed bed, List<Pod> pods, List<Pod> hosts) {
        this.bed = bed;
        for (List<Pod> senders : List.of(pods, hosts)) {
            for (Pod sender : senders) {
                pairs.put(
                        sender,
                        pods.stream().filter(pod -> !pod.node().equals(sender.node())).toList());
            }
        }
        this.caller = pods.getFirst();
        this.called = pods.getLast();
    }

    /**
     * Starts it: from each pod and each host to each of the pods that is on another node.
     *
     * @param pods one of each node
     * @param hosts pods in the nodes' own network
     */
    static KubernetesTraffic start(KubernetesBed bed, List<Pod> pods, List<Pod> hosts)
            throws Exception {
        KubernetesTraffic traffic = new KubernetesTraffic(bed, pods, hosts);
        List<String> addresses = traffic.called.addresses();
        for (int i = 0; i < addresses.size(); i++) {
            traffic.connect(addresses.get(i), CONNECTION_PORT + i);
        }
        for (Map.Entry<Pod, List<Pod>> pair : traffic.pairs.entrySet()) {
            traffic.unansweredBefore.put(pair.getKey(), traffic.unanswered(pair.getKey()));
            StringBuilder script = new StringBuilder(": >/tmp/pings\n");
            for (Pod target : pair.getValue()) {
                for (String address : target.addresses()) {
                    script.append(
                            "ping -i 0.1 %s >/tmp/ping.%s 2>&1 & echo $! >>/tmp/pings\n"
                                    .formatted(address, address));
                }
            }
            bed.inPod(pair.getKey(), script.toString());
        }
        LabBed.await("first answers", KubernetesBed.SOON, () -> traffic.silent().isEmpty());
        for (int port : traffic.connections.keySet()) {
            traffic.awaitHeard(port, 0, "to be there");
        }
        return traffic;
    }

    /** Counts by a TCP connection to one address of the pod that is called. */
    private void connect(String address, int port) throws IOException {
        // An end of input would be told to the other side, which ends the connection then.
        bed.inPod(
                called,
                """
                { sleep 100000 | nc -l -p %1$d; } >/tmp/heard.%1$d 2>&1 &
                until grep -q ':%1$04X 0*:0000 0A' /proc/net/tcp /proc/net/tcp6; do sleep 0.1; done
                """
                        .formatted(port));
        bed.inPod(
                caller,
                """
                { i=0; while :; do echo $i; i=$((i+1)); sleep 0.1; done | nc %1$s %2$d; } \
                    >/tmp/call.%2$d 2>&1 &
                """
                        .formatted(address, port));
        connections.put(port, address);
    }

    /** Pairs without an answer yet. */
    private List<String> silent() throws IOException {
        List<String> silent = new ArrayList<>();
        for (Pod sender : pairs.keySet()) {
            answers(sender)
                    .forEach((target, answers) -> {
                        if (answers.isEmpty()) {
                            silent.add(sender + " to " + target);
                        }
                    });
        }
        return silent;
    }

    /** The numbers of the answers that a sender got, by the target's address. */
    private Map<String, NavigableSet<Integer>> answers(Pod sender) throws IOException {
        Map<String, NavigableSet<Integer>> answers = new TreeMap<>();
        for (Pod target : pairs.getOrDefault(sender, List.of())) {
            target.addresses().forEach(address -> answers.put(address, new TreeSet<>()));
        }
        Matcher matcher = ANSWER.matcher(bed.inPod(sender, "cat /tmp/ping.*"));
        while (matcher.find()) {
            answers.getOrDefault(matcher.group(1), new TreeSet<>())
                    .add(Integer.parseInt(matcher.group(2)));
        }
        return answers;
    }

    /**
     * Echo requests of a sender's namespace without an answer, as its kernel counts (RFC 4293,
     * icmpMsgStats; types of RFC 792 and RFC 4443). One may be on its way while we look; not each
     * time.
     */
    private int unanswered(Pod sender) throws IOException {
        int fewest = Integer.MAX_VALUE;
        for (int i = 0; i < LOOKS && fewest > 0; i++) {
            Map<String, Integer> counters = icmpMessages(sender);
            int now = 0;
            for (String asked : List.of("OutType8", "Icmp6OutType128")) {
                now += counters.getOrDefault(asked, 0);
            }
            for (String answered : List.of("InType0", "Icmp6InType129")) {
                now -= counters.getOrDefault(answered, 0);
            }
            fewest = Math.min(fewest, now);
        }
        return fewest;
    }

    /** By their types: those of IPv4 in a line of names and one of numbers, IPv6's one a line. */
    private Map<String, Integer> icmpMessages(Pod sender) throws IOException {
        String look = "grep IcmpMsg: /proc/net/snmp; grep Icmp6...*Type /proc/net/snmp6";
        List<List<String>> lines =
                bed.inPod(sender, "{ " + look + "; } || :")
                        .lines()
                        .map(line -> List.of(line.strip().split("\\s+", -1)))
                        .toList();
        Map<String, Integer> counters = new TreeMap<>();
        for (int i = 0; i < lines.size(); i++) {
            List<String> names = lines.get(i);
            if (!names.getFirst().equals("IcmpMsg:")) {
                counters.put(names.getFirst(), Integer.parseInt(names.getLast()));
            } else if (i == 0) {
                for (int j = 1; j < names.size(); j++) {
                    counters.put(names.get(j), Integer.parseInt(lines.get(1).get(j)));
                }
            }
        }
        return counters;
    }

    /**
     * Whether answers came to the sender that its ping did not read. It reads by a raw socket that
     * holds some ten packets of whatever ICMP comes to its namespace: one that gets no processor
     * for a fifth of a second loses answers that the network has brought.
     */
    private boolean cameToTheSender(Pod sender) throws IOException {
        return unanswered(sender) <= unansweredBefore.getOrDefault(sender, 0);
    }

    /** How much has been heard on the TCP connection to a port. */
    private int heard(int port) throws IOException {
        List<String> lines = bed.inPod(called, "cat /tmp/heard." + port).lines().toList();
        return lines.isEmpty() ? 0 : Integer.parseInt(lines.getLast());
    }

    private void awaitHeard(int port, int more, String what) throws Exception {
        LabBed.await(
                "the TCP connection to " + connections.get(port) + " " + what,
                KubernetesBed.SOON,
                () -> heard(port) > more);
    }

    /** What was lost until now; in a test that goes on. Says what it looked at. */
    void assertNothingLost(String during) throws Exception {
        List<String> lost = new ArrayList<>();
        List<String> unread = new ArrayList<>();
        int asked = 0;
        for (Pod sender : pairs.keySet()) {
            for (var pair : answers(sender).entrySet()) {
                NavigableSet<Integer> answers = pair.getValue();
                // The last one may be on its way.
                int sent = answers.last() + 1;
                asked += sent;
                if (answers.size() != sent) {
                    List<String> kind = cameToTheSender(sender) ? unread : lost;
                    kind.add(
                            "%s (%s) to %s: %d of %d, without answer: %s"
                                    .formatted(
                                            sender.name(),
                                            sender.node(),
                                            pair.getKey(),
                                            sent - answers.size(),
                                            sent,
                                            missing(answers)));
                }
            }
        }
        System.out.println(
                during
                        + ": "
                        + asked
                        + " echo requests, lost: "
                        + lost
                        + (unread.isEmpty() ? "" : ", came but not read: " + unread));
        assertThat(lost).as(during).isEmpty();
        for (int port : connections.keySet()) {
            awaitHeard(port, heard(port) + 5, "to go on after " + during);
        }
    }

    private static List<Integer> missing(NavigableSet<Integer> answers) {
        List<Integer> missing = new ArrayList<>();
        for (int i = 0; i < answers.last() && missing.size() < 20; i++) {
            if (!answers.contains(i)) {
                missing.add(i);
            }
        }
        return missing;
    }

    /** Ends it. */
    void end() throws IOException {
        for (Pod sender : pairs.keySet()) {
            bed.inPod(sender, "kill -INT $(cat /tmp/pings)");
        }
    }
}
