package dev.kakehashi.plugins.masquerade;

import dev.kakehashi.linux.iptables.Iptables;
import dev.kakehashi.linux.iptables.IptablesFamily;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.NftException;

import java.util.concurrent.TimeUnit;

/**
 * Which ways to change a host's packet filter work. Trying iptables takes a run of a program, so
 * the answer is believed for a while, and for all namespaces: the program is this process's own,
 * whatever files the caller sees, and where it lists the rules of one namespace, it does of all.
 */
public final class Netfilter {

    private static final long BELIEVED = TimeUnit.SECONDS.toNanos(30);

    private long asked;
    private boolean iptables;

    private Netfilter() {}

    /** Nothing asked yet; one for a process. */
    public static Netfilter create() {
        return new Netfilter();
    }

    /** Whether iptables is installed and works. */
    public synchronized boolean hasIptables(Netns host) {
        long now = System.nanoTime();
        if (asked == 0 || now - asked > BELIEVED) {
            iptables = Iptables.in(host, IptablesFamily.IPV4).isUsable();
            asked = now;
        }
        return iptables;
    }

    /** Whether the kernel has nftables. */
    public boolean hasNftables(Netns host) {
        try {
            KernelNft.of(host).tables();
            return true;
        } catch (NftException e) {
            return false;
        }
    }
}
