package dev.kakehashi.linux.nft;

/**
 * The priorities that nft has names for: chains of one hook run from the lowest to the highest
 * (nft(8), "standard priority names").
 */
public final class Priority {
    public static final int RAW = -300;
    public static final int MANGLE = -150;
    public static final int DSTNAT = -100;
    public static final int FILTER = 0;
    public static final int SECURITY = 50;
    public static final int SRCNAT = 100;

    /** {@link #DSTNAT} of the bridge family. */
    public static final int BRIDGE_DSTNAT = -300;

    /** {@link #FILTER} of the bridge family. */
    public static final int BRIDGE_FILTER = -200;

    /** {@link #SRCNAT} of the bridge family. */
    public static final int BRIDGE_SRCNAT = 300;

    private static final int NEAR = 10;

    private Priority() {}

    /** As nft writes a priority: by name, with a small distance from a name, or in numbers. */
    static String text(Family family, Hook hook, int priority) {
        String[] names;
        int[] values;
        if (family == Family.BRIDGE) {
            names = new String[] {"dstnat", "filter", "out", "srcnat"};
            values = new int[] {BRIDGE_DSTNAT, BRIDGE_FILTER, 100, BRIDGE_SRCNAT};
        } else if (family == Family.ARP || family == Family.NETDEV) {
            names = new String[] {"filter"};
            values = new int[] {FILTER};
        } else {
            names = new String[] {"raw", "mangle", "dstnat", "filter", "security", "srcnat"};
            values = new int[] {RAW, MANGLE, DSTNAT, FILTER, SECURITY, SRCNAT};
        }
        for (int i = 0; i < names.length; i++) {
            int distance = priority - values[i];
            if (Math.abs(distance) <= NEAR && fits(names[i], hook)) {
                return names[i]
                        + (distance == 0
                                ? ""
                                : distance > 0 ? " + " + distance : " - " + -distance);
            }
        }
        return Integer.toString(priority);
    }

    /** nft takes the names of translation only at the hooks where it is done. */
    private static boolean fits(String name, Hook hook) {
        return switch (name) {
            case "dstnat" -> hook == Hook.PREROUTING;
            case "srcnat" -> hook == Hook.POSTROUTING;
            case "out" -> hook == Hook.OUTPUT;
            default -> true;
        };
    }
}
