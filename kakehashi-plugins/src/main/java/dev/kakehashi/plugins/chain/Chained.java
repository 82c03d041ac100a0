package dev.kakehashi.plugins.chain;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What the earlier plugins of a chain have left for the next: the previous result. */
public final class Chained {

    private Chained() {}

    /**
     * The previous result of a plugin that works only behind others.
     *
     * @param missing the plugin's own words for their absence
     * @throws CniException code 7 with that text when there is none, code 6 when it is unreadable
     */
    public static CniResult after(PluginRequest request, String missing) throws CniException {
        Optional<CniResult> result = request.prevResult();
        if (result.isEmpty()) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    missing,
                    "the plugin must stand behind one that makes an interface, in \"plugins\" of a"
                            + " configuration list");
        }
        return result.get();
    }

    /** The addresses of one interface: those that name it by index, and those that name none. */
    public static List<CniIp> ips(CniResult result, String ifName) {
        List<CniIp> ips = new ArrayList<>(result.ips().size());
        for (CniIp ip : result.ips()) {
            OptionalInt index = ip.interfaceIndex();
            if (index.isEmpty() || isNamed(result.interfaces(), index.getAsInt(), ifName)) {
                ips.add(ip);
            }
        }
        return ips;
    }

    private static boolean isNamed(List<CniInterface> interfaces, int index, String ifName) {
        return index >= 0
                && index < interfaces.size()
                && interfaces.get(index).name().equals(ifName);
    }
}
