package dev.kakehashi.plugins.single;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.PluginRequest;

/** For plugins whose interface is of no use without addresses. */
public final class RequiredIpam {

    private RequiredIpam() {}

    /**
     * Makes sure that the configuration names an address plugin.
     *
     * @param text of the error when it does not
     * @throws CniException code 7 when it does not
     */
    public static void in(PluginRequest request, String text) throws CniException {
        if (request.ipamType().isEmpty()) {
            throw new CniException(
                    CniException.INVALID_CONFIG, text, "\"ipam\" with a \"type\" is missing");
        }
    }
}
