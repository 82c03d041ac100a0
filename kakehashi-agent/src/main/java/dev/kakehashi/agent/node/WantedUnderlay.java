package dev.kakehashi.agent.node;

import dev.kakehashi.linux.IpAddresses;

import java.net.InetAddress;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** How an administrator says by which interface other nodes are reached. */
public sealed interface WantedUnderlay {
    /** The interface of that name, or that has the address or an address in the prefix. */
    record Named(String text) implements WantedUnderlay {
        @Override
        public String toString() {
            return text;
        }
    }

    /** The interface of the default route, or the only one, among those whose names match. */
    record Matching(Pattern pattern) implements WantedUnderlay {
        @Override
        public String toString() {
            return INTERFACE + pattern;
        }
    }

    /** The same among those whose names do not match. */
    record Skipping(Pattern pattern) implements WantedUnderlay {
        @Override
        public String toString() {
            return SKIP_INTERFACE + pattern;
        }
    }

    /** The interface by which the kernel would send to an address. */
    record Reaching(InetAddress address) implements WantedUnderlay {
        @Override
        public String toString() {
            return CAN_REACH + IpAddresses.format(address);
        }
    }

    // The words of Calico's IP_AUTODETECTION_METHOD.
    /** Before the regular expression of {@link Matching}. */
    String INTERFACE = "interface=";

    /** Before the regular expression of {@link Skipping}. */
    String SKIP_INTERFACE = "skip-interface=";

    /** Before the address of {@link Reaching}. */
    String CAN_REACH = "can-reach=";

    /**
     * Reads {@code NAME}, {@code ADDRESS}, {@code PREFIX}, {@code interface=REGEX}, {@code
     * skip-interface=REGEX} or {@code can-reach=ADDRESS}. Expressions match anywhere in a name, as
     * Calico's and Flannel's do.
     *
     * @throws IllegalArgumentException naming what is wrong with the expression or the address
     */
    static WantedUnderlay parse(String text) {
        if (text.startsWith(INTERFACE)) {
            return new Matching(pattern(text, INTERFACE));
        }
        if (text.startsWith(SKIP_INTERFACE)) {
            return new Skipping(pattern(text, SKIP_INTERFACE));
        }
        if (text.startsWith(CAN_REACH)) {
            try {
                return new Reaching(IpAddresses.parse(text.substring(CAN_REACH.length())));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(text + ": " + e.getMessage(), e);
            }
        }
        return new Named(text);
    }

    private static Pattern pattern(String text, String word) {
        String expression = text.substring(word.length());
        if (expression.isEmpty()) {
            throw new IllegalArgumentException(text + ": there is no expression");
        }
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    text + ": " + e.getDescription() + " at character " + (e.getIndex() + 1), e);
        }
    }
}
