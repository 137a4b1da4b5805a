/* SPDX-License-Identifier: MIT
 *
 * Threads in blocking calls on sockets. For block.c and select.c only.
 */
#ifndef NET_BLOCK_H
#define NET_BLOCK_H

#include "io/block.h"
#include "net/socket.h"

/* select.c: wakes the threads that have the socket, which is being closed, in a set. */
void select_wake_closed(struct socket *socket);

#endif
