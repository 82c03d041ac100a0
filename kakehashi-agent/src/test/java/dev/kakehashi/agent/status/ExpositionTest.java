package dev.kakehashi.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

class ExpositionTest {
    private static String text(AgentStatus status, String accept) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Exposition.write(status, Health.of(status), accept, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static ScrapedText scrape(AgentStatus status) throws IOException {
        return ScrapedText.parse(text(status, ""));
    }

    @Test
    void aNode_isThereInNumbers() throws IOException {
        ScrapedText numbers = scrape(Statuses.agent(Statuses.node()));

        assertThat(numbers.value("kakehashi_ready")).isEqualTo(1);
        assertThat(
                        numbers.value(
                                "kakehashi_node_info",
                                "node",
                                "node-1",
                                "network",
                                "pods",
                                "carrier",
                                "vxlan",
                                "underlay",
                                "eth0"))
                .isEqualTo(1);
        String[] block = {"network", "pods", "cidr", "10.244.1.0/26", "pool", "main"};
        assertThat(numbers.value("kakehashi_addresses", block)).isEqualTo(61);
        assertThat(numbers.value("kakehashi_addresses_in_use", block)).isEqualTo(3);
        assertThat(numbers.value("kakehashi_addresses_free", block)).isEqualTo(58);
        String[] held = {"network", "pods", "state", "held"};
        String[] borrowed = {"network", "pods", "state", "borrowed"};
        assertThat(numbers.value("kakehashi_blocks", held)).isEqualTo(1);
        assertThat(numbers.value("kakehashi_blocks", borrowed)).isEqualTo(0);
        assertThat(numbers.value("kakehashi_peers", "network", "pods", "carrier", "host-gw"))
                .isEqualTo(2);
        assertThat(numbers.value("kakehashi_bgp_sessions", "state", "Established")).isEqualTo(1);
        assertThat(numbers.value("kakehashi_bgp_sessions", "state", "Active")).isEqualTo(1);
        assertThat(numbers.value("kakehashi_heals_total", "kind", "nft table")).isEqualTo(4);
        assertThat(numbers.value("kakehashi_store_lag_seconds")).isEqualTo(0.25);
        assertThat(numbers.value("kakehashi_convergence_failures_total", "reason", "StoreFailed"))
                .isEqualTo(2);
    }

    @Test
    void calls_areAHistogramWhoseBucketsAddUp() throws IOException {
        CallTimes times = new CallTimes();
        times.calls().took("ADD", "bridge", true, 700_000);
        times.calls().took("ADD", "bridge", true, 90_000_000_000L);
        times.calls().took("ADD", "bridge", false, 1_000_000);
        ScrapedText numbers = scrape(Statuses.agent(times));

        String[] added = {"command", "ADD", "plugin", "bridge", "result", "success"};
        assertThat(numbers.value("kakehashi_cni_call_duration_seconds_count", added)).isEqualTo(2);
        assertThat(numbers.value("kakehashi_cni_call_duration_seconds_sum", added))
                .isEqualTo(90.0007);
        for (Map.Entry<String, Integer> bucket :
                Map.of("5.0E-4", 0, "0.001", 1, "60.0", 1, "+Inf", 2).entrySet()) {
            assertThat(
                            numbers.value(
                                    "kakehashi_cni_call_duration_seconds_bucket",
                                    "command",
                                    "ADD",
                                    "plugin",
                                    "bridge",
                                    "result",
                                    "success",
                                    "le",
                                    bucket.getKey()))
                    .as(bucket.getKey())
                    .isEqualTo(bucket.getValue().doubleValue());
        }
    }

    @Test
    void delegates_areAHistogramOfTheirOwn() throws IOException {
        CallTimes times = new CallTimes();
        times.delegates().took("ADD", "kakehashi-ipam", true, 150_000);
        ScrapedText numbers = scrape(Statuses.agent(times));
        String[] added = {"command", "ADD", "plugin", "kakehashi-ipam", "result", "success"};
        assertThat(numbers.value("kakehashi_cni_delegate_duration_seconds_count", added))
                .isEqualTo(1);
        assertThat(numbers.value("kakehashi_cni_delegate_duration_seconds_sum", added))
                .isEqualTo(0.00015);
    }

    @Test
    void hostileNames_areEscaped_andNotWithoutNumber() throws IOException {
        CallTimes times = new CallTimes();
        times.calls().took("A\"D\n", "a\"b\\c\nd", false, 1);
        for (int i = 0; i < 2000; i++) {
            times.calls().took("ADD", "plugin" + i, true, 1);
        }
        assertThat(times.calls().all()).hasSizeLessThanOrEqualTo(257);
        ScrapedText numbers = scrape(Statuses.agent(times));
        assertThat(
                        numbers.value(
                                "kakehashi_cni_call_duration_seconds_count",
                                "command",
                                "other",
                                "plugin",
                                "a\\\"b\\\\c\\nd",
                                "result",
                                "error"))
                .isEqualTo(1);
    }

    @Test
    void whoAsksForOpenMetrics_getsIt() throws IOException {
        String accept = "application/openmetrics-text; version=1.0.0,text/plain;q=0.5";
        assertThat(text(Statuses.agent(Statuses.node()), accept)).endsWith("# EOF\n");
        assertThat(Exposition.contentType(accept)).startsWith("application/openmetrics-text");
        assertThat(Exposition.contentType("text/plain")).startsWith("text/plain; version=0.0.4");
    }

    @Test
    void anAgentWithoutNode_tellsOfItselfOnly() throws IOException {
        ScrapedText numbers = scrape(Statuses.agent(new CallTimes()));
        assertThat(numbers.value("kakehashi_ready")).isEqualTo(1);
        assertThat(numbers.has("kakehashi_node_info", "node", "")).isFalse();
        assertThat(List.of(numbers.value("process_open_fds"))).allMatch(open -> open > 2);
    }
}
