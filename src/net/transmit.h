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
    bool ends; /* a datagram ends behind it (TF-10) */
};

enum net_transmit_flags {
    NET_TRANSMIT_DISCONNECT = 1, /* the stream ends behind the pieces */
    NET_TRANSMIT_REUSE = 2,      /* and the socket can be used again */
    NET_TRANSMIT_DATAGRAMS = 4,  /* allowed on datagram sockets too; these need an OVERLAPPED */
};

struct net_transmission {
    const struct net_piece *pieces;
    uint32_t count;
    uint32_t flags;
    uint32_t datagram; /* bytes of one at most; 0: as many as there are up to its end */
};

/* The descriptors are duplicated: the caller's may be closed while this goes on. 10057, 10058;
 * 10022: flags, a file that is none, an offset behind its end. */
NTSTATUS socket_transmit(struct socket *socket, const struct net_transmission *transmission,
                         OVERLAPPED *overlapped);

#endif
