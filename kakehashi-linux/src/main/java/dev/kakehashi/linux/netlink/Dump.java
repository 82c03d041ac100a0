package dev.kakehashi.linux.netlink;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * One attempt to read a list. A message that cannot be decoded is reported only at the end, since
 * the kernel refuses the next dump on a socket whose last one was not read to its end.
 */
final class Dump<T> {
    private final NetlinkRequest request;
    private final MessageDecoder<T> decoder;
    private final int sequence;
    private final int port;
    private final List<T> values = new ArrayList<>();
    private boolean done;
    private boolean interrupted;
    private @Nullable MalformedMessageException malformed;

    Dump(NetlinkRequest request, MessageDecoder<T> decoder, int sequence, int port) {
        this.request = request;
        this.decoder = decoder;
        this.sequence = sequence;
        this.port = port;
    }

    void add(byte[] datagram) throws NetlinkException, MalformedMessageException {
        for (NetlinkMessage message : NetlinkMessage.split(datagram)) {
            if (message.sequence() != sequence || message.port() != port) {
                continue;
            }
            interrupted |= message.has(NetlinkMessage.NLM_F_DUMP_INTR);
            switch (message.type()) {
                case NetlinkMessage.NLMSG_DONE -> {
                    done = true;
                    failIfError(NetlinkError.decodeDone(message));
                }
                case NetlinkMessage.NLMSG_ERROR -> {
                    done = true;
                    failIfError(NetlinkError.decode(message));
                }
                case NetlinkMessage.NLMSG_NOOP -> {}
                default -> decode(message);
            }
        }
    }

    private void decode(NetlinkMessage message) {
        try {
            decoder.decode(message).ifPresent(values::add);
        } catch (MalformedMessageException e) {
            if (malformed == null) {
                malformed = e;
            }
        }
    }

    private void failIfError(NetlinkError error) throws NetlinkException {
        if (error.errno() != 0) {
            throw new NetlinkException(request.toString(), error);
        }
    }

    boolean done() {
        return done;
    }

    boolean interrupted() {
        return interrupted;
    }

    List<T> values() throws MalformedMessageException {
        if (malformed != null) {
            throw malformed;
        }
        return values;
    }
}
