/* SPDX-License-Identifier: MIT
 *
 * The part of a socket that few sockets have, for this room's files only. It is guarded by
 * file.lock, made when first needed and never goes before its socket.
 */
#ifndef NET_EXTRA_H
#define NET_EXTRA_H

#include "base/list.h"
#include "net/option.h"

struct socket;

struct socket_extra {
    struct option_kept kept;      /* options that only the library knows; connected_at unused */
    struct list blocked;          /* struct socket_blocked: threads in a blocking call */
    struct list away;             /* struct socket_away: operations that wait elsewhere */
    struct socket *listener;      /* see socket_listener */
    struct socket_events *events; /* WSAEventSelect's; never goes once it is there */
    struct registered_queue *registered; /* registered I/O's; likewise */
};

/* Made if it must be (socket_has_extra looks), with and without file.lock held; NULL when memory is
 * short. */
struct socket_extra *socket_make_extra(struct socket *socket);
struct socket_extra *socket_need_extra(struct socket *socket);

/* Of the accept socket of a pending AcceptEx its listener, borrowed; else NULL. With file.lock. */
struct socket *socket_listener(struct socket *accepted);
void socket_set_listener(struct socket *accepted, struct socket *listener);

#endif
