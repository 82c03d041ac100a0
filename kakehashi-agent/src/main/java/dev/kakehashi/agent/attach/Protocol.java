package dev.kakehashi.agent.attach;

import java.time.Duration;

/** The numbers of docs/attach-protocol.md. */
final class Protocol {
    /** {@code K K H 1}. */
    static final int MAGIC = 0x4b4b4831;

    static final int VERSION = 1;
    static final int LOWEST = 1;

    static final int HEADER_SIZE = 12;
    static final int FIELD_HEADER_SIZE = 6;
    static final int PAYLOAD_LIMIT = 4 << 20;
    static final int STDIN_LIMIT = 2 << 20;
    static final int STDOUT_LIMIT = 1 << 20;
    static final int STDERR_LIMIT = 256 << 10;
    static final int DOCUMENT_LIMIT = PAYLOAD_LIMIT - 1024;
    static final int DESCRIPTOR_LIMIT = 8;

    /** A field with this bit in its tag must be understood. */
    static final int CRITICAL = 0x8000;

    /** Within this time of its first byte, or of the connection, a frame must be there. */
    static final Duration FRAME_TIMEOUT = Duration.ofSeconds(10);

    private Protocol() {}
}
