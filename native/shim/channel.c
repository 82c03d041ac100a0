#define _GNU_SOURCE /* struct ucred */
#include "channel.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static bool peer_of(int fd, struct ucred *peer) {
    socklen_t length = sizeof *peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, peer, &length) == 0;
}

/* The descriptors we hand over are worth stealing: talk to root or to ourselves only. */
static bool trusted(int fd) {
    struct ucred peer;
    return peer_of(fd, &peer) && (peer.uid == 0 || peer.uid == geteuid());
}

pid_t channel_peer(int fd) {
    struct ucred peer;
    return peer_of(fd, &peer) ? peer.pid : 0;
}

int channel_connect(const char *socket_path, int64_t deadline) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(socket_path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, socket_path, strlen(socket_path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    /* unix(7): a full backlog answers EAGAIN on a non-blocking socket, and there is nothing to poll for */
    while (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        if (errno == EINTR) continue;
        if (errno != EAGAIN || remaining_ms(deadline) == 0) goto fail;
        sleep_ms(1);
    }
    if (trusted(fd)) return fd;
    errno = EPERM;
fail:;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

static int wait_for(int fd, short events, int64_t deadline) {
    for (;;) {
        struct pollfd p = {.fd = fd, .events = events};
        int ready = poll(&p, 1, remaining_ms(deadline));
        if (ready > 0) return 0;
        if (ready == 0) return ETIMEDOUT;
        if (errno != EINTR) return errno;
    }
}

int channel_send(int fd, const struct frame_out *frame, const int *descriptors, size_t count, int64_t deadline) {
    union {
        struct cmsghdr head;
        /* cppcheck-suppress unusedStructMember ; its size is what counts */
        char space[CMSG_SPACE(sizeof(int) * DESCRIPTOR_LIMIT)];
    } control;
    memset(&control, 0, sizeof control);
    size_t sent = 0;
    while (sent < frame->bytes.length) {
        struct iovec part = {.iov_base = frame->bytes.data + sent, .iov_len = frame->bytes.length - sent};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
        if (sent == 0 && count > 0) {
            message.msg_control = &control;
            message.msg_controllen = (socklen_t)CMSG_SPACE(sizeof(int) * count);
            struct cmsghdr *c = CMSG_FIRSTHDR(&message);
            c->cmsg_level = SOL_SOCKET;
            c->cmsg_type = SCM_RIGHTS;
            c->cmsg_len = (socklen_t)CMSG_LEN(sizeof(int) * count);
            memcpy(CMSG_DATA(c), descriptors, sizeof(int) * count);
        }
        ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL);
        if (n >= 0) {
            sent += (size_t)n;
        } else if (errno == EAGAIN) {
            int error = wait_for(fd, POLLOUT, deadline);
            if (error) return error;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

/* Reads until the frame's buffer holds `want` bytes. */
static enum receipt fill(int fd, struct frame_in *frame, size_t want, int64_t deadline) {
    struct buffer *b = &frame->bytes;
    if (!buffer_reserve(b, want - b->length)) return ENDED;
    while (b->length < want) {
        ssize_t n = recv(fd, b->data + b->length, want - b->length, 0);
        if (n > 0) {
            b->length += (size_t)n;
        } else if (n == 0) {
            return ENDED;
        } else if (errno == EAGAIN) {
            int error = wait_for(fd, POLLIN, deadline);
            if (error) return error == ETIMEDOUT ? TIMED_OUT : ENDED;
        } else if (errno != EINTR) {
            return ENDED;
        }
    }
    return RECEIVED;
}

enum receipt channel_receive(int fd, struct frame_in *frame, int64_t deadline, const char **why) {
    frame->bytes.length = 0;
    enum receipt got = fill(fd, frame, HEADER_SIZE, deadline);
    if (got != RECEIVED) return got;
    const unsigned char *h = frame->bytes.data;
    size_t length = (size_t)h[8] << 24 | (size_t)h[9] << 16 | (size_t)h[10] << 8 | h[11];
    if (length > PAYLOAD_LIMIT) {
        *why = "the frame is too large";
        return BROKEN;
    }
    int64_t frame_deadline = now_ms() + FRAME_TIMEOUT_MS;
    got = fill(fd, frame, HEADER_SIZE + length, frame_deadline < deadline ? frame_deadline : deadline);
    if (got != RECEIVED) return got;
    *why = frame_parse(frame);
    return *why ? BROKEN : RECEIVED;
}
