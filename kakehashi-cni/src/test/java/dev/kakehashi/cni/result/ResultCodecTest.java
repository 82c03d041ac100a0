package dev.kakehashi.cni.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.RandomInput;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

class ResultCodecTest {
    private static JsonObject json(String text) throws CniException {
        return JsonParser.parseObject(text.replace('\'', '"'));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.5.0", "1.2.0", "nonsense", "0.4", "1.1.0.0"})
    void decode_unknownVersion_isRefused(String version) throws Exception {
        JsonObject json = json("{'cniVersion': '" + version + "'}");

        assertThatThrownBy(() -> ResultCodec.decode(json))
                .hasMessage("unsupported CNI result version \"" + version + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "1.0.0,0.4.0,[1.0.0 1.1.0]",
        "1.1.0,'',[1.0.0 1.1.0]",
        "0.4.0,1.0.0,[0.3.0 0.3.1 0.4.0]",
        "0.3.1,'',[0.3.0 0.3.1 0.4.0]",
        "0.2.0,0.3.0,[ 0.1.0 0.2.0]",
        "0.1.0,xyz,[ 0.1.0 0.2.0]"
    })
    void decode_resultOfAnotherEncoding_isRefused(String config, String named, String supported)
            throws Exception {
        JsonObject json = json("{'cniVersion': '" + named + "'}");

        assertThatThrownBy(() -> ResultCodec.decode(config, json))
                .hasMessage(
                        "result type supports "
                                + supported
                                + " but unmarshalled CNIVersion is \""
                                + named
                                + "\"");
    }

    @ParameterizedTest
    @CsvSource({"1.0.0,1.1.0", "1.1.0,1.0.0", "0.3.0,0.4.0", "0.1.0,0.2.0", "0.2.0,''", "'',0.1.0"})
    void decode_resultOfTheSameEncoding_isRead(String config, String named) throws Exception {
        assertThat(ResultCodec.decode(config, json("{'cniVersion': '" + named + "'}")))
                .isEqualTo(CniResult.EMPTY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'ips': {}}",
                "{'ips': [1]}",
                "{'ips': [{}]}",
                "{'ips': [{'address': 'x'}]}",
                "{'ips': [{'address': '10.1.2.3'}]}",
                "{'ips': [{'address': '10.1.2.3/33'}]}",
                "{'ips': [{'address': '10.1.2.3/24', 'gateway': 'me'}]}",
                "{'ips': [{'address': '10.1.2.3/24', 'interface': 'eth0'}]}",
                "{'ips': [{'address': '10.1.2.3/24', 'interface': 0.5}]}",
                "{'interfaces': [null]}",
                "{'interfaces': [{'name': 1}]}",
                "{'interfaces': [{'mtu': '1500'}]}",
                "{'interfaces': [{'mtu': 1500.0}]}",
                "{'interfaces': [{'mtu': 99999999999}]}",
                "{'routes': [{'gw': '1.2.3.4'}]}",
                "{'routes': [{'dst': '0.0.0.0'}]}",
                "{'dns': []}",
                "{'dns': {'nameservers': 'x'}}",
                "{'dns': {'search': [4]}}"
            })
    void decode_wrongShape_isError6(String text) throws Exception {
        JsonObject json = json(text).with("cniVersion", json("{'v': '1.0.0'}").find("v").get());

        assertThatThrownBy(() -> ResultCodec.decode(json))
                .isInstanceOfSatisfying(CniException.class, e -> assertThat(e.code()).isEqualTo(6));
    }

    @Test
    void decode_interfaceIndex0_isKeptApartFromNone() throws Exception {
        CniResult result =
                ResultCodec.decode(
                        json(
                                "{'cniVersion': '1.0.0', 'ips': [{'address': '10.1.2.3/8', 'interface':"
                                        + " 0}, {'address': '10.1.2.4/8'}]}"));

        assertThat(result.ips().get(0).interfaceIndex()).hasValue(0);
        assertThat(result.ips().get(1).interfaceIndex()).isEmpty();
    }

    @Test
    void encode_toTheVersionItCameFrom_losesNothing() throws Exception {
        for (RandomInput random : RandomInput.runs(300)) {
            CniResult result = randomResult(random);
            for (CniVersion version : CniVersion.since(CniVersion.V1_0_0)) {
                JsonObject json = ResultCodec.encode(result, version);
                assertThat(ResultCodec.decode(json)).as("%s", random).isEqualTo(result);
                assertThat(ResultCodec.decode(JsonParser.parseObject(json.toPrettyString())))
                        .isEqualTo(result);
                assertThat(JsonParser.parseObject(json.toCompactString())).isEqualTo(json);
                assertThat(json.sorted()).as("keys are in order").isEqualTo(json);
            }
        }
    }

    @Test
    void encode_toAnOlderVersionAndBack_losesOnlyWhatItCannotSay() throws Exception {
        for (RandomInput random : RandomInput.runs(300)) {
            CniResult result = randomResult(random);
            List<CniInterface> plain = new ArrayList<>();
            for (CniInterface one : result.interfaces()) {
                plain.add(new CniInterface(one.name(), one.mac(), 0, one.sandbox(), "", ""));
            }
            for (CniVersion version :
                    List.of(CniVersion.V0_3_0, CniVersion.V0_3_1, CniVersion.V0_4_0)) {
                assertThat(ResultCodec.decode(ResultCodec.encode(result, version)))
                        .as("%s", random)
                        .isEqualTo(result.withInterfaces(plain));
            }
            if (!result.ips().isEmpty()) {
                CniResult once = ResultCodec.decode(ResultCodec.encode(result, "0.2.0"));
                CniResult twice = ResultCodec.decode(ResultCodec.encode(once, "0.1.0"));
                assertThat(twice).as("%s", random).isEqualTo(once);
                assertThat(once.ips()).hasSizeBetween(1, 2);
                assertThat(result.ips().stream().map(CniIp::address))
                        .containsAll(once.ips().stream().map(CniIp::address).toList());
                assertThat(once.dns()).isEqualTo(result.dns());
            }
        }
    }

    private static CniResult randomResult(RandomInput random) {
        List<CniInterface> interfaces =
                random.list(
                        3,
                        () ->
                                new CniInterface(
                                        random.text(),
                                        random.text(),
                                        random.below(9001),
                                        random.text(),
                                        random.text(),
                                        random.text()));
        List<CniIp> ips =
                random.list(
                        4,
                        () ->
                                new CniIp(
                                        random.cidr(),
                                        random.maybe(random::address),
                                        random.maybeInt()));
        List<CniRoute> routes =
                random.list(
                        4,
                        () ->
                                new CniRoute(
                                        random.cidr(),
                                        random.maybe(random::address),
                                        random.below(9001),
                                        random.below(9001),
                                        random.below(100),
                                        random.maybeInt(),
                                        random.maybeInt()));
        CniDns dns =
                new CniDns(
                        random.list(2, random::text),
                        random.text(),
                        random.list(2, random::text),
                        random.list(2, random::text));
        return new CniResult(interfaces, ips, routes, dns);
    }

    @Test
    void errorCodec_roundTrip_keepsCodeTextAndDetails() throws Exception {
        CniException error = new CniException(111, "msg", "details");

        CniException read = ErrorCodec.decode(ErrorCodec.encode(error, "1.0.0"));

        assertThat(read.code()).isEqualTo(111);
        assertThat(read).hasMessage("msg; details");
        assertThat(ErrorCodec.decode(JsonObject.EMPTY).code()).isZero();
        assertThat(new CniException(5, "only").getMessage()).isEqualTo("only");
        assertThat(error.because("while").getMessage()).isEqualTo("while: msg; details");
        assertThat(error.because("while").code()).isEqualTo(111);
    }

    @Test
    void versionInfo_decode_knowsEveryGeneration() throws Exception {
        assertThat(versions("{'cniVersion':'0.2.0'}")).containsExactly("0.1.0", "0.2.0");
        assertThat(versions("{'cniVersion':'0.4.0','supportedVersions':['0.3.0','9.0.0']}"))
                .containsExactly("0.3.0", "9.0.0");
        assertThatThrownBy(() -> versions("{'supportedVersions':['0.3.0']}"))
                .hasMessage("decoding version info: missing field cniVersion");
        assertThatThrownBy(() -> versions("{'cniVersion':'0.3.0'}"))
                .hasMessage("decoding version info: missing field supportedVersions");
        assertThatThrownBy(() -> versions("{'cniVersion':'0.3.0','supportedVersions':[]}"))
                .hasMessage("decoding version info: missing field supportedVersions");
        assertThatThrownBy(() -> versions("[]")).hasMessageStartingWith("decoding version info: ");
        assertThatThrownBy(() -> versions("")).hasMessageStartingWith("decoding version info: ");
    }

    private static List<String> versions(String answer) throws CniException {
        return VersionInfo.decode(
                answer.replace('\'', '"').getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void dns_emptyList_isSaidThoughEmpty() throws Exception {
        assertThat(CniDns.isSpecified(json("{'nameservers': []}"))).isTrue();
        assertThat(CniDns.isSpecified(json("{'domain': 'x'}"))).isTrue();
        assertThat(CniDns.isSpecified(json("{'domain': ''}"))).isFalse();
        assertThat(CniDns.isSpecified(json("{'search': null}"))).isFalse();
        assertThat(CniDns.decode(json("{'search': null}")).isEmpty()).isTrue();
        assertThat(
                        new CniRoute(
                                dev.kakehashi.cni.Cidr.parse("::/0").orElseThrow(),
                                Optional.empty(),
                                0,
                                0,
                                0,
                                OptionalInt.empty(),
                                OptionalInt.empty()))
                .isEqualTo(CniRoute.to(dev.kakehashi.cni.Cidr.parse("::/0").orElseThrow()));
    }
}
