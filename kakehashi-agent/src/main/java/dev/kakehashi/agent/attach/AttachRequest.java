package dev.kakehashi.agent.attach;

import java.util.Optional;

/**
 * One CNI call as the front binary handed it over (frame REQUEST), without its descriptors.
 *
 * @param plugin the plugin's type
 * @param environment the whole environment
 * @param stdin the configuration; empty for commands that read none
 * @param deadline when the front binary stops waiting
 * @param id the same when the front binary asks again
 * @param front the front binary's own executable
 * @param directory the front binary's working directory
 * @param netnsErrno why CNI_NETNS did not open, 0 if it did or was not set
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record AttachRequest(
        String plugin,
        Environment environment,
        byte[] stdin,
        Deadline deadline,
        RequestId id,
        Optional<FileId> front,
        String directory,
        int netnsErrno) {

    /**
     * Reads a REQUEST frame.
     *
     * @throws ProtocolException when a needed field is missing or a field is malformed
     */
    static AttachRequest decode(Frame frame) throws ProtocolException {
        String plugin = frame.text(Tag.PLUGIN);
        if (plugin.isEmpty() || plugin.indexOf('/') >= 0 || plugin.indexOf('\0') >= 0) {
            throw new ProtocolException(Refusal.MALFORMED, "PLUGIN is no name of a plugin");
        }
        String directory = frame.has(Tag.DIRECTORY) ? frame.text(Tag.DIRECTORY) : "/";
        if (directory.indexOf('\0') >= 0 || !directory.startsWith("/")) {
            throw new ProtocolException(Refusal.MALFORMED, "DIRECTORY is no absolute path");
        }
        return new AttachRequest(
                plugin,
                Environment.decode(frame.bytes(Tag.ENVIRONMENT)),
                frame.bytes(Tag.STDIN),
                Deadline.inMillis(frame.number(Tag.DEADLINE)),
                RequestId.decode(frame.bytes(Tag.REQUEST_ID, 16)),
                front(frame),
                directory,
                frame.has(Tag.NETNS_ERRNO) ? frame.number(Tag.NETNS_ERRNO) : 0);
    }

    private static Optional<FileId> front(Frame frame) throws ProtocolException {
        if (!frame.has(Tag.FRONT)) {
            return Optional.empty();
        }
        byte[] id = frame.bytes(Tag.FRONT, 16);
        return Optional.of(new FileId(Frame.int64(id, 0), Frame.int64(id, 8)));
    }

    /** Writes a REQUEST frame that describes {@code descriptors} descriptors sent along. */
    byte[] encode(int version, byte[] descriptors) throws ProtocolException {
        FrameWriter frame =
                new FrameWriter(version, FrameType.REQUEST)
                        .put(Tag.PLUGIN, plugin)
                        .put(Tag.ENVIRONMENT, environment.bytes())
                        .put(Tag.STDIN, stdin)
                        .put(Tag.DEADLINE, deadline.remainingMillis())
                        .put(Tag.LOWEST, Protocol.LOWEST)
                        .put(Tag.DESCRIPTORS, descriptors)
                        .put(Tag.REQUEST_ID, id.encode())
                        .put(Tag.DIRECTORY, directory);
        if (front.isPresent()) {
            RequestId both = new RequestId(front.get().device(), front.get().inode());
            frame.put(Tag.FRONT, both.encode());
        }
        if (netnsErrno != 0) {
            frame.put(Tag.NETNS_ERRNO, netnsErrno);
        }
        return frame.finish();
    }

    /** The same call with another configuration. */
    AttachRequest withStdin(byte[] other) {
        return new AttachRequest(
                plugin, environment, other, deadline, id, front, directory, netnsErrno);
    }

    /** A variable of the call; empty when it is not set. */
    String variable(String name) {
        return environment.get(name);
    }

    /** CNI_COMMAND. */
    String command() {
        return variable("CNI_COMMAND");
    }

    /** For whom, in words for a log. */
    String subject() {
        return command()
                + " "
                + plugin
                + " container "
                + variable("CNI_CONTAINERID")
                + " interface "
                + variable("CNI_IFNAME");
    }
}
