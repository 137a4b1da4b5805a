/* SPDX-License-Identifier: MIT
 *
 * Datagrams with control data: WSARecvMsg and WSASendMsg (rules DGRAM-9, DGRAM-10, MSG).
 */
#ifndef NET_MESSAGE_H
#define NET_MESSAGE_H

#include "net/net.h"

/* WSAMSG. */
struct net_message {
    void *name;
    int name_length;
    struct net_buffer *buffers;
    uint32_t count;
    struct net_buffer control;
    uint32_t flags;
};

/* The transfer's buffers, count, flags and peer are the message's own and are not looked at. What
 * is received fills name_length, control and flags of the program's structure at completion. */
NTSTATUS socket_receive_message(struct socket *socket, struct net_message *message,
                                const struct net_transfer *transfer);
NTSTATUS socket_send_message(struct socket *socket, const struct net_message *message,
                             uint32_t flags, const struct net_transfer *transfer);

/* What the program wishes to be told beside the data (OPTION_WISH_*). The socket has its extra
 * part. */
uint32_t message_wishes(struct socket *socket);

#endif
