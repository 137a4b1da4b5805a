/* SPDX-License-Identifier: MIT
 *
 * The other end, where it is in this process too; for this room's files only. Nothing is done where
 * it is not. No lock of a lane or of the pipe is held.
 */
#ifndef PIPE_PEER_INTERNAL_H
#define PIPE_PEER_INTERNAL_H

#include "pipe/pipe_internal.h"

/* A server's end that clients of this process may find, until it is closed. */
void peer_serve(struct pipe *server);
/* A client's end has been connected: to the server of its slot and turn, whose ConnectNamedPipe
 * ends now. */
void peer_meet(struct pipe *client);
/* Closed or disconnected: both forget each other. Allowed under turn_lock. The peer, which is to be
 * told by peer_leave when the socket has ended; or NULL. */
struct pipe *peer_part(struct pipe *pipe);
void peer_leave(struct pipe *peer);
/* Something was written into this end, or waits to be; or was read from it, or waits to be. */
void peer_written(struct pipe *pipe, bool pends);
void peer_read(struct pipe *pipe);

#endif
