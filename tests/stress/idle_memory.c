/* SPDX-License-Identifier: MIT
 *
 * What an idle connection costs in the library: ten thousand of them, each with one pending
 * WSARecv. OVERLAPPEDs and buffers are the program's and are there, touched, before the first
 * measurement; the other ends are the kernel's.
 */
#include "stress.h"

#include <fcntl.h>

enum { CONNECTIONS = 10000, BUFFER = 64, MOST_BYTES = 400, BATCH = 200 };

static struct {
    OVERLAPPED overlapped;
    SOCKET ours;
    int theirs;
    char buffer[BUFFER];
} idle[CONNECTIONS];

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

    EXPECT(WSARecv(idle[index].ours, &buffer, 1, NULL, &flags, &idle[index].overlapped, NULL) != 0);
    EXPECT_EQUAL(WSAGetLastError(), WSA_IO_PENDING);
}

int main(void)
{
    int count = descriptors_possible() < CONNECTIONS ? descriptors_possible() : CONNECTIONS;
    struct sockaddr_in address;

    alarm(120);
#ifdef STRESS_SANITIZED
    printf("skipped: sanitizers add to every allocation\n");
    return 77;
#endif
    memset(idle, 1, sizeof idle);
    stress_warm_up();
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    SOCKET listener = stress_listener(&address);
    for (int index = 0; index < count; index++)
        idle[index].theirs = -1;
    long before = stress_resident_bytes();
    for (int index = 0; index < count; index++) {
        idle[index].theirs = plain_connect(&address);
        idle[index].ours = accept(listener, NULL, NULL);
        memset(&idle[index].overlapped, 0, sizeof idle[index].overlapped);
        EXPECT(idle[index].ours != INVALID_SOCKET);
        EXPECT(CreateIoCompletionPort((HANDLE)idle[index].ours, port, 1, 0) == port);
        receive_start(index);
    }
    double each = (double)(stress_resident_bytes() - before) / count;
    printf("%d idle connections, %.0f bytes each\n", count, each);
    EXPECT(each <= MOST_BYTES);
    EXPECT(count >= 1000);
    for (int index = 0; index < count; index++) {
        EXPECT_EQUAL(closesocket(idle[index].ours), 0);
        close(idle[index].theirs);
    }
    EXPECT_EQUAL(closesocket(listener), 0);
    EXPECT(CloseHandle(port));
    return expect_report();
}
