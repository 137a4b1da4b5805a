/* SPDX-License-Identifier: MIT
 *
 * A completion packet: what a port queues and hands out. A pending operation carries its packet
 * from the start (POST-7), so a completion is never lost for lack of memory.
 */
#ifndef PORT_PACKET_H
#define PORT_PACKET_H

#include <stdint.h>

/* Whose memory it is. */
enum packet_owner {
    PACKET_POSTED,    /* this room's */
    PACKET_OPERATION, /* an operation's (io/) */
    PACKET_WAIT,      /* a wait completion packet's */
    PACKET_RESERVE,   /* a reserve object's */
    PACKET_OWNERS
};

struct packet {
    struct packet *next;
    uintptr_t key;
    void *overlapped;
    uintptr_t information; /* bytes, for I/O */
    int32_t status;        /* NTSTATUS */
    uint32_t owner;
};

#endif
