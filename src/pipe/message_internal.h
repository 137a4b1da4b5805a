/* SPDX-License-Identifier: MIT
 *
 * Messages in packets, for this room's files only.
 */
#ifndef PIPE_MESSAGE_INTERNAL_H
#define PIPE_MESSAGE_INTERNAL_H

#include "pipe/pipe_internal.h"

/* Without blocking. */
struct message_reading {
    char *data;
    size_t length;
    size_t moved; /* so far */
    bool whole;   /* one message; else whatever is there */
    bool rest;    /* out: the message goes on */
};
/* The bytes read, -EAGAIN, -EPIPE at the end, or another negative errno. */
long message_read(struct pipe *pipe, struct message_reading *reading);
/* The same out; *moved is how far it got. `writer` tells writers apart, NULL for lanes. */
long message_write(struct pipe *pipe, const char *data, size_t length, size_t *moved,
                   const void *writer);
/* The same for a request. */
long message_attempt_write(struct pipe *pipe, struct engine_request *request, const void *writer);
/* The writer goes with its message unfinished. */
void message_give_up(struct pipe *pipe, const void *writer);
/* io.lock held, or nobody else knows the pipe. */
void message_drop_all(struct pipe *pipe);
/* For ENGINE_OWN_IN and ENGINE_OWN_OUT. */
engine_own_attempt message_attempt_in, message_attempt_out;
/* In request->message_flags of a read that ended: the message goes on. */
#define MESSAGE_REST 1u

#endif
