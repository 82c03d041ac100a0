/* Frames of the attach protocol: docs/attach-protocol.md has the table this file writes down. */
#ifndef KAKEHASHI_FRAME_H
#define KAKEHASHI_FRAME_H

#include "buffer.h"

enum {
    PROTOCOL_VERSION = 1,
    PROTOCOL_LOWEST = 1,
    HEADER_SIZE = 12,
    PAYLOAD_LIMIT = 4 << 20,
    STDIN_LIMIT = 2 << 20,
    STDOUT_LIMIT = 1 << 20,
    STDERR_LIMIT = 256 << 10,
    DESCRIPTOR_LIMIT = 8,
    FRAME_TIMEOUT_MS = 10000,
    CRITICAL = 0x8000,
};

enum frame_type { REQUEST = 1, FINISH = 2, EXEC = 3, EXECUTED = 4, REFUSED = 5 };

enum tag {
    PLUGIN = 1,
    ENVIRONMENT = 2,
    STDIN = 3,
    DEADLINE = 4,
    LOWEST = 5,
    DESCRIPTORS = 6,
    FRONT = 7,
    REQUEST_ID = 8,
    NETNS_ERRNO = 9,
    DIRECTORY = 10,
    HIGHEST = 11,
    REASON = 12,
    TEXT = 13,
    EXIT_STATUS = 20,
    STDOUT = 21,
    STDERR = 22,
    EXEC_PATH = 30,
    EXEC_ERRNO = 31,
    TAG_LIMIT = 32,
};

enum role { ROLE_OWN_NETNS = 1, ROLE_ROOT = 2, ROLE_CONTAINER_NETNS = 3 };

enum reason { NO_COMMON_VERSION = 1, MALFORMED = 2, TOO_LARGE = 3, LEAVING = 4, NOT_ROOT = 5 };

/* Building: frame_begin, any number of put_*, frame_end. A put that lacks memory makes frame_end return false. */
struct frame_out {
    struct buffer bytes;
    bool failed;
};
void frame_begin(struct frame_out *f, enum frame_type type);
void put_bytes(struct frame_out *f, enum tag tag, const void *data, size_t length);
void put_text(struct frame_out *f, enum tag tag, const char *text);
void put_u16(struct frame_out *f, enum tag tag, uint16_t value);
void put_u32(struct frame_out *f, enum tag tag, uint32_t value);
bool frame_end(struct frame_out *f);

/* A field in place: not zero-terminated; data is NULL when the field is absent. */
struct field {
    const unsigned char *data;
    size_t length;
};

/* A received frame; the fields point into its buffer. */
struct frame_in {
    struct buffer bytes;
    unsigned type;
    struct field fields[TAG_LIMIT];
};

/* Splits f->bytes (header and payload) into fields. NULL, or what is wrong with the frame. */
const char *frame_parse(struct frame_in *f);

/* A field of four or two bytes as a number, else the fallback. */
uint32_t get_number(const struct frame_in *f, enum tag tag, uint32_t fallback);

#endif
