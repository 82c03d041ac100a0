package dev.kakehashi.linux.rtnetlink;

/**
 * IPv4 settings of one link that netlink can set with the link ({@code IPV4_DEVCONF_*} of
 * linux/ip.h): the same as the files under {@code /proc/sys/net/ipv4/conf/$link/}, without opening
 * them.
 */
public enum Ipv4Setting {
    FORWARDING(1),
    PROXY_ARP(3),
    ACCEPT_REDIRECTS(4),
    SEND_REDIRECTS(6),
    RP_FILTER(8),
    ARP_ANNOUNCE(18),
    ARP_IGNORE(19),
    ARP_NOTIFY(22),
    ACCEPT_LOCAL(23),
    ROUTE_LOCALNET(26);

    private final int number;

    Ipv4Setting(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
