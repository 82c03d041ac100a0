#include "buffer.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * What an ordinary request and its answer take, handed out once: a process of a millisecond need not ask the kernel
 * for memory, eight times, and give it back.
 */
enum { FIRST = 8192, FIRSTS = 4 };
static unsigned char first[FIRSTS][FIRST];
static size_t firsts_given;

static bool is_first(const unsigned char *data) { return data >= first[0] && data < first[0] + sizeof first; }

bool buffer_reserve(struct buffer *b, size_t more) {
    if (b->capacity - b->length >= more) return true;
    if (!b->data && more <= FIRST && firsts_given < FIRSTS) {
        b->data = first[firsts_given++];
        b->capacity = FIRST;
        return true;
    }
    size_t capacity = b->capacity ? b->capacity : FIRST;
    while (capacity - b->length < more) capacity *= 2;
    unsigned char *data = realloc(is_first(b->data) ? NULL : b->data, capacity);
    if (!data) return false;
    if (is_first(b->data)) memcpy(data, b->data, b->length);
    b->data = data;
    b->capacity = capacity;
    return true;
}

bool buffer_add(struct buffer *b, const void *data, size_t length) {
    if (!buffer_reserve(b, length)) return false;
    if (length) memcpy(b->data + b->length, data, length);
    b->length += length;
    return true;
}

bool buffer_add_text(struct buffer *b, const char *text) { return buffer_add(b, text, strlen(text)); }

bool text_join(char *to, size_t size, const char *const parts[]) {
    size_t length = 0;
    for (; *parts; parts++) {
        for (const char *p = *parts; *p; p++) {
            if (length + 1 == size) {
                to[length] = 0;
                return false;
            }
            to[length++] = *p;
        }
    }
    to[length] = 0;
    return true;
}

struct digits decimal(int number) {
    char reversed[12];
    size_t count = 0;
    do {
        reversed[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    struct digits d = {""};
    for (size_t i = 0; i < count; i++) d.text[i] = reversed[count - 1 - i];
    return d;
}

void buffer_free(struct buffer *b) {
    if (!is_first(b->data)) free(b->data);
    *b = (struct buffer){0};
}

int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int remaining_ms(int64_t deadline) {
    int64_t left = deadline - now_ms();
    if (left < 0) return 0;
    return left > INT_MAX ? INT_MAX : (int)left;
}

void sleep_ms(long ms) {
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

int read_all(int fd, struct buffer *into, size_t limit, int64_t deadline) {
    size_t start = into->length;
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int ready = poll(&p, 1, remaining_ms(deadline));
        if (ready == 0) return ETIMEDOUT;
        if (ready < 0) {
            if (errno == EINTR) continue;
            return errno;
        }
        if (!buffer_reserve(into, 4096)) return ENOMEM;
        ssize_t n = read(fd, into->data + into->length, into->capacity - into->length);
        if (n == 0) return 0;
        if (n < 0) {
            if (errno == EINTR || errno == EAGAIN) continue;
            return errno;
        }
        into->length += (size_t)n;
        if (into->length - start > limit) return EFBIG;
    }
}

int write_all(int fd, const void *data, size_t length) {
    const unsigned char *p = data;
    while (length) {
        ssize_t n = write(fd, p, length);
        if (n < 0) {
            if (errno == EINTR) continue;
            if (errno != EAGAIN) return errno;
            struct pollfd full = {.fd = fd, .events = POLLOUT};
            poll(&full, 1, 1000);
            continue;
        }
        p += n;
        length -= (size_t)n;
    }
    return 0;
}
