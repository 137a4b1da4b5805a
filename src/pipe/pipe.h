/* SPDX-License-Identifier: MIT
 *
 * Pipes, named and anonymous: what the API's pipe functions do. Modes and flags have Windows'
 * values here; names are UTF-8, without the "\\.\pipe\" in front (pipe_is_name takes it off).
 * Every function returns a status and takes a pipe that the caller holds a reference on.
 */
#ifndef PIPE_PIPE_H
#define PIPE_PIPE_H

#include "io/file.h"

struct pipe;

extern const struct object_ops pipe_ops;

/* Whether the name is a pipe's, written in any of the ways there are; *rest is what it is called.
 */
bool pipe_is_name(const char *name, const char **rest);

/* create.c: a server's end. */
struct pipe_making {
    const char *name;
    uint32_t open_mode; /* PIPE_ACCESS_*, FILE_FLAG_* */
    uint32_t pipe_mode; /* PIPE_TYPE_*, PIPE_READMODE_*, PIPE_NOWAIT */
    uint32_t instances;
    uint32_t out_bytes, in_bytes; /* of its buffers, as advice */
    uint32_t timeout;             /* ms, WaitNamedPipe's default */
};
NTSTATUS pipe_create(const struct pipe_making *making, uintptr_t *handle);
/* Two ends of a pipe without a name. */
NTSTATUS pipe_create_pair(uint32_t bytes, uintptr_t *reading, uintptr_t *writing);

/* open.c: a client's end; and waiting until there would be one. */
struct pipe_opening {
    const char *name;
    uint32_t access;      /* GENERIC_*, FILE_* */
    uint32_t disposition; /* CREATE_NEW ... */
    uint32_t flags;       /* FILE_FLAG_* */
};
NTSTATUS pipe_open(const struct pipe_opening *opening, uintptr_t *handle);
NTSTATUS pipe_wait(const char *name, uint32_t milliseconds);

/* root.c: the place where pipes are; a file of a kind of its own. */
extern const struct object_ops pipe_root_ops;
NTSTATUS pipe_open_root(uintptr_t *handle);

/* connect.c */
NTSTATUS pipe_connect(struct pipe *pipe, OVERLAPPED *overlapped);
NTSTATUS pipe_disconnect(struct pipe *pipe);

/* transfer.c: a message out and one in. *bytes as in struct io_transfer. */
struct pipe_transaction {
    void *out, *in;
    uint32_t out_length, in_length;
    OVERLAPPED *overlapped;
    uint32_t *bytes;
};
NTSTATUS pipe_transact(struct pipe *pipe, const struct pipe_transaction *transaction);

/* query.c */
struct pipe_look {
    void *data;
    uint32_t length;
    uint32_t read, available, left; /* what was found */
    uint32_t messages, first; /* of a pipe of messages: how many, and the first one's length */
};
NTSTATUS pipe_peek(struct pipe *pipe, struct pipe_look *look);
NTSTATUS pipe_flush(struct pipe *pipe);
NTSTATUS pipe_set_mode(struct pipe *pipe, uint32_t mode);
struct pipe_facts {
    uint32_t mode;      /* PIPE_READMODE_*, PIPE_NOWAIT */
    uint32_t type;      /* PIPE_SERVER_END, PIPE_TYPE_MESSAGE */
    uint32_t instances; /* now */
    uint32_t most;
    uint32_t out_bytes, in_bytes;
    uint32_t configuration; /* FILE_PIPE_INBOUND ... */
};
NTSTATUS pipe_facts(struct pipe *pipe, struct pipe_facts *facts);
/* FILE_PIPE_DISCONNECTED_STATE ... of today. */
uint32_t pipe_phase(struct pipe *pipe);
/* FILE_* rights that it was opened with. */
uint32_t pipe_rights(const struct pipe *pipe);
/* The process at the client's end, or at the server's. */
NTSTATUS pipe_process(struct pipe *pipe, bool client, uint32_t *process);

#endif
