/* SPDX-License-Identifier: MIT
 *
 * TransmitFile and TransmitPackets: pieces of memory and of files as one send (rules TF).
 */
#ifndef NET_TRANSMIT_H
#define NET_TRANSMIT_H

#include "net/net.h"

/* From where a file is read: its own position, which moves on. */
#define NET_CURRENT_POSITION (-1)

struct net_piece {
    const char *data; /* NULL: of the file behind the descriptor */
    uint32_t length;  /* of a file 0: all that is left */
    int descriptor;
    int64_t offset;
};

enum net_transmit_flags {
    NET_TRANSMIT_DISCONNECT = 1, /* the stream ends behind the pieces */
    NET_TRANSMIT_REUSE = 2,      /* and the socket can be used again */
};

/* The descriptors are duplicated: the caller's may be closed while this goes on. 10057, 10058;
 * 10022: flags, a file that is none, an offset behind its end. */
NTSTATUS socket_transmit(struct socket *socket, const struct net_piece *pieces, uint32_t count,
                         uint32_t flags, OVERLAPPED *overlapped);

#endif
