package dev.kakehashi.cni.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

class RuntimeCacheTest extends RuntimeFixture {
    @Test
    void cache_eachAttachment_hasAFileOfItsOwn() throws Exception {
        RuntimeConf second = RuntimeConf.of("some-id", "/x", "eth1");
        RuntimeConf third = RuntimeConf.of("id2", "/x", "eth0");
        for (RuntimeConf one : List.of(conf, second, third)) {
            runtime().add(list("1.0.0"), one);
        }

        assertThat(runtime().cache().attachments(""))
                .extracting(a -> a.conf().attachment())
                .containsExactly(
                        new CniAttachment("id2", "eth0"),
                        new CniAttachment("some-id", "eth0"),
                        new CniAttachment("some-id", "eth1"));
        assertThat(runtime().cache().attachments("some-id")).hasSize(2);
        assertThat(runtime().cache().attachments("id")).isEmpty();
        assertThat(runtime().cache().attachments("net")).isEmpty();
    }

    @Test
    void cache_entry_refillsTheParameters() throws Exception {
        JsonObject args = JsonParser.parseObject("{\"a\":[1]}");
        runtime()
                .add(
                        list("1.0.0"),
                        conf.withArgs(List.of(new CniArg("A", "1"))).withCapabilityArgs(args));

        CachedAttachment cached = runtime().cache().entry("net", conf).orElseThrow();

        assertThat(cached.config()).isEqualTo(list("1.0.0").source());
        assertThat(cached.conf().args()).containsExactly(new CniArg("A", "1"));
        assertThat(cached.conf().capabilityArgs()).isEqualTo(args);
        assertThat(cached.conf().netns()).isEqualTo(conf.netns());
        assertThat(runtime().cache().entry("other", conf)).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | failed to unmarshal cached network \"net\" config: ",
                "{\"kind\":\"other\"} | read cached network \"net\" config has wrong kind: other",
                "{\"kind\":\"cniCacheV1\",\"config\":\"%\"} | failed to unmarshal cached network \"net\" config:"
                        + " \"config\" is not base64",
                "{\"kind\":\"cniCacheV1\",\"cniArgs\":[[\"a\"]]} | failed to unmarshal cached network \"net\""
                        + " config: \"cniArgs\""
            })
    void cache_brokenEntry_isAnErrorForOneAndPassedOverAmongMany(String content, String message)
            throws Exception {
        Files.createDirectories(cacheFile().getParent());
        Files.writeString(cacheFile(), content);

        assertThatThrownBy(() -> runtime().cache().entry("net", conf))
                .hasMessageStartingWith(message);
        assertThat(runtime().cache().attachments("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'',id,eth0", "net,'',eth0", "net,id,''"})
    void cache_missingName_isAnError(String network, String id, String ifName) {
        assertThatThrownBy(() ->
                        runtime().cache().result(network, "1.0.0", RuntimeConf.of(id, "", ifName)))
                .hasMessage(
                        "cache file path requires network name (\""
                                + network
                                + "\"), container ID (\""
                                + id
                                + "\"), and interface name (\""
                                + ifName
                                + "\")");
    }

    @Test
    void cache_nameThatIsAPath_reachesNoFile() throws Exception {
        Path victim = Files.writeString(folder.resolve("victim"), "{}");
        RuntimeConf evil = RuntimeConf.of("x/../../../victim", "", "../victim");

        assertThatThrownBy(() -> runtime().cache().result("net", "1.0.0", evil))
                .hasMessageContaining("must not contain");
        runtime().cache().remove("net", evil);
        runtime().del(list("1.0.0"), evil);

        assertThat(victim).exists();
    }
}
