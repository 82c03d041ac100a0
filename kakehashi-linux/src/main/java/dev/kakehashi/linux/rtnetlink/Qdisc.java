package dev.kakehashi.linux.rtnetlink;

/**
 * A queueing discipline of a link ({@code struct tcmsg}, linux/pkt_sched.h).
 *
 * @param link the index of the link
 * @param parent where it hangs: {@link #ROOT}, {@link #INGRESS}, or the handle of a class
 * @param handle its own number, major in the upper 16 bits; 0 to let the kernel choose
 * @param kind what it does
 */
public record Qdisc(int link, int parent, int handle, QdiscKind kind) {
    /** {@code TC_H_ROOT}: what leaves by the link. */
    public static final int ROOT = 0xffff_ffff;

    /** {@code TC_H_INGRESS} and {@code TC_H_CLSACT}: what arrives, and filters without queue. */
    public static final int INGRESS = 0xffff_fff1;

    /** The handle that {@code ingress} and {@code clsact} have. */
    public static final int INGRESS_HANDLE = 0xffff_0000;

    /** The queue of what leaves by a link. */
    public static Qdisc root(int link, QdiscKind kind) {
        return new Qdisc(link, ROOT, 1 << 16, kind);
    }

    /** The place for filters on what arrives. */
    public static Qdisc ingress(int link) {
        return new Qdisc(link, INGRESS, INGRESS_HANDLE, new QdiscKind.Ingress());
    }

    /** The place for filters on what arrives and what leaves. */
    public static Qdisc clsact(int link) {
        return new Qdisc(link, INGRESS, INGRESS_HANDLE, new QdiscKind.Clsact());
    }

    /** In the words of tc(8). */
    @Override
    public String toString() {
        return "dev #"
                + link
                + (parent == ROOT ? " root" : parent == INGRESS ? "" : " parent " + handle(parent))
                + (handle == 0 || parent == INGRESS ? "" : " handle " + handle(handle))
                + " "
                + kind;
    }

    /** A handle as tc(8) writes it: major and minor in hexadecimal. */
    static String handle(int handle) {
        int minor = handle & 0xffff;
        return Integer.toHexString(handle >>> 16)
                + ":"
                + (minor == 0 ? "" : Integer.toHexString(minor));
    }
}
