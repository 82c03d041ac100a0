/*
 * The CNI plugin binary: one file, one name per plugin. It hands the request to the resident agent and prints the
 * answer; docs/attach-protocol.md says how.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channel.h"
#include "delegate.h"
#include "error.h"
#include "start.h"

enum { TRIES = 2, ABSENT_AGENT_WAIT_MS = 5000, DYING_AGENT_WAIT_MS = 2000 };

/* How a conversation ended, when not with an exit status (0 to 255). */
enum outcome { AGENT_GONE = -1, RUN_ALONE = -2 };

static int finish(const struct frame_in *f) {
    const struct field *out = &f->fields[STDOUT], *err = &f->fields[STDERR];
    if (err->length) write_all(STDERR_FILENO, err->data, err->length);
    if (out->length && write_all(STDOUT_FILENO, out->data, out->length) != 0) return 1;
    return (int)(get_number(f, EXIT_STATUS, 1) & 0xff);
}

static int refused(const struct request *r, const struct frame_in *f) {
    switch (get_number(f, REASON, MALFORMED)) {
        case NO_COMMON_VERSION: return RUN_ALONE;
        case LEAVING: return AGENT_GONE;
        default: break;
    }
    char text[256] = "";
    const struct field *why = &f->fields[TEXT];
    if (why->data) memcpy(text, why->data, why->length < sizeof text ? why->length : sizeof text - 1);
    return cni_error(&r->config, IO_FAILURE, "the Kakehashi agent refused the request", text);
}

static int run_delegate(const struct request *r, int channel, const struct frame_in *f) {
    struct frame_out answer = {.failed = false};
    int error = delegate_run(f, &answer, r->deadline) ? channel_send(channel, &answer, NULL, 0, r->deadline) : ENOMEM;
    buffer_free(&answer.bytes);
    if (error == ENOMEM) return cni_error(&r->config, IO_FAILURE, "out of memory while running a delegate", NULL);
    return error ? AGENT_GONE : 0;
}

static int converse(const struct request *r, int channel) {
    int error = request_send(r, channel);
    if (error == E2BIG) {
        return cni_error(&r->config, IO_FAILURE, "the request is larger than 4 MiB", "environment and configuration together");
    }
    /* An agent that refuses may do so before it has read everything: its answer is still there to be read. */
    struct frame_in f = {.type = 0};
    for (;;) {
        const char *why = NULL;
        enum receipt got = channel_receive(channel, &f, r->deadline, &why);
        int result = 0;
        if (got == ENDED) {
            result = AGENT_GONE;
        } else if (got == TIMED_OUT) {
            result = cni_error(&r->config, TRY_AGAIN, "the Kakehashi agent did not answer in time",
                               "it finishes what it began; KAKEHASHI_TIMEOUT sets the seconds");
        } else if (got == BROKEN) {
            result = cni_error(&r->config, IO_FAILURE, "the Kakehashi agent's answer is malformed", why);
        } else if (f.type == FINISH) {
            result = finish(&f);
        } else if (f.type == REFUSED) {
            result = refused(r, &f);
        } else if (f.type == EXEC) {
            result = run_delegate(r, channel, &f);
            if (result == 0) continue;
        } else {
            result = cni_error(&r->config, IO_FAILURE, "the Kakehashi agent's answer is of an unknown type", NULL);
        }
        buffer_free(&f.bytes);
        return result;
    }
}

/* Without an installation there is nothing to start: an agent that is being restarted is worth waiting for. */
static int wait_for_agent(const char *socket_path, int64_t deadline) {
    int64_t until = now_ms() + ABSENT_AGENT_WAIT_MS;
    if (until > deadline) until = deadline;
    for (;;) {
        int fd = channel_connect(socket_path, until);
        if (fd >= 0 || remaining_ms(until) == 0) return fd;
        sleep_ms(20);
    }
}

static int alone(const struct request *r, const struct install *install, bool installed) {
    char details[PATH_MAX + 128];
    if (!installed) {
        return cni_error(&r->config, TRY_AGAIN, "no Kakehashi agent is running, and there is none to start",
                         "no bin/kakehashi-agent found; set KAKEHASHI_HOME, or start the agent");
    }
    int error = run_one_shot(install, r);
    TEXT_JOIN(details, install->launcher, ": ", strerror(error));
    return cni_error(&r->config, NOT_AVAILABLE, "no Kakehashi agent is running, and a one-shot run failed", details);
}

/*
 * The kernel takes connections for a process that is being killed until it has come to its sockets: an agent that has
 * ended a conversation without an answer is not asked again.
 */
static int connect_to_other(const char *socket_path, pid_t gone, int64_t deadline) {
    int64_t until = now_ms() + DYING_AGENT_WAIT_MS;
    if (until > deadline) until = deadline;
    for (;;) {
        int fd = channel_connect(socket_path, deadline);
        if (fd < 0 || gone == 0 || channel_peer(fd) != gone || remaining_ms(until) == 0) return fd;
        close(fd);
        sleep_ms(2);
    }
}

/* `dhcp daemon`, as the reference plugin has it: a program that stays, with the same flags. */
static bool is_daemon(const char *name, int argc, char **argv) {
    const char *slash = strrchr(name, '/');
    return argc > 1 && strcmp(slash ? slash + 1 : name, "dhcp") == 0 && strcmp(argv[1], "daemon") == 0;
}

static int become_daemon(struct install *install, char **argv) {
    char text[PATH_MAX + 128] = "dhcp daemon: no bin/kakehashi-agent found; set KAKEHASHI_HOME\n";
    if (install_find(install)) {
        argv[0] = install->launcher;
        argv[1] = "dhcp-daemon";
        execv(install->launcher, argv);
        TEXT_JOIN(text, "dhcp daemon: ", install->launcher, ": ", strerror(errno), "\n");
    }
    write_all(STDERR_FILENO, text, strlen(text));
    return 127;
}

int main(int argc, char **argv) {
    static struct install install;
    if (argc > 0 && is_daemon(argv[0], argc, argv)) return become_daemon(&install, argv);
    struct request r = {.plugin = ""};
    signal(SIGPIPE, SIG_IGN);
    int status = request_read(&r, argc > 0 ? argv[0] : NULL);
    if (status) return status;

    const char *mode = getenv("KAKEHASHI_AGENT");
    if (mode && strcmp(mode, "off") == 0) return alone(&r, &install, install_find(&install));
    const char *socket_path = getenv("KAKEHASHI_SOCKET");
    if (!socket_path || !*socket_path) socket_path = "/run/kakehashi/agent.sock";

    pid_t peer = 0;
    for (int tries = 0; tries < TRIES; tries++) {
        int channel = connect_to_other(socket_path, peer, r.deadline);
        if (channel < 0) {
            bool installed = install_find(&install);
            bool starts = installed && !request_is_question(&r) && geteuid() == 0;
            if (starts) channel = start_agent(&install, socket_path, r.deadline);
            if (!installed) channel = wait_for_agent(socket_path, r.deadline);
            if (channel < 0) return alone(&r, &install, installed);
        }
        peer = channel_peer(channel);
        status = converse(&r, channel);
        close(channel);
        if (status == RUN_ALONE) return alone(&r, &install, install_find(&install));
        if (status != AGENT_GONE) return status;
    }
    return cni_error(&r.config, TRY_AGAIN, "the Kakehashi agent ended while it worked on the request, twice",
                     "its log says why; what it began is undone or finished when it starts");
}
