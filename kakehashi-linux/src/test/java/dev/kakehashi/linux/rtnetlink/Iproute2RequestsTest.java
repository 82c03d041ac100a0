package dev.kakehashi.linux.rtnetlink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkSocket;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Our requests say what iproute2's say: recorded bytes of its commands (iproute2-requests.txt),
 * attribute by attribute. What one of the two says more is named, with the reason.
 */
class Iproute2RequestsTest {
    private static final Map<String, byte[]> RECORDED = recorded();

    static Stream<Iproute2Case> cases() {
        return Stream.of(
                        LinkRequests.ALL,
                        AddressRequests.ALL,
                        RouteRequests.ALL,
                        TrafficRequests.ALL)
                .flatMap(List::stream);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void request_saysWhatIproute2Says(Iproute2Case c) {
        byte[] theirs = Objects.requireNonNull(RECORDED.get(c.command()), "not recorded");
        List<String> wanted = new ArrayList<>(MessageTree.lines(theirs));
        List<String> ours = new ArrayList<>(MessageTree.lines(NetlinkSocket.encode(c.request())));
        List<String> differences = new ArrayList<>();
        wanted.stream().filter(line -> !ours.contains(line)).forEach(l -> differences.add("-" + l));
        ours.stream().filter(line -> !wanted.contains(line)).forEach(l -> differences.add("+" + l));
        assertThat(differences)
                .as("only theirs (-) and only ours (+)\ntheirs %s\nours %s", wanted, ours)
                .isEqualTo(c.differences());
        List<String> inCommon = new ArrayList<>(wanted);
        inCommon.retainAll(ours);
        ours.retainAll(wanted);
        assertThat(ours).as("what both say, and how often").isEqualTo(inCommon);
    }

    /** The decoders read the recorded bytes: an answer of the kernel has the same attributes. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void recordedRequest_isReadAsOurs(Iproute2Case c) throws Exception {
        byte[] theirs = Objects.requireNonNull(RECORDED.get(c.command()), "not recorded");
        assertThat(read(theirs)).isEqualTo(read(NetlinkSocket.encode(c.request())));
    }

    private static List<Object> read(byte[] bytes) throws MalformedMessageException {
        NetlinkMessage message = NetlinkMessage.split(bytes).getFirst();
        List<Object> values = new ArrayList<>();
        if (message.type() == Rtm.NEWLINK && message.has(NetlinkMessage.NLM_F_CREATE)) {
            values.add(Links.decode(message).orElseThrow());
        }
        Addresses.decode(message).ifPresent(values::add);
        Neighbours.decode(message).ifPresent(values::add);
        Fdb.decode(message).ifPresent(values::add);
        Routes.decode(message).ifPresent(values::add);
        Rules.decode(message).ifPresent(values::add);
        Qdiscs.decode(message).filter(q -> !isWide(q)).ifPresent(values::add);
        Filters.decode(message).ifPresent(values::add);
        return values;
    }

    /** Of these iproute2 says the time of the burst otherwise: see the differences of requests. */
    private static boolean isWide(Qdisc qdisc) {
        return qdisc.kind() instanceof QdiscKind.Tbf tbf && tbf.rate() >>> 32 != 0;
    }

    @Test
    void everyRecordedRequest_isCompared() {
        assertThat(cases().map(Iproute2Case::command))
                .containsExactlyInAnyOrderElementsOf(RECORDED.keySet());
    }

    private static Map<String, byte[]> recorded() {
        try (InputStream in =
                Objects.requireNonNull(
                        Iproute2RequestsTest.class.getResourceAsStream("iproute2-requests.txt"))) {
            Map<String, byte[]> requests = new LinkedHashMap<>();
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            String command = "";
            StringBuilder hex = new StringBuilder();
            for (String line : text.lines().toList()) {
                if (line.startsWith("$ ")) {
                    command = line.substring(2);
                } else if (!line.isEmpty() && !line.startsWith("#")) {
                    hex.append(line.replace(" ", ""));
                } else if (!hex.isEmpty()) {
                    requests.put(command, HexFormat.of().parseHex(hex));
                    hex.setLength(0);
                }
            }
            assertThat(hex).as("the last request ends with an empty line").isEmpty();
            return requests;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
