/* SPDX-License-Identifier: MIT
 *
 * A listener on the loopback that a port serves with key 1, for the tests of this room.
 */
#ifndef UNIT_NET_LOOPBACK_H
#define UNIT_NET_LOOPBACK_H

#include "unit/expect.h"

#include <winsock2.h>
#include <windows.h>
#include <ws2tcpip.h>

#include <string.h>

/* *address becomes where it listens. */
static inline SOCKET loopback_listen(HANDLE port, struct sockaddr_in *address)
{
    SOCKET listening = socket(AF_INET, SOCK_STREAM, 0);
    int length = sizeof *address;

    memset(address, 0, sizeof *address);
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQUAL(bind(listening, (struct sockaddr *)address, sizeof *address), 0);
    EXPECT_EQUAL(listen(listening, 8), 0);
    EXPECT_EQUAL(getsockname(listening, (struct sockaddr *)address, &length), 0);
    EXPECT(CreateIoCompletionPort((HANDLE)listening, port, 1, 0) == port);
    return listening;
}

#endif
