package dev.kakehashi.linux.nft;

/**
 * What makes a chain a base chain: packets enter it at a hook.
 *
 * @param type what for
 * @param hook where
 * @param priority the order among the chains of the hook; lower runs first
 * @param policy what becomes of a packet at the chain's end
 * @param device the device of {@link Hook#INGRESS} and {@link Hook#EGRESS}, else empty
 */
public record BaseHook(ChainType type, Hook hook, int priority, Policy policy, String device) {
    public BaseHook {
        if (device.isEmpty() == (hook == Hook.INGRESS || hook == Hook.EGRESS)) {
            throw new IllegalArgumentException(
                    device.isEmpty()
                            ? "the hook " + hook.text() + " needs a device"
                            : "the hook " + hook.text() + " has no device, not " + device);
        }
    }

    /** A hook that accepts what reaches its chain's end. */
    public static BaseHook of(ChainType type, Hook hook, int priority) {
        return new BaseHook(type, hook, priority, Policy.ACCEPT, "");
    }

    /** The same with another policy. */
    public BaseHook policy(Policy other) {
        return new BaseHook(type, hook, priority, other, device);
    }
}
