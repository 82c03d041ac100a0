#define _GNU_SOURCE /* memfd_create */
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channel.h"

extern char **environ;

enum { READY_TIMEOUT_MS = 5000, FAILURE_FRESH_MS = 2000, LOG_LIMIT = 1 << 20 };

static bool join(char *to, const char *directory, const char *name) {
    return text_join(to, PATH_MAX, (const char *const[]){directory, "/", name, NULL});
}

/* The directory of the socket, made root-only when it is missing (its parents as usual). */
static bool socket_directory(const char *socket_path, char *directory) {
    if (!text_join(directory, PATH_MAX, (const char *const[]){socket_path, NULL})) return false;
    char *slash = strrchr(directory, '/');
    if (!slash || slash == directory) return false;
    *slash = 0;
    for (char *p = directory + 1; *p; p++) {
        if (*p != '/') continue;
        *p = 0;
        mkdir(directory, 0755);
        *p = '/';
    }
    return mkdir(directory, 0700) == 0 || errno == EEXIST;
}

static void log_to(const char *directory) {
    char path[PATH_MAX];
    const char *given = getenv("KAKEHASHI_LOG");
    if (given && *given) {
        if (!TEXT_JOIN(path, given)) return;
    } else if (!join(path, directory, "agent.log")) {
        return;
    }
    int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (log < 0) return;
    struct stat s;
    if (fstat(log, &s) == 0 && S_ISREG(s.st_mode) && s.st_size > LOG_LIMIT && ftruncate(log, 0) != 0) return;
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
}

/* The request's variables are not the agent's: it would show them to every later foreign delegate. */
static void forget_request(void) {
    char **kept = environ;
    for (char **e = environ; *e; e++) {
        if (strncmp(*e, "CNI_", 4) != 0) *kept++ = *e;
    }
    *kept = NULL;
}

static void close_inherited(void) {
#ifdef SYS_close_range
    if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0) return;
#endif
    for (int fd = 3; fd < 1024; fd++) close(fd);
}

/* The runtime waits for the end of our standard output: the agent must hold none of what we were given. */
static _Noreturn void become_agent(const struct install *install, const char *socket_path, const char *directory) {
    setsid();
    if (chdir("/") != 0) _exit(126);
    umask(022);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= 2 && null >= 0; fd++) dup2(null, fd);
    log_to(directory);
    close_inherited();
    forget_request();
    const char *const arguments[] = {install->launcher, "--on-demand", "--socket", socket_path, NULL};
    execve(install->launcher, (char *const *)arguments, environ);
    _exit(127);
}

/* Whether an agent has just failed to start: then the next front binary in the queue need not try again. */
static bool failed_just_now(int lock) {
    int64_t when;
    return pread(lock, &when, sizeof when, 0) == sizeof when && when <= now_ms() && now_ms() - when < FAILURE_FRESH_MS;
}

static void note_failure(int lock) {
    int64_t when = now_ms();
    if (pwrite(lock, &when, sizeof when, 0) != sizeof when) return; /* then the next one tries for itself */
}

int start_agent(const struct install *install, const char *socket_path, int64_t deadline) {
    char directory[PATH_MAX], lock_path[PATH_MAX];
    if (!socket_directory(socket_path, directory) || !join(lock_path, directory, "start.lock")) return -1;
    int lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0) return -1;
    int64_t until = now_ms() + READY_TIMEOUT_MS;
    if (until > deadline) until = deadline;
    pid_t agent = 0;
    int fd;
    for (;;) {
        fd = channel_connect(socket_path, until);
        if (fd >= 0 || remaining_ms(until) == 0) break;
        if (agent > 0) {
            int status;
            /* Exit 0 is an agent that found another one ready: the next connect reaches that. */
            if (waitpid(agent, &status, WNOHANG) == agent && status != 0) {
                note_failure(lock);
                break;
            }
        } else if (flock(lock, LOCK_EX | LOCK_NB) == 0) {
            fd = channel_connect(socket_path, until); /* started between our connect and our lock? */
            if (fd >= 0 || failed_just_now(lock)) break;
            agent = fork();
            if (agent == 0) become_agent(install, socket_path, directory);
            if (agent < 0) break;
        }
        sleep_ms(2);
    }
    close(lock);
    return fd;
}

int run_one_shot(const struct install *install, const struct request *r) {
    int input = memfd_create("cni-stdin", 0);
    if (input < 0) return errno;
    int error = write_all(input, r->config.data, r->config.length);
    if (error) return error;
    if (lseek(input, 0, SEEK_SET) != 0 || dup2(input, STDIN_FILENO) < 0) return errno;
    close(input);
    const struct digits timeout = decimal(remaining_ms(r->deadline));
    const char *const arguments[] = {install->launcher, "--one-shot", r->plugin, "--front", install->executable,
                                     "--deadline-ms", timeout.text, NULL};
    execve(install->launcher, (char *const *)arguments, environ);
    return errno;
}
