package dev.kakehashi.state.engine;

import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.state.LinkRef;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an operation has done.
 *
 * @param steps the changes in order; none if all was as desired
 * @param remarks what was left alone, for people
 * @param indexes the interface index of each link that was seen or made
 * @param macs the hardware address of each such link that has one
 */
public record Applied(
        List<Step> steps,
        List<String> remarks,
        Map<LinkRef, Integer> indexes,
        Map<LinkRef, MacAddress> macs) {
    public Applied {
        steps = List.copyOf(steps);
        remarks = List.copyOf(remarks);
        indexes = Map.copyOf(indexes);
        macs = Map.copyOf(macs);
    }

    /** The hardware address of a link. */
    public Optional<MacAddress> mac(LinkRef link) {
        return Optional.ofNullable(macs.get(link));
    }

    /** Whether nothing had to be done. */
    public boolean isUnchanged() {
        return steps.isEmpty();
    }
}
