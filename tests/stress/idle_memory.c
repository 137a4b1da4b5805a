/* SPDX-License-Identifier: MIT
 *
 * What an idle connection costs in the library: ten thousand of them, each with one pending
 * WSARecv, half of them by accept and half by AcceptEx. OVERLAPPEDs and buffers are the program's
 * and are there, touched, before the first measurement; the other ends are the kernel's, but their
 * descriptors are this process's too, so that a connection takes two places in the handle table.
 */
#include "stress.h"

#include <fcntl.h>

enum { CONNECTIONS = 10000, BUFFER = 64, FIRST = 50, MOST_BYTES = 250 };

static struct {
    OVERLAPPED overlapped;
    SOCKET ours;
    int theirs;
    char buffer[BUFFER];
} idle[CONNECTIONS];

static HANDLE port;
static SOCKET listener;
static struct sockaddr_in address;

static int descriptors_possible(void)
{
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur =
        limit.rlim_max < 2 * CONNECTIONS + 200 ? limit.rlim_max : 2 * CONNECTIONS + 200;
    setrlimit(RLIMIT_NOFILE, &limit);
    return (int)(limit.rlim_cur - 200) / 2;
}

static void receive_start(int index)
{
    WSABUF buffer = {BUFFER, idle[index].buffer};
    DWORD flags = 0;

    memset(&idle[index].overlapped, 0, sizeof idle[index].overlapped);
    EXPECT(WSARecv(idle[index].ours, &buffer, 1, NULL, &flags, &idle[index].overlapped, NULL) != 0);
    EXPECT_EQUAL(WSAGetLastError(), WSA_IO_PENDING);
}

static void take_by_accept(int index)
{
    idle[index].theirs = plain_connect(&address);
    idle[index].ours = accept(listener, NULL, NULL);
    EXPECT(idle[index].ours != INVALID_SOCKET);
    EXPECT(CreateIoCompletionPort((HANDLE)idle[index].ours, port, 1, 0) == port);
}

static void take_by_accept_ex(int index)
{
    static char addresses[2 * STRESS_BLOCK];
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    idle[index].ours = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    EXPECT(idle[index].ours != INVALID_SOCKET);
    EXPECT(CreateIoCompletionPort((HANDLE)idle[index].ours, port, 1, 0) == port);
    memset(&idle[index].overlapped, 0, sizeof idle[index].overlapped);
    EXPECT(!AcceptEx(listener, idle[index].ours, addresses, 0, STRESS_BLOCK, STRESS_BLOCK, &bytes,
                     &idle[index].overlapped));
    EXPECT_EQUAL(WSAGetLastError(), WSA_IO_PENDING);
    idle[index].theirs = plain_connect(&address);
    EXPECT(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 10000));
    EXPECT_EQUAL(setsockopt(idle[index].ours, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                            (const char *)&listener, sizeof listener),
                 0);
}

/* Options that servers set are the kernel's to keep. */
static void open_idle(int index, void (*take)(int index))
{
    int on = 1, length = sizeof on;

    take(index);
    EXPECT_EQUAL(
        setsockopt(idle[index].ours, IPPROTO_TCP, TCP_NODELAY, (const char *)&on, sizeof on), 0);
    EXPECT_EQUAL(getsockopt(idle[index].ours, SOL_SOCKET, SO_SNDBUF, (char *)&on, &length), 0);
    receive_start(index);
}

/* The first connections bring what all share: rings, code that was never run. */
static void fill(int from, int until, const char *how, void (*take)(int index))
{
    int first = from + FIRST;

    for (int index = from; index < first; index++)
        open_idle(index, take);
    long before = stress_resident_bytes();
    for (int index = first; index < until; index++)
        open_idle(index, take);
    double each = (double)(stress_resident_bytes() - before) / (until - first);
    printf("%d idle connections by %s, %.0f bytes each\n", until - first, how, each);
    EXPECT(each <= MOST_BYTES);
}

int main(void)
{
    int count = descriptors_possible() < CONNECTIONS ? descriptors_possible() : CONNECTIONS;

    alarm(120);
#if STRESS_SANITIZED
    printf("skipped: sanitizers add to every allocation\n");
    return 77;
#endif
    memset(idle, 1, sizeof idle);
    stress_warm_up();
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    listener = stress_listener(&address);
    EXPECT(CreateIoCompletionPort((HANDLE)listener, port, 2, 0) == port);
    EXPECT(count >= 1000);
    fill(0, count / 2, "accept", take_by_accept);
    fill(count / 2, count, "AcceptEx", take_by_accept_ex);
    for (int index = 0; index < count; index++) {
        EXPECT_EQUAL(closesocket(idle[index].ours), 0);
        close(idle[index].theirs);
    }
    EXPECT_EQUAL(closesocket(listener), 0);
    EXPECT(CloseHandle(port));
    return expect_report();
}
