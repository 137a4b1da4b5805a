/* SPDX-License-Identifier: MIT
 *
 * Control data of messages, from Windows' numbers and structures to the kernel's and back. For
 * net/message.c only. No state.
 */
#ifndef NET_CONTROL_H
#define NET_CONTROL_H

#include "net/net.h"

#include <sys/socket.h>

/* Bytes of kernel's control data that a receive leaves room for: one of each kind and some more. */
enum { CONTROL_ROOM = 512 };

/* More than this in one message is a mistake. */
enum { CONTROL_MOST = UINT16_MAX };

/* How much room control_to_linux may need for so many bytes. */
static inline size_t control_room(uint32_t length)
{
    return 2 * (size_t)length + 64;
}

/* The program's control data for the kernel: *used bytes at `to`. 10022: not well formed, or of a
 * kind that is not known. */
NTSTATUS control_to_linux(const struct net_buffer *control, void *to, size_t *used);

/* What the kernel said, as far as it is wished for (OPTION_WISH_*): control->length is the room and
 * becomes the length. False: not all of it fitted. */
bool control_to_windows(struct msghdr *message, uint32_t wishes, struct net_buffer *control);

/* Where a message was sent to. */
enum control_destination { CONTROL_TO_ONE, CONTROL_TO_ALL, CONTROL_TO_MANY };
enum control_destination control_destination(struct msghdr *message);

#endif
