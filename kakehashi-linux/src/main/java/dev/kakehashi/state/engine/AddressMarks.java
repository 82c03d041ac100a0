package dev.kakehashi.state.engine;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Addresses;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.state.Ownership;

import java.io.IOException;

/**
 * Whether the kernel keeps the mark on addresses: IFA_PROTO came with Linux 5.18, others drop it. A
 * trial in a namespace of its own tells; it is made once, when the first address without a mark is
 * seen.
 */
final class AddressMarks {
    /** LOOPBACK_IFINDEX, net/flow.h. */
    private static final int LOOPBACK = 1;

    private AddressMarks() {}

    private static final class Trial {
        static final boolean KEPT = run();

        private static boolean run() {
            Address marked =
                    Address.of(LOOPBACK, new IpPrefix(IpAddresses.parse("192.0.2.1"), 32))
                            .withProtocol(Ownership.PROTOCOL);
            try (Netns netns = Netns.create();
                    RtNetlink netlink = RtNetlink.open(netns)) {
                netlink.execute(Addresses.add(marked));
                for (Address address : netlink.addresses(LOOPBACK)) {
                    if (address.protocol() == Ownership.PROTOCOL) {
                        return true;
                    }
                }
                return false;
            } catch (IOException e) {
                return false; // then an address without a mark may be anybody's, also ours
            }
        }
    }

    /** Whether an address of ours always shows its mark. */
    static boolean areKept() {
        return Trial.KEPT;
    }
}
