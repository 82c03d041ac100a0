package dev.kakehashi.cni.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.config.PluginConfig;
import dev.kakehashi.cni.exec.FakePlugins;
import dev.kakehashi.cni.json.JsonObject;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Three plugins that are scripts, and what calls them. */
@Timeout(60)
abstract class RuntimeFixture {
    static final String RESULT =
            "{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"10.1.2.3/24\"}]}";

    @TempDir Path folder;
    FakePlugins plugins;
    RuntimeSettings settings;
    RuntimeConf conf = RuntimeConf.of("some-id", "/proc/7/ns/net", "eth0");

    @BeforeEach
    void install() throws IOException {
        plugins = FakePlugins.in(folder).install("one").install("two").install("three");
        for (String type : List.of("one", "two", "three")) {
            plugins.on(type, "ADD", "echo '" + RESULT + "'");
        }
        settings = RuntimeSettings.of(plugins.path()).cacheFolder(folder.resolve("cache"));
    }

    CniRuntime runtime() {
        return CniRuntime.with(settings);
    }

    static NetworkConfigList list(String version, String extra) throws CniException {
        return NetworkConfigList.parse(
                ("{'name':'net','cniVersion':'"
                                + version
                                + "',"
                                + extra
                                + "'plugins':[{'type':'one','capabilities':{'a':true,'b':false,'c':true},'own':[1.50]},"
                                + "{'type':'two','name':'second'},{'type':'three'}]}")
                        .replace('\'', '"')
                        .getBytes(UTF_8));
    }

    static NetworkConfigList list(String version) throws CniException {
        return list(version, "");
    }

    static PluginConfig single(String version) throws CniException {
        return PluginConfig.parse(
                ("{\"name\":\"net\",\"type\":\"one\",\"cniVersion\":\"" + version + "\"}")
                        .getBytes(UTF_8));
    }

    Path cacheFile() {
        return folder.resolve("cache/results/net-some-id-eth0");
    }

    String prevIp(String type, String command) throws Exception {
        JsonObject prev = plugins.stdin(type, command).object("prevResult").orElseThrow();
        return prev.objects("ips").getFirst().string("address", "");
    }
}
