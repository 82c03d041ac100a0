package dev.kakehashi.linux.probe;

/** What a probe found. */
public sealed interface FeatureResult {
    /** The kernel can do it. */
    record Supported() implements FeatureResult {
        @Override
        public String toString() {
            return "supported";
        }
    }

    /**
     * The kernel cannot.
     *
     * @param errno what it answered, 0 when it said nothing
     * @param reason for people
     */
    record Missing(int errno, String reason) implements FeatureResult {
        @Override
        public String toString() {
            return "missing: " + reason;
        }
    }

    /**
     * It could not be found out, for want of privileges mostly.
     *
     * @param reason for people
     */
    record Unknown(String reason) implements FeatureResult {
        @Override
        public String toString() {
            return "unknown: " + reason;
        }
    }

    /** Whether the kernel is known to do it. */
    default boolean isSupported() {
        return this instanceof Supported;
    }
}
