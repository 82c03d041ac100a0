/* Runs a plugin that is not ours because the agent asks for it (EXEC). */
#ifndef KAKEHASHI_DELEGATE_H
#define KAKEHASHI_DELEGATE_H

#include "frame.h"

/* Runs what `exec` says and builds EXECUTED into `answer`; false when memory is short. */
bool delegate_run(const struct frame_in *exec, struct frame_out *answer, int64_t deadline);

#endif
