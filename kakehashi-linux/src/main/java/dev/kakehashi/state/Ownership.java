package dev.kakehashi.state;

/**
 * The marks by which our objects are known, written on the objects themselves so that everything
 * ours can be found without files of our own.
 *
 * <table>
 * <caption>The mark of each kind</caption>
 * <tr><td>link</td><td>IFLA_IFALIAS begins with {@value #ALIAS_PREFIX}</td></tr>
 * <tr><td>link being removed</td><td>IFLA_GROUP {@value #REAP_GROUP}; those that gave up their name
 * have one that begins with {@value #REAP_PREFIX}</td></tr>
 * <tr><td>link being made from another namespace</td><td>IFLA_GROUP {@value #NASCENT_GROUP} until it
 * has its alias</td></tr>
 * <tr><td>address</td><td>IFA_PROTO {@value #PROTOCOL} (kernels before 5.18 drop it)</td></tr>
 * <tr><td>route</td><td>rtm_protocol {@value #PROTOCOL}</td></tr>
 * <tr><td>rule</td><td>FRA_PROTOCOL {@value #PROTOCOL}</td></tr>
 * <tr><td>neighbour</td><td>NDA_PROTOCOL {@value #PROTOCOL}</td></tr>
 * <tr><td>forwarding entry</td><td>none: ours if its device is ours, else a record of our own</td></tr>
 * <tr><td>sysctl</td><td>none: a record of the value before</td></tr>
 * <tr><td>nftables table</td><td>its name, {@value #NFT_TABLE} or beginning with it and a hyphen</td></tr>
 * <tr><td>nftables rule or element in a shared table</td><td>its comment</td></tr>
 * </table>
 */
public final class Ownership {
    /**
     * Our number among routing protocols (linux/rtnetlink.h, RTPROT_*: above 4 they are free for
     * user space). Not used by the routing daemons and container networks we know.
     */
    public static final int PROTOCOL = 75;

    /** What the alias of each of our links begins with. */
    public static final String ALIAS_PREFIX = "kakehashi:";

    /** The longest alias the kernel takes: IFALIASZ less the final zero (linux/if.h). */
    public static final int MAX_ALIAS = 255;

    /** The name of our own nftables tables, or what it begins with before a hyphen. */
    public static final String NFT_TABLE = "kakehashi";

    /** The device group of links on their way out: {@code ip link delete group}. */
    public static final int REAP_GROUP = 0x4b4b4852;

    /**
     * The device group of links that have no alias yet: where one is made from another namespace
     * the kernel takes a group with it, but no alias.
     */
    public static final int NASCENT_GROUP = 0x4b4b4841;

    /** What the name of a link on its way out begins with, where it gave up its own. */
    public static final String REAP_PREFIX = "kkx";

    private Ownership() {}

    /** The alias of a link that is for {@code owner}. */
    public static String alias(String owner) {
        return ALIAS_PREFIX + owner;
    }

    /** Whether a link of this device group was removed and is gone soon. */
    public static boolean isOnItsWayOut(int group) {
        return group == REAP_GROUP;
    }

    /** Whether a link with this alias is ours. */
    public static boolean isOurAlias(String alias) {
        return alias.startsWith(ALIAS_PREFIX);
    }

    /** Whom a link of ours is for. */
    public static String ownerOf(String alias) {
        return alias.substring(ALIAS_PREFIX.length());
    }

    /** Whether an nftables table of this name is ours as a whole. */
    public static boolean isOurTable(String table) {
        return table.equals(NFT_TABLE) || table.startsWith(NFT_TABLE + "-");
    }
}
