/* The connection to the agent. */
#ifndef KAKEHASHI_CHANNEL_H
#define KAKEHASHI_CHANNEL_H

#include <sys/types.h>

#include "frame.h"

/* A connected socket, or -1 with errno. Waits only while the agent's backlog is full, until the deadline. */
int channel_connect(const char *socket_path, int64_t deadline);

/* The process that listens there; 0 when it is in a process namespace that we do not see. */
pid_t channel_peer(int fd);

/* Sends the frame, descriptors with its first byte. 0 or an errno. */
int channel_send(int fd, const struct frame_out *frame, const int *descriptors, size_t count, int64_t deadline);

enum receipt { RECEIVED, ENDED, TIMED_OUT, BROKEN };

/*
 * Waits for one whole frame. ENDED: the agent is gone. BROKEN: the bytes are no frame, *why says what is wrong.
 */
enum receipt channel_receive(int fd, struct frame_in *frame, int64_t deadline, const char **why);

#endif
