package dev.kakehashi.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.ipam.dhcp.DhcpPlugin;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

class AgentOptionsTest {
    private static AgentOptions parse(String... arguments) {
        return AgentOptions.parse(arguments, Map.of());
    }

    @Test
    void nothing_isAResidentAgentAtTheUsualPlaces() {
        AgentOptions options = parse();
        assertThat(options.mode()).isEqualTo(AgentOptions.Mode.RESIDENT);
        assertThat(options.socket()).isEqualTo(Path.of("/run/kakehashi/agent.sock"));
        assertThat(options.stateDirectory()).isEqualTo(Path.of("/var/lib/kakehashi"));
        assertThat(options.leaseDirectory()).isEqualTo(Path.of(DhcpPlugin.DIRECTORY));
        assertThat(options.node()).isEmpty();
    }

    @Test
    void environment_saysWhatTheCommandLineDoesNot() {
        Map<String, String> environment =
                Map.of(
                        "KAKEHASHI_SOCKET", "/a/s",
                        "KAKEHASHI_STATE", "/a/state",
                        "KAKEHASHI_IDLE", "7");
        AgentOptions options =
                AgentOptions.parse(new String[] {"--on-demand", "--socket", "/b/s"}, environment);
        assertThat(options.mode()).isEqualTo(AgentOptions.Mode.ON_DEMAND);
        assertThat(options.socket()).isEqualTo(Path.of("/b/s"));
        assertThat(options.stateDirectory()).isEqualTo(Path.of("/a/state"));
        assertThat(options.idle()).isEqualTo(Duration.ofSeconds(7));
        assertThat(options.leaseDirectory()).isEqualTo(Path.of("/b/dhcp"));
    }

    @Test
    void nice_isOfAResidentAgentOnly() {
        assertThat(parse().nice()).isEqualTo(-10);
        assertThat(parse("--nice", "0").nice()).isZero();
        assertThat(parse("--nice", "-20", "--on-demand").nice()).isZero();
        String[] none = {};
        assertThat(AgentOptions.parse(none, Map.of("KAKEHASHI_NICE", "5")).nice()).isEqualTo(5);
        assertThatThrownBy(() -> parse("--nice", "-21"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--nice must be from -20 to 19, not -21");
        assertThatThrownBy(() -> parse("--nice", "high"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--nice needs a number, not high");
    }

    @Test
    void realtime_isOfAResidentAgentThatGoesBeforeOthers() {
        assertThat(parse().realtime()).isEqualTo(1);
        assertThat(parse("--nice", "0").realtime()).isZero();
        assertThat(parse("--nice", "0", "--realtime", "7").realtime()).isEqualTo(7);
        assertThat(parse("--realtime", "0").realtime()).isZero();
        assertThat(parse("--realtime", "7", "--on-demand").realtime()).isZero();
        String[] none = {};
        assertThat(AgentOptions.parse(none, Map.of("KAKEHASHI_REALTIME", "5")).realtime())
                .isEqualTo(5);
        assertThatThrownBy(() -> parse("--realtime", "100"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--realtime must be from 0 to 99, not 100");
    }

    @Test
    void emptyVariables_areAsUnset() {
        AgentOptions options =
                AgentOptions.parse(
                        new String[0], Map.of("KAKEHASHI_SOCKET", "", "KAKEHASHI_IDLE", ""));
        assertThat(options.socket()).isEqualTo(Path.of("/run/kakehashi/agent.sock"));
        assertThat(options.idle()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void oneShot_takesItsPluginFrontAndDeadline() {
        AgentOptions options =
                parse(
                        "--one-shot",
                        "bridge",
                        "--front",
                        "/opt/cni/bin/bridge",
                        "--deadline-ms",
                        "5");
        assertThat(options.mode()).isEqualTo(AgentOptions.Mode.ONE_SHOT);
        assertThat(options.plugin()).isEqualTo("bridge");
        assertThat(options.front()).isEqualTo("/opt/cni/bin/bridge");
        assertThat(options.timeout()).isEqualTo(Duration.ofMillis(5));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--socket | --socket needs a value",
                "--one-shot | --one-shot needs a value",
                "--frobnicate | unknown option --frobnicate",
                "--idle,soon | --idle needs a number, not soon",
                "--idle,0 | --idle must be above 0, not 0",
                "--deadline-ms,-3 | --deadline-ms must be above 0, not -3",
                "--log-format,xml | --log-format must be text or json, not xml",
                "--health-address,9476 | --health-address: '9476' has no port: write 127.0.0.1:9475"
                        + " or :9475",
                "--idle,99999999999 | --idle needs a number, not 99999999999",
                "--node,n,--store,/s,--underlay,can-reach=here | --underlay: can-reach=here: not an IP"
                        + " address: here",
            })
    void wrongOption_isNamed(String arguments, String message) {
        assertThatThrownBy(() -> parse(arguments.split(",", -1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void whatMonitorsSee_isOffUnlessAskedFor() {
        assertThat(parse().http().isEmpty()).isTrue();
        assertThat(parse().log()).isEqualTo(LogFormat.TEXT);
        AgentOptions asked = parse("--health-address", ":9476", "--log-format", "json");
        assertThat(asked.http().health()).isPresent();
        assertThat(asked.http().metrics()).isEmpty();
        assertThat(asked.log()).isEqualTo(LogFormat.JSON);
        Map<String, String> environment =
                Map.of(
                        "KAKEHASHI_METRICS_ADDRESS", "127.0.0.1:9475",
                        "KAKEHASHI_LOG_FORMAT", "json");
        AgentOptions set = AgentOptions.parse(new String[] {}, environment);
        assertThat(set.http().metrics()).isPresent();
        assertThat(set.log()).isEqualTo(LogFormat.JSON);
        assertThat(AgentOptions.parse(new String[] {"--on-demand"}, environment).http().isEmpty())
                .isTrue();
    }
}
