package dev.kakehashi.plugins.attachment;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.OperState;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Waiting for IPv6 duplicate address detection (RFC 4862, section 5.4). */
public final class DuplicateAddressDetection {

    private static final Duration LONGEST = Duration.ofSeconds(5);

    /** Enough for the kernel to notice a carrier; detection begins only with one. */
    private static final Duration LONGEST_WITHOUT_CARRIER = Duration.ofSeconds(1);

    private static final int PAUSE_MILLIS = 20;

    private DuplicateAddressDetection() {}

    /**
     * Waits until no IPv6 address of an interface is tentative. One whose link has no carrier stays
     * so, which is no error, and is not waited for.
     *
     * @throws CniException when an address is used by somebody else already, or when the detection
     *     does not come to an end
     */
    public static void await(Netns container, String ifName) throws CniException {
        long begin = System.nanoTime();
        try (RtNetlink netlink = RtNetlink.open(container)) {
            Optional<Link> link = netlink.link(ifName);
            while (link.isPresent()) {
                if (isSettled(netlink, link.get())) {
                    return;
                }
                Duration longest = link.get().isRunning() ? LONGEST : LONGEST_WITHOUT_CARRIER;
                if (System.nanoTime() - begin > longest.toNanos()) {
                    break;
                }
                Thread.sleep(PAUSE_MILLIS);
                link = netlink.link(ifName);
            }
            if (netlink.link(ifName).filter(l -> l.operState() == OperState.UP).isPresent()) {
                throw new CniException(
                        CniException.INTERNAL,
                        "failed to settle addresses for \""
                                + ifName
                                + "\": link "
                                + ifName
                                + " still has tentative addresses after "
                                + LONGEST.toSeconds()
                                + " seconds");
            }
        } catch (IOException e) {
            throw Failures.of("failed to settle addresses for \"" + ifName + "\"", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CniException(CniException.TRY_AGAIN_LATER, "interrupted", e);
        }
    }

    private static boolean isSettled(RtNetlink netlink, Link link)
            throws IOException, CniException {
        for (Address address : netlink.addresses(link.index())) {
            if ((address.flags() & Address.IFA_F_DADFAILED) != 0) {
                throw new CniException(
                        CniException.INTERNAL,
                        "failed to settle addresses for \""
                                + link.name()
                                + "\": link "
                                + link.name()
                                + " has address "
                                + IpAddresses.format(address.prefix().address())
                                + " in DADFAILED state");
            }
            if ((address.flags() & Address.IFA_F_TENTATIVE) != 0) {
                return false;
            }
        }
        return true;
    }
}
