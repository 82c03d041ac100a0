package dev.kakehashi.ipam;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * Who holds an address: what a reservation's file says.
 *
 * @param containerId without surrounding white space
 * @param ifname the interface; empty in files of old versions of the reference plugin, which wrote
 *     the container's id alone
 */
record Owner(String containerId, Optional<String> ifname) {

    /** Whoever wrote a file that cannot be read. */
    static final Owner UNKNOWN = new Owner("", Optional.empty());

    private static final String LINE_BREAK = "\r\n";

    static Owner of(String containerId, String ifname) {
        return new Owner(containerId.strip(), Optional.of(ifname));
    }

    /** Reads a file's content; empty when there is nothing but white space in it. */
    static Optional<Owner> parse(String content) {
        String text = content.strip();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        int end = text.indexOf(LINE_BREAK);
        return Optional.of(
                end < 0
                        ? new Owner(text, Optional.empty())
                        : new Owner(
                                text.substring(0, end),
                                Optional.of(text.substring(end + LINE_BREAK.length()))));
    }

    // Written out: see NetnsId.equals.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Owner owner
                && containerId.equals(owner.containerId)
                && ifname.equals(owner.ifname);
    }

    @Override
    public int hashCode() {
        return 31 * containerId.hashCode() + ifname.hashCode();
    }

    /** The file's content. */
    String content() {
        return containerId + ifname.map(name -> LINE_BREAK + name).orElse("");
    }

    /** The same container, without saying which interface: the form of old files. */
    Owner withoutInterface() {
        return new Owner(containerId, Optional.empty());
    }
}
