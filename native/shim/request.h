/* What the runtime gave to this process, as the REQUEST frame hands it on. */
#ifndef KAKEHASHI_REQUEST_H
#define KAKEHASHI_REQUEST_H

#include "frame.h"

struct request {
    const char *plugin;      /* last component of argv[0]: the CNI type */
    const char *command;     /* CNI_COMMAND, "" when unset */
    struct buffer config;    /* standard input */
    int64_t deadline;        /* now_ms() time at which the caller gets its answer, whatever happens */
    unsigned char id[16];    /* the same for every try */
};

/*
 * Fills in the request; standard input is read when the command has any. Returns 0, or the exit status after
 * having printed a CNI error.
 */
int request_read(struct request *r, const char *argv0);

/* VERSION and the about text need no kernel, and no agent is started for them. */
bool request_is_question(const struct request *r);

/* Sends REQUEST with the descriptors over the connection; 0 or an errno. */
int request_send(const struct request *r, int channel);

#endif
