package dev.kakehashi.plugins.bridge;

import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** A host and a container for the plugin {@code bridge}. */
abstract class BridgeBed {
    static final String V4 = "[{'subnet': '10.1.2.0/24'}]";
    static final String V6 = "[{'subnet': '2001:db8:42::/64'}]";
    static final String OTHER_V6 = "[{'subnet': '2001:db8:43::/64'}]";

    @TempDir Path data;
    @RegisterExtension final PluginBed bed = PluginBed.ofEachTest();

    Calls calls(String version, String keys) {
        return bed.calls(
                "{'cniVersion': '%s', 'name': 'testConfig', 'type': 'bridge', 'bridge': 'bridge0'%s}"
                        .formatted(version, keys));
    }

    String hostLocal(String ranges) {
        return ", 'ipam': {'type': 'host-local', %s, 'ranges': [%s]}"
                .formatted(PluginBed.dataDir(data), ranges);
    }

    static Link hostEnd(PluginBed bed, CniResult result) throws Exception {
        return bed.hostLink(result.interfaces().get(1).name()).orElseThrow();
    }

    static String mac(Link link) {
        return link.mac().map(MacAddress::toString).orElseThrow();
    }
}
