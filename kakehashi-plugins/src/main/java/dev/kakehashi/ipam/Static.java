package dev.kakehashi.ipam;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.IpText;
import dev.kakehashi.cni.plugin.Plugin;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;

import java.util.List;

/**
 * The IPAM plugin {@code static}: the addresses that the configuration or the runtime names. It
 * keeps no state, so that nobody notices when an address is used twice.
 */
public final class Static implements Plugin {

    private Static() {}

    /** The plugin; it touches neither disk nor kernel. */
    public static Static create() {
        return new Static();
    }

    @Override
    public String name() {
        return "static";
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        StaticConfig config = StaticConfig.parse(request);
        return new CniResult(List.of(), config.addresses(), config.routes(), config.dns());
    }

    @Override
    public void del(PluginRequest request) {
        // Nothing was reserved.
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        StaticConfig config = StaticConfig.parse(request);
        List<CniIp> actual = request.requirePrevResult().ips();
        for (CniIp expected : config.addresses()) {
            boolean found = false;
            for (CniIp ip : actual) {
                found |=
                        ip.address().address().equals(expected.address().address())
                                && (expected.gateway().isEmpty()
                                        || expected.gateway().equals(ip.gateway()));
            }
            if (!found) {
                throw new CniException(
                        CniException.INTERNAL,
                        "static: Failed to match addr "
                                + IpText.format(expected.address().address())
                                + " on interface "
                                + request.ifName(),
                        "the previous result has no such address, or another gateway for it");
            }
        }
    }

    @Override
    public void gc(PluginRequest request) {
        // Nothing was reserved.
    }

    @Override
    public void status(PluginRequest request) throws CniException {
        StaticConfig.parse(request);
    }
}
