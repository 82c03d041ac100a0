#define _GNU_SOURCE /* pipe2 */
#include "delegate.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The reference library's number of tries for a binary that is just being installed. */
enum { BUSY_TRIES = 6, BUSY_PAUSE_MS = 1000, COULD_NOT_EXECUTE = 127, KILLED = 128 };

struct child {
    pid_t pid;
    int in, out, err; /* our ends of its standard streams; -1 once closed */
    struct buffer stdout_bytes, stderr_bytes;
};

static void close_end(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static char *text_of(const struct field *f) {
    char *text = malloc(f->length + 1);
    if (!text) return NULL;
    memcpy(text, f->data, f->length);
    text[f->length] = 0;
    return text;
}

/* The zero-terminated strings of the field, which the frame's buffer keeps alive. */
static char **environment_of(const struct field *f) {
    size_t count = 0;
    for (size_t i = 0; i < f->length; i++) count += f->data[i] == 0;
    char **list = calloc(count + 1, sizeof *list);
    if (!list) return NULL;
    const unsigned char *p = f->data;
    for (size_t i = 0; i < count; i++) {
        list[i] = (char *)p;
        p += strlen((const char *)p) + 1;
    }
    return list;
}

static int spawn(struct child *c, const char *path, char **environment) {
    int in[2], out[2], err[2];
    if (pipe2(in, O_CLOEXEC) != 0) return errno;
    if (pipe2(out, O_CLOEXEC) != 0) return close(in[0]), close(in[1]), EMFILE;
    if (pipe2(err, O_CLOEXEC) != 0) return close(in[0]), close(in[1]), close(out[0]), close(out[1]), EMFILE;
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, err[1], STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    /* a group of its own, so that the deadline ends its children too; and the signals we ignore are ours only */
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    const char *const arguments[] = {path, NULL};
    int error = posix_spawn(&c->pid, path, &files, &attributes, (char *const *)arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    close(in[0]), close(out[1]), close(err[1]);
    c->in = in[1], c->out = out[0], c->err = err[0];
    if (error) close_end(&c->in), close_end(&c->out), close_end(&c->err);
    return error;
}

/* Reads what is there; keeps the first `limit` bytes (or the last, for a log). False when the stream is over. */
static bool drain(int fd, struct buffer *b, size_t limit, bool keep_last) {
    if (!buffer_reserve(b, 65536)) return false;
    ssize_t n = read(fd, b->data + b->length, 65536);
    if (n < 0) return errno == EINTR || errno == EAGAIN;
    if (n == 0) return false;
    b->length += (size_t)n;
    if (b->length > limit) {
        if (keep_last) memmove(b->data, b->data + (b->length - limit), limit);
        b->length = limit;
    }
    return true;
}

static bool feed(int fd, const struct field *input, size_t *fed) {
    ssize_t n = write(fd, input->data + *fed, input->length - *fed);
    if (n < 0) return errno == EINTR || errno == EAGAIN;
    *fed += (size_t)n;
    return *fed < input->length;
}

/* Moves bytes until both output streams are over. False at the deadline. */
static bool converse(struct child *c, const struct field *input, int64_t deadline) {
    size_t fed = 0;
    if (input->length == 0) close_end(&c->in);
    if (c->in >= 0) fcntl(c->in, F_SETFL, O_NONBLOCK);
    while (c->out >= 0 || c->err >= 0) {
        struct pollfd p[3] = {{.fd = c->in, .events = POLLOUT},
                              {.fd = c->out, .events = POLLIN},
                              {.fd = c->err, .events = POLLIN}};
        int ready = poll(p, 3, remaining_ms(deadline));
        if (ready == 0) return false;
        if (ready < 0) continue;
        if (p[0].revents && !feed(c->in, input, &fed)) close_end(&c->in);
        if (p[1].revents && !drain(c->out, &c->stdout_bytes, STDOUT_LIMIT, false)) close_end(&c->out);
        if (p[2].revents && !drain(c->err, &c->stderr_bytes, STDERR_LIMIT, true)) close_end(&c->err);
    }
    return true;
}

static uint32_t end_of(pid_t pid, int64_t deadline, bool kill_now) {
    int status;
    while (!kill_now) {
        pid_t ended = waitpid(pid, &status, WNOHANG);
        if (ended == pid) return WIFSIGNALED(status) ? (uint32_t)(KILLED + WTERMSIG(status)) : (uint32_t)WEXITSTATUS(status);
        if (remaining_ms(deadline) == 0) break;
        sleep_ms(1);
    }
    kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    return KILLED + SIGKILL;
}

bool delegate_run(const struct frame_in *exec, struct frame_out *answer, int64_t deadline) {
    int64_t own = now_ms() + get_number(exec, DEADLINE, 0);
    if (own < deadline) deadline = own;
    struct child c = {.in = -1, .out = -1, .err = -1};
    char *path = text_of(&exec->fields[EXEC_PATH]);
    char **environment = environment_of(&exec->fields[ENVIRONMENT]);
    int error = path && environment ? 0 : ENOMEM;
    for (int tries = 1; !error; tries++) {
        error = spawn(&c, path, environment);
        if (error != ETXTBSY || tries == BUSY_TRIES || remaining_ms(deadline) <= BUSY_PAUSE_MS) break;
        error = 0;
        sleep_ms(BUSY_PAUSE_MS);
    }
    uint32_t status = COULD_NOT_EXECUTE;
    if (!error) {
        bool over = converse(&c, &exec->fields[STDIN], deadline);
        close_end(&c.in), close_end(&c.out), close_end(&c.err);
        status = end_of(c.pid, deadline, !over);
        if (!over) error = ETIMEDOUT;
    }
    frame_begin(answer, EXECUTED);
    put_u32(answer, EXIT_STATUS, status);
    put_bytes(answer, STDOUT, c.stdout_bytes.data, c.stdout_bytes.length);
    put_bytes(answer, STDERR, c.stderr_bytes.data, c.stderr_bytes.length);
    if (error) put_u32(answer, EXEC_ERRNO, (uint32_t)error);
    buffer_free(&c.stdout_bytes);
    buffer_free(&c.stderr_bytes);
    free(path);
    free(environment);
    return frame_end(answer);
}
