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
    PACKET_POOL,      /* a thread pool object's (pool/) */
    PACKET_OWNERS
};

/* A stamp counts quarters of a millisecond, roughly, and comes round after a day and a half. */
enum { PACKET_STAMP_SHIFT = 18, PACKET_STAMP_MOST = (1 << 29) - 1 };

struct packet {
    struct packet *next;
    uintptr_t key;
    void *overlapped;
    uintptr_t information; /* bytes, for I/O */
    int32_t status;        /* NTSTATUS */
    uint32_t owner : 3;    /* enum packet_owner */
    uint32_t stamp : 29;   /* when it was queued (port__stamp), if stamps are wanted; else 0 */
};

#endif
