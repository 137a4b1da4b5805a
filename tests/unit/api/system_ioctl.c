/* SPDX-License-Identifier: MIT
 *
 * A program that includes the system's sys/ioctl.h behind winsock2.h gives ioctlsocket the system's
 * numbers for FIONBIO and FIONREAD, without a word of the compiler. They mean the same.
 */
#include "unit/expect.h"

#include <winsock2.h>
#include <ws2tcpip.h>

#include <string.h>
#include <sys/ioctl.h>

_Static_assert(FIONBIO == 0x5421, "the system's, as it came last");

int main(void)
{
    WSADATA data;
    u_long on = 1, there = 99;
    char byte;

    EXPECT(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    SOCKET receiving = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address;
    int length = sizeof address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT(bind(receiving, (struct sockaddr *)&address, sizeof address) == 0);
    EXPECT(getsockname(receiving, (struct sockaddr *)&address, &length) == 0);
    EXPECT(ioctlsocket(receiving, FIONBIO, &on) == 0);
    EXPECT(recv(receiving, &byte, 1, 0) == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK);
    EXPECT(sendto(receiving, "abc", 3, 0, (struct sockaddr *)&address, length) == 3);
    for (int tries = 0; tries < 1000 && there != 3; tries++)
        EXPECT(ioctlsocket(receiving, FIONREAD, &there) == 0);
    EXPECT(there == 3);
    closesocket(receiving);
    return expect_report();
}
