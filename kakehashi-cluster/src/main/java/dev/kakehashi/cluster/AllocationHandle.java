package dev.kakehashi.cluster;

import java.util.Optional;

/**
 * For what an address is used. The generation tells an attachment from an earlier one of the same
 * container and interface: who frees the one must not free the other.
 *
 * @param containerId CNI_CONTAINERID
 * @param interfaceName CNI_IFNAME
 * @param generation counts the node's allocations
 */
public record AllocationHandle(String containerId, String interfaceName, long generation) {
    private static final int MAX_LENGTH = 1024;

    /** Whether it is of this attachment, of whatever generation. */
    public boolean isOf(String container, String ifName) {
        return containerId.equals(container) && interfaceName.equals(ifName);
    }

    /** Reads {@code container/interface/generation}; empty when it is something else. */
    public static Optional<AllocationHandle> parse(String text) {
        int second = text.lastIndexOf('/');
        int first = second < 0 ? -1 : text.lastIndexOf('/', second - 1);
        if (first <= 0 || second - first < 2 || text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new AllocationHandle(
                            text.substring(0, first),
                            text.substring(first + 1, second),
                            Long.parseLong(text.substring(second + 1))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return containerId + "/" + interfaceName + "/" + generation;
    }
}
