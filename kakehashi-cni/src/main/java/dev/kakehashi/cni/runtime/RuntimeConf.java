package dev.kakehashi.cni.runtime;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.json.JsonObject;

import java.util.List;

/**
 * The parameters of an attachment that do not stand in the network's configuration.
 *
 * @param containerId the container
 * @param netns path of its network namespace; may be empty on DEL
 * @param ifName the interface inside it
 * @param args pairs for CNI_ARGS, in order
 * @param capabilityArgs values by capability; a plugin gets those it declares
 */
public record RuntimeConf(
        String containerId,
        String netns,
        String ifName,
        List<CniArg> args,
        JsonObject capabilityArgs) {
    /** The parameters of a command that is about no attachment. */
    static final RuntimeConf NONE = of("", "", "");

    /** Copies the list unless it is immutable already. */
    public RuntimeConf {
        args = List.copyOf(args);
    }

    /** Parameters without arguments. */
    public static RuntimeConf of(String containerId, String netns, String ifName) {
        return new RuntimeConf(containerId, netns, ifName, List.of(), JsonObject.EMPTY);
    }

    /** The same with other pairs for CNI_ARGS. */
    public RuntimeConf withArgs(List<CniArg> newArgs) {
        return new RuntimeConf(containerId, netns, ifName, newArgs, capabilityArgs);
    }

    /** The same with other values of capabilities. */
    public RuntimeConf withCapabilityArgs(JsonObject newCapabilityArgs) {
        return new RuntimeConf(containerId, netns, ifName, args, newCapabilityArgs);
    }

    /** What identifies the attachment within a network. */
    public CniAttachment attachment() {
        return new CniAttachment(containerId, ifName);
    }
}
