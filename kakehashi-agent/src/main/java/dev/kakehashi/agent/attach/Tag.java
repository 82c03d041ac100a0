package dev.kakehashi.agent.attach;

import org.jspecify.annotations.Nullable;

/** The fields of frames (docs/attach-protocol.md, "Frames"), with the longest value of each. */
enum Tag {
    PLUGIN(1, 255),
    ENVIRONMENT(2, Protocol.PAYLOAD_LIMIT),
    STDIN(3, Protocol.STDIN_LIMIT),
    DEADLINE(4, 4),
    LOWEST(5, 2),
    DESCRIPTORS(6, Protocol.DESCRIPTOR_LIMIT),
    FRONT(7, 16),
    REQUEST_ID(8, 16),
    NETNS_ERRNO(9, 4),
    DIRECTORY(10, 4096),
    HIGHEST(11, 2),
    REASON(12, 2),
    TEXT(13, 4096),
    EXIT_STATUS(20, 4),
    STDOUT(21, Protocol.STDOUT_LIMIT),
    STDERR(22, Protocol.STDERR_LIMIT),
    PATH(30, 4096),
    ERRNO(31, 4),
    DOCUMENT(40, Protocol.DOCUMENT_LIMIT);

    private static final Tag[] BY_NUMBER = byNumber();

    private final int number;
    private final int longest;

    Tag(int number, int longest) {
        this.number = number;
        this.longest = longest;
    }

    int number() {
        return number;
    }

    /** The longest value in bytes. */
    int longest() {
        return longest;
    }

    /** The field with a number, or null for one that a later version has. */
    static @Nullable Tag of(int number) {
        return number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    }

    private static Tag[] byNumber() {
        Tag[] tags = new Tag[DOCUMENT.number + 1];
        for (Tag tag : values()) {
            tags[tag.number] = tag;
        }
        return tags;
    }
}
