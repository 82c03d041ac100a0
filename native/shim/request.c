#define _GNU_SOURCE /* O_PATH */
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "channel.h"
#include "error.h"

extern char **environ;

enum { DEFAULT_TIMEOUT_S = 300, LONGEST_TIMEOUT_S = 86400 };

/* KAKEHASHI_TIMEOUT in milliseconds, or -1 when it is no number of seconds. */
static int64_t timeout_ms(void) {
    const char *text = getenv("KAKEHASHI_TIMEOUT");
    if (!text || !*text) return DEFAULT_TIMEOUT_S * 1000;
    char *end;
    long seconds = strtol(text, &end, 10);
    return *end || seconds < 1 || seconds > LONGEST_TIMEOUT_S ? -1 : (int64_t)seconds * 1000;
}

int request_read(struct request *r, const char *argv0) {
    const char *slash = argv0 ? strrchr(argv0, '/') : NULL;
    r->plugin = slash ? slash + 1 : argv0 ? argv0 : "";
    const char *command = getenv("CNI_COMMAND");
    r->command = command ? command : "";
    int64_t timeout = timeout_ms();
    if (timeout < 0) {
        return cni_error(&r->config, BAD_ENVIRONMENT, "KAKEHASHI_TIMEOUT is not a number of seconds from 1 to 86400",
                         getenv("KAKEHASHI_TIMEOUT"));
    }
    r->deadline = now_ms() + timeout;
    if (getrandom(r->id, sizeof r->id, 0) != sizeof r->id) memset(r->id, 0, sizeof r->id);
    if (request_is_question(r)) return 0;
    int error = read_all(STDIN_FILENO, &r->config, STDIN_LIMIT, r->deadline);
    if (error == EFBIG) {
        return cni_error(&r->config, IO_FAILURE, "error reading from stdin: the configuration is larger than 2 MiB", NULL);
    }
    if (error) {
        char text[128];
        TEXT_JOIN(text, "error reading from stdin: ", strerror(error));
        return cni_error(&r->config, IO_FAILURE, text, NULL);
    }
    return 0;
}

bool request_is_question(const struct request *r) { return !*r->command || strcmp(r->command, "VERSION") == 0; }

static void put_environment(struct frame_out *f) {
    struct buffer b = {0};
    for (char **e = environ; *e; e++) {
        if (!buffer_add(&b, *e, strlen(*e) + 1)) f->failed = true;
    }
    put_bytes(f, ENVIRONMENT, b.data, b.length);
    buffer_free(&b);
}

static void put_own_executable(struct frame_out *f) {
    struct stat s;
    if (stat("/proc/self/exe", &s) != 0) return;
    uint64_t device = (uint64_t)major(s.st_dev) << 32 | minor(s.st_dev);
    unsigned char both[16];
    for (int i = 0; i < 8; i++) {
        both[i] = (unsigned char)(device >> (56 - 8 * i));
        both[8 + i] = (unsigned char)((uint64_t)s.st_ino >> (56 - 8 * i));
    }
    put_bytes(f, FRONT, both, sizeof both);
}

struct descriptors {
    int fds[DESCRIPTOR_LIMIT];
    unsigned char roles[DESCRIPTOR_LIMIT];
    size_t count;
};

static int hand_over(struct descriptors *d, enum role role, const char *path, int flags) {
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0) return errno;
    d->fds[d->count] = fd;
    d->roles[d->count++] = (unsigned char)role;
    return 0;
}

int request_send(const struct request *r, int channel) {
    struct descriptors d = {.count = 0};
    hand_over(&d, ROLE_OWN_NETNS, "/proc/self/ns/net", O_RDONLY);
    hand_over(&d, ROLE_ROOT, "/", O_PATH | O_DIRECTORY);
    const char *netns = getenv("CNI_NETNS");
    int netns_error = 0;
    if (netns && *netns) {
        /* O_NONBLOCK: the path comes from outside and may name a FIFO */
        netns_error = hand_over(&d, ROLE_CONTAINER_NETNS, netns, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    }

    struct frame_out f = {.failed = false};
    frame_begin(&f, REQUEST);
    put_text(&f, PLUGIN, r->plugin);
    put_environment(&f);
    put_bytes(&f, STDIN, r->config.data, r->config.length);
    put_u32(&f, DEADLINE, (uint32_t)remaining_ms(r->deadline));
    put_u16(&f, LOWEST, PROTOCOL_LOWEST);
    put_bytes(&f, DESCRIPTORS, d.roles, d.count);
    put_bytes(&f, REQUEST_ID, r->id, sizeof r->id);
    put_own_executable(&f);
    char directory[PATH_MAX];
    if (getcwd(directory, sizeof directory)) put_text(&f, DIRECTORY, directory);
    if (netns_error) put_u32(&f, NETNS_ERRNO, (uint32_t)netns_error);
    int error = frame_end(&f) ? channel_send(channel, &f, d.fds, d.count, r->deadline) : E2BIG;
    buffer_free(&f.bytes);
    while (d.count) close(d.fds[--d.count]);
    return error;
}
