/* An agent on demand, and the one-shot run when there cannot be one. */
#ifndef KAKEHASHI_START_H
#define KAKEHASHI_START_H

#include "install.h"
#include "request.h"

/*
 * Starts an agent, or waits for the one that another front binary is starting; of any number that come at once,
 * one starts it. Returns a connection to it, or -1 when it did not become ready within five seconds.
 */
int start_agent(const struct install *install, const char *socket_path, int64_t deadline);

/* Replaces this process by a JVM that runs the one request. Returns only when that fails, with an errno. */
int run_one_shot(const struct install *install, const struct request *r);

#endif
