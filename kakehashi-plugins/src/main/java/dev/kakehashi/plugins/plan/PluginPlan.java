package dev.kakehashi.plugins.plan;

import java.util.List;

/**
 * What one plugin of a chain would do on ADD.
 *
 * @param type the plugin's
 * @param commands those of ip, bridge, tc, sysctl, nft and iptables that would do the same, in
 *     order; {@code container} stands for the container's network namespace
 */
public record PluginPlan(String type, List<String> commands) {
    public PluginPlan {
        commands = List.copyOf(commands);
    }
}
