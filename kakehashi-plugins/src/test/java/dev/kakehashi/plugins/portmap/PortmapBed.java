package dev.kakehashi.plugins.portmap;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** A container whose ports are published, a host, and somebody outside. */
abstract class PortmapBed {
    static final String MAPPINGS =
            "[{'hostPort': 8080, 'containerPort': 80, 'protocol': 'tcp'},"
                    + " {'hostPort': 5300, 'containerPort': 53, 'protocol': 'udp'},"
                    + " {'hostPort': 9090, 'containerPort': 80, 'protocol': 'tcp', 'hostIP':"
                    + " '192.0.2.1'},"
                    + " {'hostPort': 9191, 'containerPort': 80, 'protocol': 'tcp', 'hostIP':"
                    + " '2001:db8:ff::1'}]";

    @TempDir Path data;
    @RegisterExtension final PluginBed bed = PluginBed.ofEachTest();
    Netns outside;

    @BeforeEach
    void prepare() throws Exception {
        outside = bed.outside();
    }

    Calls link(String type) {
        String hostLocal =
                "'ipam': {'type': 'host-local', %s, 'ranges': [[{'subnet': '10.1.2.0/24'}],"
                                .formatted(PluginBed.dataDir(data))
                        + " [{'subnet': '2001:db8:42::/64'}]], 'routes': [{'dst': '0.0.0.0/0'},"
                        + " {'dst': '::/0'}]}";
        return bed.calls(
                "{'cniVersion': '1.1.0', 'name': 'net', 'type': '%s', 'isGateway': true, 'hairpinMode': true, %s}"
                        .formatted(type, hostLocal));
    }

    static String config(String keys, String mappings) {
        return "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'portmap'%s, 'runtimeConfig': {'portMappings': %s}}"
                .formatted(keys.isEmpty() ? "" : ", " + keys, mappings);
    }

    Calls portmap(String keys) {
        return bed.calls(config(keys, MAPPINGS));
    }

    Calls portmap(String keys, String... mappings) {
        return bed.calls(config(keys, "[" + String.join(", ", mappings) + "]"));
    }

    static String backend(String name) {
        return "'backend': '" + name + "'";
    }

    String rules() throws Exception {
        return bed.onHost("iptables-save", "-t", "nat")
                + bed.onHost("ip6tables-save", "-t", "nat")
                + bed.onHost("nft", "list", "ruleset");
    }
}
