package dev.kakehashi.linux.netlink;

import java.util.Optional;

/** Turns a message of a dump into a value; empty for messages that are not asked for. */
@FunctionalInterface
public interface MessageDecoder<T> {
    Optional<T> decode(NetlinkMessage message) throws MalformedMessageException;
}
