/* SPDX-License-Identifier: MIT
 *
 * Calls with libc's types instead of Windows': `unsigned long` is 64 bits wide here, struct pollfd
 * is not WSAPOLLFD. All bits are right all the same.
 */
#define _CRT_RAND_S
#include "../expect.h"

#include <winsock2.h>
#include <windows.h>

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAIRS = 70 }; /* more than fit into the array on the stack */

static void control(SOCKET ours, int theirs)
{
    unsigned long mode = ~0ul << 32, count = ~0ul;
    char byte;

    /* Only the lower half counts, as on Windows, where there is no other. */
    EXPECT_EQUAL(ioctlsocket(ours, FIONBIO, &mode), 0);
    EXPECT_EQUAL(write(theirs, "abc", 3), 3);
    EXPECT_EQUAL(ioctlsocket(ours, FIONREAD, &count), 0);
    EXPECT_EQUAL(count, 3);
    EXPECT_EQUAL(recv(ours, &byte, 1, 0), 1);
    EXPECT_EQUAL(ioctlsocket(ours, FIONREAD, &count), 0);
    EXPECT_EQUAL(count, 2);
    mode = 1;
    EXPECT_EQUAL(ioctlsocket(ours, FIONBIO, &mode), 0);
    EXPECT_EQUAL(recv(ours, &byte, 1, 0) + recv(ours, &byte, 1, 0), 2);
    EXPECT_EQUAL(recv(ours, &byte, 1, 0), SOCKET_ERROR);
    EXPECT_EQUAL(WSAGetLastError(), WSAEWOULDBLOCK);
    u_long proper = 0;
    EXPECT_EQUAL(ioctlsocket(ours, FIONBIO, &proper), 0);
    EXPECT_EQUAL(ioctlsocket((SOCKET)-5, FIONREAD, &count), SOCKET_ERROR);
    EXPECT_EQUAL(WSAGetLastError(), WSAENOTSOCK);
}

static void polls(int (*pairs)[2])
{
    struct pollfd plain[PAIRS] = {{0}};
    WSAPOLLFD proper = {.fd = (SOCKET)pairs[2][0], .events = POLLIN};

    for (int index = 0; index < PAIRS; index++)
        plain[index] = (struct pollfd){.fd = pairs[index][0], .events = POLLIN};
    EXPECT_EQUAL(WSAPoll(plain, PAIRS, 0), 0);
    EXPECT_EQUAL(write(pairs[2][1], "x", 1), 1);
    EXPECT_EQUAL(write(pairs[PAIRS - 1][1], "x", 1), 1);
    EXPECT_EQUAL(WSAPoll(plain, PAIRS, 1000), 2);
    for (int index = 0; index < PAIRS; index++)
        EXPECT_EQUAL(plain[index].revents & POLLRDNORM,
                     index == 2 || index == PAIRS - 1 ? POLLRDNORM : 0);
    plain[0] = (struct pollfd){.fd = -1, .events = POLLIN, .revents = POLLERR};
    EXPECT_EQUAL(WSAPoll(plain, 3, 0), 1);
    EXPECT_EQUAL(plain[2].events, POLLIN);
    EXPECT_EQUAL(WSAPoll(&proper, 1, 0), 1);
    EXPECT(proper.revents & POLLRDNORM);
}

static void random_numbers(void)
{
    unsigned int all = 0, none = ~0u, number = 0;

    for (int turn = 0; turn < 64; turn++) {
        EXPECT_EQUAL(rand_s(&number), 0);
        all |= number;
        none &= number;
    }
    EXPECT_EQUAL(all, ~0u);
    EXPECT_EQUAL(none, 0);
    EXPECT_EQUAL(rand_s(NULL), EINVAL);
}

static void room(void)
{
    void *memory = _malloca(100000);
    char *small = _alloca(16);

    EXPECT(memory && small);
    memset(memory, 1, 100000);
    memset(small, 1, 16);
    _freea(memory);
    memory = _aligned_malloc(100, 256);
    EXPECT((uintptr_t)memory % 256 == 0);
    _aligned_free(memory);
}

int main(void)
{
    static int pairs[PAIRS][2];
    WSADATA data;

    EXPECT_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
    for (int index = 0; index < PAIRS; index++)
        EXPECT_EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[index]), 0);
    control((SOCKET)pairs[0][0], pairs[0][1]);
    polls(pairs);
    random_numbers();
    room();
    WSACleanup();
    return expect_report();
}
