/* SPDX-License-Identifier: MIT
 *
 * A program whose port is in a known state, which it prints as JSON before it waits to be killed:
 * concurrency 1; a thread that took a packet and sleeps (paused), one that took a packet and reads
 * from a pipe (paused, as the watcher found), one that took a packet and computes (released); four
 * that wait, in a known order; three sockets with 2, 1 and 0 pending receives, a file (a FIFO) with
 * 2 pending reads; five packets queued.
 */
#define _GNU_SOURCE
#include <winsock2.h>
#include <windows.h>
#include <iocp.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WAITERS = 4, SOCKETS = 3, QUEUED = 5, PATIENCE_MS = 20000 };

struct worker {
    const char *name;
    void (*then)(void);
    volatile LONG id;
};

static HANDLE port;

static void fail(const char *what)
{
    printf("failed: %s, error %u\n", what, (unsigned)GetLastError());
    fflush(stdout);
    exit(1);
}

static void sleeps(void)
{
    Sleep(INFINITE);
}

static void reads(void)
{
    int ends[2];
    char byte;

    if (pipe(ends) < 0 || read(ends[0], &byte, 1) != 1)
        fail("pipe");
}

static void computes(void)
{
    for (volatile unsigned long turns = 0;;)
        turns = turns + 1;
}

static DWORD WINAPI work(void *argument)
{
    struct worker *worker = argument;
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    pthread_setname_np(pthread_self(), worker->name);
    InterlockedExchange(&worker->id, (LONG)syscall(SYS_gettid));
    if (!GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE) || !worker->then)
        fail("a packet for who should have waited");
    worker->then();
    return 0;
}

static struct iocp_port_state state(void)
{
    struct iocp_port_state now = {.struct_size = sizeof now};

    if (iocp_port_query(port, &now) != 0)
        fail("iocp_port_query");
    return now;
}

static void reach(const char *what, DWORD waiting, DWORD released, DWORD paused)
{
    for (int tries = 0; tries < PATIENCE_MS / 5; tries++) {
        struct iocp_port_state now = state();
        if (now.waiting == waiting && now.released == released && now.paused == paused)
            return;
        Sleep(5);
    }
    fail(what);
}

static void begin(struct worker *worker)
{
    if (!CreateThread(NULL, 0, work, worker, 0, NULL))
        fail("CreateThread");
}

static void post(void)
{
    if (!PostQueuedCompletionStatus(port, 1, 2, NULL))
        fail("PostQueuedCompletionStatus");
}

static SOCKET device(ULONG_PTR key, int receives)
{
    static OVERLAPPED overlapped[8];
    static char space[8];
    static int used;
    struct sockaddr_in address = {.sin_family = AF_INET};
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (s == INVALID_SOCKET || bind(s, (struct sockaddr *)&address, sizeof address) != 0 ||
        CreateIoCompletionPort((HANDLE)s, port, key, 0) != port)
        fail("socket");
    while (receives--) {
        WSABUF buffer = {1, &space[used]};
        DWORD flags = 0;
        if (WSARecv(s, &buffer, 1, NULL, &flags, &overlapped[used++], NULL) == 0 ||
            WSAGetLastError() != WSA_IO_PENDING)
            fail("WSARecv");
    }
    return s;
}

/* Reads of a FIFO that nobody writes to. */
static HANDLE file_device(ULONG_PTR key, int reads)
{
    static OVERLAPPED overlapped[2];
    static char space[2];
    char directory[] = "/tmp/iocptop_subject_XXXXXX", name[64];

    if (!mkdtemp(directory))
        fail("mkdtemp");
    snprintf(name, sizeof name, "%s/fifo", directory);
    if (mkfifo(name, 0600) != 0)
        fail("mkfifo");
    HANDLE file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                              FILE_FLAG_OVERLAPPED, NULL);
    unlink(name);
    rmdir(directory);
    if (file == INVALID_HANDLE_VALUE || CreateIoCompletionPort(file, port, key, 0) != port)
        fail("CreateFile");
    while (reads--)
        if (ReadFile(file, &space[reads], 1, NULL, &overlapped[reads]) ||
            GetLastError() != ERROR_IO_PENDING)
            fail("ReadFile");
    return file;
}

int main(void)
{
    static struct worker sleeper = {.name = "sleeper", .then = sleeps};
    static struct worker reader = {.name = "reader", .then = reads};
    static struct worker computer = {.name = "computer", .then = computes};
    static struct worker waiters[WAITERS];
    SOCKET sockets[SOCKETS];
    WSADATA data;

    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (!port || WSAStartup(MAKEWORD(2, 2), &data) != 0)
        fail("port");
    for (int index = 0; index < SOCKETS; index++)
        sockets[index] = device(0x1000 + (ULONG_PTR)index, SOCKETS - 1 - index);
    HANDLE file = file_device(0x1000 + SOCKETS, 2);
    begin(&sleeper);
    reach("the first waits", 1, 0, 0);
    post();
    reach("it sleeps", 0, 0, 1);
    begin(&reader);
    reach("the second waits", 1, 0, 1);
    post();
    reach("it reads", 0, 1, 1);
    /* The packet is there first: a thread that is found blocked with nothing to do for another is
     * not replaced, and the packet would go to who waits when it comes. */
    post();
    begin(&computer);
    reach("it takes the second's place", 0, 1, 2);
    for (int index = 0; index < WAITERS; index++) {
        waiters[index].name = "waiter";
        begin(&waiters[index]);
        reach("more wait", (DWORD)index + 1, 1, 2);
    }
    for (int index = 0; index < QUEUED; index++)
        post();
    printf("{\"port\": %llu, \"sleeper\": %ld, \"reader\": %ld, \"computer\": %ld, \"waiters\": [",
           (unsigned long long)(ULONG_PTR)port, (long)sleeper.id, (long)reader.id,
           (long)computer.id);
    for (int index = WAITERS - 1; index >= 0; index--)
        printf("%ld%s", (long)waiters[index].id, index ? ", " : "], \"sockets\": [");
    for (int index = 0; index < SOCKETS; index++)
        printf("%llu%s", (unsigned long long)sockets[index], index + 1 < SOCKETS ? ", " : "], ");
    printf("\"file\": %llu}\n", (unsigned long long)(ULONG_PTR)file);
    fflush(stdout);
    for (;;)
        pause();
}
