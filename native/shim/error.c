#include "error.h"

#include <string.h>
#include <unistd.h>

static void add_json_string(struct buffer *b, const char *text) {
    buffer_add_text(b, "\"");
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20) {
            static const char hex[] = "0123456789abcdef";
            const char escaped[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
            buffer_add(b, escaped, sizeof escaped);
            continue;
        }
        if (c == '"' || c == '\\') buffer_add_text(b, "\\");
        buffer_add(b, text, 1);
    }
    buffer_add_text(b, "\"");
}

/*
 * The spec wants the version the configuration asked for. There is no JSON parser here; the first "cniVersion"
 * with a plain version after it is it in every configuration a runtime derives.
 */
static void add_version(struct buffer *b, const struct buffer *config) {
    static const char key[] = "\"cniVersion\"";
    const char *end = (const char *)config->data + config->length;
    for (const char *p = (const char *)config->data; p && end - p > (long)sizeof key; p++) {
        if (memcmp(p, key, sizeof key - 1) != 0) continue;
        p += sizeof key - 1;
        while (p < end && strchr(" \t\r\n:", *p) && *p) p++;
        if (p == end || *p++ != '"') return;
        size_t length = 0;
        while (p + length < end && strchr("0123456789.", p[length]) && p[length]) length++;
        if (length == 0 || length > 15 || p + length == end || p[length] != '"') return;
        buffer_add_text(b, "    \"cniVersion\": \"");
        buffer_add(b, p, length);
        buffer_add_text(b, "\",\n");
        return;
    }
}

int cni_error(const struct buffer *config, enum cni_code code, const char *msg, const char *details) {
    struct buffer b = {0};
    buffer_add_text(&b, "{\n");
    add_version(&b, config);
    buffer_add_text(&b, "    \"code\": ");
    buffer_add_text(&b, decimal((int)code).text);
    buffer_add_text(&b, ",\n");
    buffer_add_text(&b, "    \"msg\": ");
    add_json_string(&b, msg);
    if (details && *details) {
        buffer_add_text(&b, ",\n    \"details\": ");
        add_json_string(&b, details);
    }
    buffer_add_text(&b, "\n}");
    write_all(STDOUT_FILENO, b.data, b.length);
    buffer_free(&b);
    return 1;
}
