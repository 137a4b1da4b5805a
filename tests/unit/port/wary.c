/* SPDX-License-Identifier: MIT
 *
 * Handlers that are short, but for some that block in a call that the library cannot see: who has
 * seen one block keeps a second thread at hand. A client keeps a byte under way on each of some
 * connections, and of every block it is taken down how long nothing was begun after it: about
 * nothing as a rule, and a third of a millisecond if it takes the watchdog to find out each time.
 * Whoever is to go on needs a processor too, so a machine that is busy otherwise has three tries.
 */
#include "../expect.h"

#include <winsock2.h>
#include <windows.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTIONS = 32,
    WORKERS = 4,
    LIMIT = 2,
    TRIES = 3,
    BLOCK_EVERY = 2000,
    BLOCK_NS = 3000000,
    BLOCKS = 60,
    LEARNT = 5, /* blocks after which it is known that handlers block */
    PROMPT_NS = 120000,
};

struct connection {
    int ends[2];
    OVERLAPPED overlapped;
    char byte;
};

static struct connection connections[CONNECTIONS];
static HANDLE port;
static _Atomic int served, ended, blocks; /* blocks: those whose gap has been written */
static _Atomic int64_t blocked_since, gaps[BLOCKS];

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

/* One handler at a time: the next block begins once the one before has ended its gap. */
static void block(void)
{
    int64_t none = 0;

    if (atomic_load(&ended) < BLOCKS &&
        atomic_compare_exchange_strong(&blocked_since, &none, now()))
        nanosleep(&(struct timespec){.tv_nsec = BLOCK_NS}, NULL);
}

static void handle(struct connection *connection)
{
    int64_t since = atomic_exchange(&blocked_since, 0);

    int place = since ? atomic_fetch_add(&ended, 1) : BLOCKS;
    if (place < BLOCKS) {
        atomic_store(&gaps[place], now() - since);
        atomic_fetch_add(&blocks, 1);
    }
    if (atomic_fetch_add(&served, 1) % BLOCK_EVERY == BLOCK_EVERY - 1)
        block();
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

static int by_length(const void *one, const void *other)
{
    const int64_t *left = one, *right = other;

    return (*left > *right) - (*left < *right);
}

/* What comes back goes out again. Returns the median gap. */
static int64_t play_client(void)
{
    int64_t late = now() + 15 * 1000000000LL, sorted[BLOCKS];
    char byte;

    atomic_store(&blocks, 0);
    atomic_store(&ended, 0); /* from now on handlers block */
    for (int turn = 0; atomic_load(&blocks) < BLOCKS && now() < late; turn++) {
        int end = connections[turn % CONNECTIONS].ends[1];
        if (read(end, &byte, 1) == 1)
            EXPECT_EQUAL(write(end, &byte, 1), 1);
    }
    EXPECT_EQUAL(atomic_load(&blocks), BLOCKS);
    if (atomic_load(&blocks) < BLOCKS)
        return INT64_MAX;
    for (int index = 0; index < BLOCKS; index++)
        sorted[index] = atomic_load(&gaps[index]);
    qsort(sorted + LEARNT, BLOCKS - LEARNT, sizeof sorted[0], by_length);
    int64_t median = sorted[LEARNT + (BLOCKS - LEARNT) / 2];
    printf("of %d blocks, the median until a handler began: %lld us\n", BLOCKS,
           (long long)median / 1000);
    return median;
}

int main(void)
{
    HANDLE threads[WORKERS];
    int64_t best = INT64_MAX;
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
    for (int tries = 0; tries < TRIES && best > PROMPT_NS; tries++) {
        int64_t median = play_client();
        best = median < best ? median : best;
    }
    for (int index = 0; index < WORKERS; index++)
        EXPECT(PostQueuedCompletionStatus(port, 0, 0, NULL));
    EXPECT_EQUAL(WaitForMultipleObjects(WORKERS, threads, TRUE, 30000), WAIT_OBJECT_0);
    EXPECT(best <= PROMPT_NS);
    return expect_report();
}
