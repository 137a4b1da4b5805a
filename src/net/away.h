/* SPDX-License-Identifier: MIT
 *
 * Operations of one socket that wait in a lane of another: an AcceptEx for the first data of its
 * connection, a notice of changed addresses for the kernel's messages. They stand on a list of the
 * socket that they belong to, so that cancelling and closing there finds them.
 */
#ifndef NET_AWAY_H
#define NET_AWAY_H

#include "net/socket.h"

/* In the operation's memory. */
struct socket_away {
    struct list link; /* home's extra->away, its file.lock */
    struct io_operation *operation;
    struct socket *elsewhere; /* the operation keeps it */
    bool started;             /* a lane has it, or had it; home's file.lock */
    bool asked;               /* to end; home's file.lock */
};

/* Lists it; home has its extra part. The request may be started then. */
void away_begin(struct socket *home, struct socket_away *away);
/* In the request's `done`, before the operation is completed. */
void away_end(struct socket *home, struct socket_away *away);
/* The request, which was not marked as started, was started under no lock of home's, and may be
 * over: if somebody cancelled or closed before it was there it is ended now. The caller keeps both
 * sockets. */
void away_started(struct socket *home, const struct socket_away *away, struct socket *elsewhere);

/* io_ops.cancel and pending: those that wait elsewhere. */
unsigned socket_cancel_away(struct io_file *file, bool (*match)(struct engine_request *, void *),
                            void *context);
unsigned socket_pending_away(struct io_file *file);

#endif
