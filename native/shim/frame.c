#include "frame.h"

#include <string.h>

static const unsigned char magic[4] = {'K', 'K', 'H', '1'};

static void store16(unsigned char *p, uint32_t v) {
    p[0] = (unsigned char)(v >> 8);
    p[1] = (unsigned char)v;
}

static void store32(unsigned char *p, uint32_t v) {
    store16(p, v >> 16);
    store16(p + 2, v);
}

static uint32_t load16(const unsigned char *p) { return (uint32_t)p[0] << 8 | p[1]; }

static uint32_t load32(const unsigned char *p) { return load16(p) << 16 | load16(p + 2); }

void frame_begin(struct frame_out *f, enum frame_type type) {
    unsigned char header[HEADER_SIZE] = {0};
    memcpy(header, magic, sizeof magic);
    store16(header + 4, PROTOCOL_VERSION);
    store16(header + 6, type);
    f->failed = !buffer_add(&f->bytes, header, sizeof header);
}

void put_bytes(struct frame_out *f, enum tag tag, const void *data, size_t length) {
    unsigned char head[6];
    store16(head, tag);
    store32(head + 2, (uint32_t)length);
    if (length > PAYLOAD_LIMIT || !buffer_add(&f->bytes, head, sizeof head)
        || !buffer_add(&f->bytes, data, length)) {
        f->failed = true;
    }
}

void put_text(struct frame_out *f, enum tag tag, const char *text) { put_bytes(f, tag, text, strlen(text)); }

void put_u16(struct frame_out *f, enum tag tag, uint16_t value) {
    unsigned char b[2];
    store16(b, value);
    put_bytes(f, tag, b, sizeof b);
}

void put_u32(struct frame_out *f, enum tag tag, uint32_t value) {
    unsigned char b[4];
    store32(b, value);
    put_bytes(f, tag, b, sizeof b);
}

bool frame_end(struct frame_out *f) {
    if (f->failed || f->bytes.length - HEADER_SIZE > PAYLOAD_LIMIT) return false;
    store32(f->bytes.data + 8, (uint32_t)(f->bytes.length - HEADER_SIZE));
    return true;
}

const char *frame_parse(struct frame_in *f) {
    const unsigned char *p = f->bytes.data;
    if (memcmp(p, magic, sizeof magic) != 0) return "not a frame of the attach protocol";
    f->type = load16(p + 6);
    memset(f->fields, 0, sizeof f->fields);
    const unsigned char *end = p + f->bytes.length;
    p += HEADER_SIZE;
    while (p < end) {
        if (end - p < 6) return "a field is cut off";
        uint32_t tag = load16(p);
        uint32_t length = load32(p + 2);
        p += 6;
        if (length > (size_t)(end - p)) return "a field is longer than its frame";
        if (tag < TAG_LIMIT) {
            if (f->fields[tag].data) return "a field appears twice";
            f->fields[tag] = (struct field){.data = p, .length = length};
        } else if (tag & CRITICAL) {
            return "a field that must be understood is unknown";
        }
        p += length;
    }
    return NULL;
}

uint32_t get_number(const struct frame_in *f, enum tag tag, uint32_t fallback) {
    const struct field *field = &f->fields[tag];
    if (!field->data) return fallback;
    if (field->length == 4) return load32(field->data);
    if (field->length == 2) return load16(field->data);
    return fallback;
}
