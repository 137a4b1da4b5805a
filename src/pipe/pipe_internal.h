/* SPDX-License-Identifier: MIT
 *
 * The pipe's own structure, for this room's files only.
 */
#ifndef PIPE_PIPE_INTERNAL_H
#define PIPE_PIPE_INTERNAL_H

#include "base/compiler.h"
#include "base/fork.h"
#include "base/list.h"
#include "io/operation.h"
#include "pipe/board_internal.h"
#include "pipe/pipe.h"
#include "status/status.h"

#include <ntstatus.h>

/* Windows' values that the type headers do not have. */
#define MODE_INBOUND 1u /* from the client to the server */
#define MODE_OUTBOUND 2u
#define MODE_FIRST_INSTANCE 0x00080000u
#define MODE_OVERLAPPED 0x40000000u
#define MODE_NO_WAIT 1u
#define MODE_READ_MESSAGES 2u
#define MODE_MESSAGES 4u
#define MODE_SERVER_END 1u

/* Bits of io_file.flags that are the pipe's. */
enum pipe_flags {
    PIPE_SERVER = IO_FILE_FIRST_OF_KIND,
    PIPE_MESSAGES = PIPE_SERVER << 1,       /* packets on a SOCK_SEQPACKET, else plain bytes */
    PIPE_READS_MESSAGES = PIPE_SERVER << 2, /* one a read */
    PIPE_NO_WAIT = PIPE_SERVER << 3,
    PIPE_CLOSED = PIPE_SERVER << 4, /* no handle is left */
};

enum pipe_state { PIPE_CONNECTED, PIPE_LISTENING, PIPE_DISCONNECTED };

/* Of a packet's data; longer messages go in several. */
enum { PACKET_BYTES = 32768 };

/* What was read from the socket and is not yet the program's. */
struct pipe_packet {
    struct list link; /* pipe->stash */
    uint32_t length, taken;
    uint32_t rest; /* bytes of the message in later packets */
    char data[];
};

/* While a server's end listens its descriptor is the listening socket; the connection takes the
 * descriptor's place, and the next listening socket the connection's. So an instance has one
 * descriptor and one number all its life, and two engine files look at it in turn. `listener` has
 * references of its own and keeps the pipe. */
struct pipe {
    struct io_file io;
    struct io_file listener; /* of servers */
    struct lock turn_lock;   /* changes of state, and with them of what the descriptor names */
    _Atomic uint32_t state;
    _Atomic uint32_t turn; /* which connection of the slot this is */
    struct board *board;   /* NULL: no name */
    uint32_t slot;
    uint32_t access;             /* specific rights */
    uint32_t out_bytes;          /* for what this end writes */
    struct list stash;           /* the rest: io.lock */
    struct pipe_packet *spare;   /* room for what does not fit a read; NULL until needed */
    const void *writer;          /* who has begun a message in several packets without a lane */
    _Atomic(struct pipe *) peer; /* peer.c: the other end in this process; NULL: none there */
    _Atomic bool writes_wait;    /* peer.c: perhaps; a read may let them go on */
    struct list serving;         /* peer.c: board_servers */
};

/* A forked child gets no pipes: the locks in memory and on files may be its parent's. */
static inline bool pipe_is_refused(void)
{
    return UNLIKELY(atomic_load_explicit(&fork_is_orphan, memory_order_relaxed));
}

static inline int pipe_descriptor(const struct pipe *pipe)
{
    return pipe->io.engine.descriptor;
}

static inline bool pipe_has(struct pipe *pipe, uint32_t flags)
{
    return io_file_has(&pipe->io, flags);
}

static inline void pipe_change(struct pipe *pipe, uint32_t flags, bool set)
{
    if (set)
        atomic_fetch_or_explicit(&pipe->io.flags, flags, memory_order_relaxed);
    else
        atomic_fetch_and_explicit(&pipe->io.flags, ~flags, memory_order_relaxed);
}

/* create.c: an end, with a reference for the call; the descriptor is its own from now on. NULL when
 * memory is short: it is not. */
struct pipe *pipe_make(int descriptor, uint32_t flags, uint32_t access);
/* Gives it a handle and ends that reference; an end that gets none is closed. */
NTSTATUS pipe_publish(struct pipe *pipe, uintptr_t *handle);
/* Advice that is followed upwards only: the system's buffers are larger than most ask for. */
void pipe_set_buffer(int descriptor, uint32_t bytes);

/* connect.c: makes the slot's socket listen. turn_lock held, or nobody else knows the pipe. */
NTSTATUS pipe_listen(struct pipe *pipe);
/* Ends matching operations that wait for a client; returns how many. */
unsigned pipe_cancel_connects(struct pipe *pipe, bool (*match)(struct engine_request *, void *),
                              void *context);
/* A client has come: operations that wait for it are tried. */
void pipe_try_connects(struct pipe *pipe);
/* What a transfer has to know before it begins: a client that came is taken in. */
NTSTATUS pipe_ready(struct pipe *pipe);
/* Whether, and how, the pipe was ended by something else than its peer's going:
 * STATUS_PIPE_BROKEN (closed here), STATUS_PIPE_DISCONNECTED; STATUS_SUCCESS: it was not. */
NTSTATUS pipe_ended(struct pipe *pipe);
/* The peer has closed its end. */
bool pipe_is_hung_up(struct pipe *pipe);

/* block.c: sleeps until the descriptor is ready or the deadline has come. STATUS_SUCCESS: look
 * again; STATUS_CANCELLED; STATUS_IO_TIMEOUT. Closing and disconnecting make it ready. A NULL pipe:
 * only the deadline. */
NTSTATUS pipe_block(struct pipe *pipe, short events, int64_t deadline);

/* transfer.c: io_ops.transfer. */
NTSTATUS pipe_transfer(struct io_file *io, const struct io_transfer *transfer, bool writing);

#endif
