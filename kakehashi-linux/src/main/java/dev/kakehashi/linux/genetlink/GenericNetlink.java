package dev.kakehashi.linux.genetlink;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.BatchResult;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageDecoder;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkProtocol;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netlink.NetlinkSocket;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One family of generic netlink in one namespace. The kernel gives a family its number when the
 * family's module is loaded, which asking for the name does (linux/genetlink.h, {@code nlctrl}).
 * What {@link NetlinkSocket} says of threads and of keeping a namespace alive holds here too.
 */
public final class GenericNetlink implements AutoCloseable {
    /** {@code struct genlmsghdr}: command, version, two bytes of nothing. */
    static final int HEADER = 4;

    private static final int GENL_ID_CTRL = 0x10;
    private static final int CTRL_CMD_GETFAMILY = 3;
    private static final int CTRL_ATTR_FAMILY_ID = 1;
    private static final int CTRL_ATTR_FAMILY_NAME = 2;
    private static final int CTRL_VERSION = 1;

    private final NetlinkSocket socket;
    private final int family;

    private GenericNetlink(NetlinkSocket socket, int family) {
        this.socket = socket;
        this.family = family;
    }

    /**
     * Opens a socket for a family.
     *
     * @return empty when the kernel has no such family
     */
    public static Optional<GenericNetlink> open(Netns netns, String family) throws IOException {
        NetlinkSocket socket = NetlinkSocket.open(netns, NetlinkProtocol.GENERIC);
        try {
            Optional<NetlinkMessage> answer = socket.find(new GetFamily(family), Errno.ENOENT);
            if (answer.isEmpty()) {
                socket.close();
                return Optional.empty();
            }
            return Optional.of(new GenericNetlink(socket, familyIn(answer.get())));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static int familyIn(NetlinkMessage answer) throws MalformedMessageException {
        Attributes attributes = answer.payload().attributes(HEADER);
        while (attributes.next()) {
            if (attributes.attribute().type() == CTRL_ATTR_FAMILY_ID) {
                return attributes.attribute().u16();
            }
        }
        throw new MalformedMessageException("a family of generic netlink without a number");
    }

    /** Executes requests in order; see {@link NetlinkSocket#submit}. */
    public BatchResult submit(List<? extends GenericRequest> requests) throws IOException {
        List<Addressed> addressed = new ArrayList<>(requests.size());
        for (GenericRequest request : requests) {
            addressed.add(new Addressed(family, request));
        }
        return socket.submit(addressed);
    }

    /** Lists objects; see {@link NetlinkSocket#dump}. */
    public <T> List<T> dump(GenericRequest request, MessageDecoder<T> decoder) throws IOException {
        return socket.dump(
                new Addressed(family, request),
                message -> message.type() == family ? decoder.decode(message) : Optional.empty());
    }

    /** Where the attributes of a message of a family begin. */
    public static Attributes attributes(NetlinkMessage message) throws MalformedMessageException {
        return message.payload().attributes(HEADER);
    }

    @Override
    public void close() {
        socket.close();
    }

    static void writeHeader(MessageWriter writer, int command, int version) {
        writer.u8(command).u8(version).u16(0);
    }

    private record Addressed(int type, GenericRequest request) implements NetlinkRequest {
        @Override
        public int flags() {
            return 0;
        }

        @Override
        public void writeTo(MessageWriter writer) {
            writeHeader(writer, request.command(), request.version());
            request.writeTo(writer);
        }

        @Override
        public String toString() {
            return request.toString();
        }
    }

    private record GetFamily(String name) implements NetlinkRequest {
        @Override
        public int type() {
            return GENL_ID_CTRL;
        }

        @Override
        public int flags() {
            return 0;
        }

        @Override
        public void writeTo(MessageWriter writer) {
            writeHeader(writer, CTRL_CMD_GETFAMILY, CTRL_VERSION);
            writer.string(CTRL_ATTR_FAMILY_NAME, name);
        }

        @Override
        public String toString() {
            return "genl ctrl get name " + name;
        }
    }
}
