/* SPDX-License-Identifier: MIT
 *
 * Handlers that compute for long, and completions that come in while they do: both slots are used,
 * not now and then at the watchdog's tick but as a rule. A client keeps a byte under way on each of
 * a few connections, and it is counted how many packets meet another handler at work: most of them,
 * and a tenth if only the watchdog lets a second thread in. Whoever is woken needs a processor too,
 * so a machine that is busy otherwise has three tries.
 */
#include "../expect.h"

#include <winsock2.h>
#include <windows.h>

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 4, WORKERS = 4, LIMIT = 2, REQUESTS = 2000, TRIES = 3, WORK_NS = 300000 };

struct connection {
    int ends[2];
    OVERLAPPED overlapped;
    char byte;
};

static struct connection connections[CONNECTIONS];
static HANDLE port;
static _Atomic int served, at_work, most, met;

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void receive(struct connection *connection)
{
    WSABUF buffer = {1, &connection->byte};
    DWORD flags = 0;

    memset(&connection->overlapped, 0, sizeof connection->overlapped);
    int result = WSARecv((SOCKET)connection->ends[0], &buffer, 1, NULL, &flags,
                         &connection->overlapped, NULL);
    EXPECT(result == 0 || WSAGetLastError() == WSA_IO_PENDING);
}

static void handle(struct connection *connection)
{
    int64_t end = now() + WORK_NS;
    int others = atomic_fetch_add(&at_work, 1);
    atomic_fetch_add(&served, 1);
    if (others)
        atomic_fetch_add(&met, 1);
    if (others + 1 > atomic_load(&most))
        atomic_store(&most, others + 1);
    while (now() < end)
        ;
    atomic_fetch_sub(&at_work, 1);
    EXPECT_EQUAL(write(connection->ends[0], &connection->byte, 1), 1);
    receive(connection);
}

static DWORD WINAPI work(LPVOID unused)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    (void)unused;
    while (GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE) && overlapped)
        handle(&connections[key]);
    return 0;
}

/* What comes back goes out again. */
static void play_client(void)
{
    int64_t late = now() + 15 * 1000000000LL;
    char byte;

    atomic_store(&served, 0);
    atomic_store(&met, 0);
    for (int turn = 0; atomic_load(&served) < REQUESTS && now() < late; turn++) {
        int end = connections[turn % CONNECTIONS].ends[1];
        if (read(end, &byte, 1) == 1)
            EXPECT_EQUAL(write(end, &byte, 1), 1);
        else
            usleep(10);
    }
    printf("of %d packets %d met another handler at work\n", REQUESTS, atomic_load(&met));
}

int main(void)
{
    HANDLE threads[WORKERS];
    char byte = 'x';
    WSADATA data;

    EXPECT_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, LIMIT);
    for (ULONG_PTR index = 0; index < CONNECTIONS; index++) {
        struct connection *connection = &connections[index];
        EXPECT_EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, connection->ends), 0);
        EXPECT_EQUAL(fcntl(connection->ends[1], F_SETFL, O_NONBLOCK), 0);
        EXPECT(CreateIoCompletionPort((HANDLE)(ULONG_PTR)connection->ends[0], port, index, 0));
        receive(connection);
    }
    for (int index = 0; index < WORKERS; index++)
        threads[index] = CreateThread(NULL, 0, work, NULL, 0, NULL);
    for (int index = 0; index < CONNECTIONS; index++)
        EXPECT_EQUAL(write(connections[index].ends[1], &byte, 1), 1);
    for (int tries = 0; tries < TRIES && atomic_load(&met) <= REQUESTS / 4; tries++)
        play_client();
    for (int index = 0; index < WORKERS; index++)
        EXPECT(PostQueuedCompletionStatus(port, 0, 0, NULL));
    EXPECT_EQUAL(WaitForMultipleObjects(WORKERS, threads, TRUE, 30000), WAIT_OBJECT_0);
    EXPECT(atomic_load(&met) > REQUESTS / 4);
    EXPECT_EQUAL(atomic_load(&most), LIMIT);
    return expect_report();
}
