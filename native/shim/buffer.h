/* A byte buffer that grows up to a limit, and the clock every wait is measured against. */
#ifndef KAKEHASHI_BUFFER_H
#define KAKEHASHI_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
    unsigned char *data;
    size_t length;
    size_t capacity;
};

/* Each returns false when memory is short; nothing is lost then. */
bool buffer_reserve(struct buffer *b, size_t more);
bool buffer_add(struct buffer *b, const void *data, size_t length);
bool buffer_add_text(struct buffer *b, const char *text);
/*
 * One text of several, ended by NULL; false when it does not fit. In place of snprintf(3), which is a quarter of a small
 * static executable.
 */
bool text_join(char *to, size_t size, const char *const parts[]);
#define TEXT_JOIN(to, ...) text_join(to, sizeof(to), (const char *const[]){__VA_ARGS__, NULL})

/* The digits of a number that is not negative. */
struct digits {
    char text[12];
};
struct digits decimal(int number);

void buffer_free(struct buffer *b);

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t now_ms(void);

/* What is left until a time of now_ms(), as poll(2) takes it: never negative, never "forever". */
int remaining_ms(int64_t deadline);

void sleep_ms(long ms);

/*
 * Reads until the end of file. Returns 0, or an errno: ETIMEDOUT at the deadline, EFBIG beyond the limit.
 */
int read_all(int fd, struct buffer *into, size_t limit, int64_t deadline);

/* Writes everything; returns 0 or an errno. */
int write_all(int fd, const void *data, size_t length);

#endif
