/* Errors of the front binary itself, as CNI wants them: an object on standard output and exit status 1. */
#ifndef KAKEHASHI_ERROR_H
#define KAKEHASHI_ERROR_H

#include "buffer.h"

/* CNI SPEC, "Error": 4 invalid environment, 5 I/O failure, 11 try again later, 50 the plugin is not available. */
enum cni_code { BAD_ENVIRONMENT = 4, IO_FAILURE = 5, DECODING_FAILURE = 6, TRY_AGAIN = 11, NOT_AVAILABLE = 50 };

/* Prints the error object; returns the exit status, 1. The config (may be empty) is where cniVersion is taken from. */
int cni_error(const struct buffer *config, enum cni_code code, const char *msg, const char *details);

#endif
