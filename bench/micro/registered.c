/* SPDX-License-Identifier: MIT
 *
 * Question: what does a datagram cost with registered I/O, compared with WSARecvFrom and WSASendTo
 * through a port? One thread, one socket that sends to itself: IN_FLIGHT datagrams go round, each
 * received with its sender's address and sent back there. Every datagram is one receive and one
 * send.
 *
 * Usage: registered [MODE [DATAGRAMS [REPETITIONS]]]; MODE: port, skip (FILE_SKIP_COMPLETION_PORT),
 * rio (told by a port), defer (the same with deferred requests), polled, raw (the system's calls).
 * Without: all of them. One line each:
 *   registered mode=... median_ns=... min_ns=... max_ns=... cpu_ns=... repetitions=... */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum { IN_FLIGHT = 32, SLOTS = 2 * IN_FLIGHT, BYTES = 64, BATCH = 64, REPETITIONS_MAX = 100 };

struct slot {
    OVERLAPPED overlapped;
    char data[BYTES];
    SOCKADDR_INET address;
    int length;
    int sending;
};

static struct slot slots[SLOTS];
static SOCKET s;
static struct sockaddr_in self;
static HANDLE port;
static long done, wanted;

static RIO_EXTENSION_FUNCTION_TABLE rio;
static RIO_CQ queue;
static RIO_RQ requests;
static RIO_BUFFERID buffer;
static OVERLAPPED told;
static DWORD rio_flags;

static void fail(const char *what)
{
    fprintf(stderr, "registered: %s: error %u\n", what, GetLastError());
    exit(1);
}

static double now_ns(void)
{
    LARGE_INTEGER count, frequency;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&frequency);
    return (double)count.QuadPart * 1e9 / (double)frequency.QuadPart;
}

static double cpu_ns(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e9 +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e3;
}

/* ---- WSARecvFrom and WSASendTo through a port ---- */

static int skipping;

static void port_step(struct slot *slot);

static void port_start(struct slot *slot, int sending)
{
    WSABUF piece = {BYTES, slot->data};
    DWORD flags = 0, bytes;
    int result;

    slot->sending = sending;
    memset(&slot->overlapped, 0, sizeof slot->overlapped);
    slot->length = sending ? (int)sizeof(struct sockaddr_in) : (int)sizeof slot->address;
    if (sending)
        result = WSASendTo(s, &piece, 1, &bytes, 0, (struct sockaddr *)&slot->address, slot->length,
                           &slot->overlapped, NULL);
    else
        result = WSARecvFrom(s, &piece, 1, &bytes, &flags, (struct sockaddr *)&slot->address,
                             &slot->length, &slot->overlapped, NULL);
    if (result != 0 && WSAGetLastError() != WSA_IO_PENDING)
        fail("starting");
    if (result == 0 && skipping)
        port_step(slot);
}

static void port_step(struct slot *slot)
{
    done += !slot->sending;
    port_start(slot, !slot->sending);
}

static void port_run(void)
{
    OVERLAPPED_ENTRY entries[BATCH];
    ULONG count;

    while (done < wanted) {
        if (!GetQueuedCompletionStatusEx(port, entries, BATCH, &count, INFINITE, FALSE))
            fail("GetQueuedCompletionStatusEx");
        for (ULONG i = 0; i < count; i++)
            port_step((struct slot *)entries[i].lpOverlapped);
    }
}

/* ---- registered I/O ---- */

static void rio_start(struct slot *slot, int sending)
{
    ULONG at = (ULONG)((char *)slot - (char *)slots);
    RIO_BUF data = {buffer, at + (ULONG)offsetof(struct slot, data), BYTES};
    RIO_BUF address = {buffer, at + (ULONG)offsetof(struct slot, address), sizeof slot->address};
    BOOL started;

    slot->sending = sending;
    if (sending)
        started = rio.RIOSendEx(requests, &data, 1, NULL, &address, NULL, NULL, rio_flags, slot);
    else
        started = rio.RIOReceiveEx(requests, &data, 1, NULL, &address, NULL, NULL, rio_flags, slot);
    if (!started)
        fail("starting");
}

static ULONG rio_step(void)
{
    RIORESULT results[BATCH];
    ULONG count = rio.RIODequeueCompletion(queue, results, BATCH);

    if (count == RIO_CORRUPT_CQ)
        fail("RIODequeueCompletion");
    for (ULONG i = 0; i < count; i++) {
        struct slot *slot = (struct slot *)(ULONG_PTR)results[i].RequestContext;
        if (results[i].Status != 0)
            fail("a request");
        done += !slot->sending;
        rio_start(slot, !slot->sending);
    }
    if (count && rio_flags) {
        rio.RIOReceive(requests, NULL, 0, RIO_MSG_COMMIT_ONLY, NULL);
        rio.RIOSend(requests, NULL, 0, RIO_MSG_COMMIT_ONLY, NULL);
    }
    return count;
}

static void rio_run(void)
{
    OVERLAPPED *packet;
    ULONG_PTR key;
    DWORD bytes;

    while (done < wanted) {
        int error = rio.RIONotify(queue);
        if ((error && error != WSAEALREADY) ||
            !GetQueuedCompletionStatus(port, &bytes, &key, &packet, INFINITE))
            fail("RIONotify");
        while (rio_step() == BATCH)
            ;
    }
}

static void polled_run(void)
{
    while (done < wanted)
        rio_step();
}

static void rio_open(int polled)
{
    RIO_NOTIFICATION_COMPLETION how = {.Type = RIO_IOCP_COMPLETION,
                                       .Iocp = {.IocpHandle = port, .Overlapped = &told}};
    GUID id = WSAID_MULTIPLE_RIO;
    DWORD bytes;

    if (WSAIoctl(s, SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &rio, sizeof rio,
                 &bytes, NULL, NULL) != 0)
        fail("WSAIoctl");
    queue = rio.RIOCreateCompletionQueue(2 * SLOTS, polled ? NULL : &how);
    requests = rio.RIOCreateRequestQueue(s, SLOTS, 1, SLOTS, 1, queue, queue, NULL);
    buffer = rio.RIORegisterBuffer((char *)slots, sizeof slots);
    if (queue == RIO_INVALID_CQ || requests == RIO_INVALID_RQ || buffer == RIO_INVALID_BUFFERID)
        fail("making queues");
}

/* ---- the system's own calls ---- */

static void raw_run(void)
{
    char data[BYTES];
    struct sockaddr_in from;

    while (done < wanted) {
        int length = sizeof from;
        if (recvfrom(s, data, sizeof data, 0, (struct sockaddr *)&from, &length) < 0 ||
            sendto(s, data, sizeof data, 0, (struct sockaddr *)&from, length) < 0)
            fail("recvfrom, sendto");
        done++;
    }
}

/* ---- */

static void socket_open(void)
{
    int length = sizeof self;

    s = WSASocketA(AF_INET, SOCK_DGRAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_REGISTERED_IO);
    self = (struct sockaddr_in){.sin_family = AF_INET};
    self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (s == INVALID_SOCKET || bind(s, (struct sockaddr *)&self, sizeof self) != 0 ||
        getsockname(s, (struct sockaddr *)&self, &length) != 0)
        fail("socket");
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void mode_run(const char *mode, long datagrams, long repetitions)
{
    static double results[REPETITIONS_MAX];
    int is_rio = strcmp(mode, "rio") == 0 || strcmp(mode, "defer") == 0;
    int is_polled = strcmp(mode, "polled") == 0, is_raw = strcmp(mode, "raw") == 0;
    char data[BYTES] = "";

    socket_open();
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    skipping = strcmp(mode, "skip") == 0;
    rio_flags = strcmp(mode, "defer") == 0 ? RIO_MSG_DEFER : 0;
    if (is_rio || is_polled)
        rio_open(is_polled);
    else if (!is_raw && CreateIoCompletionPort((HANDLE)s, port, 0, 0) != port)
        fail("CreateIoCompletionPort");
    if (skipping)
        SetFileCompletionNotificationModes((HANDLE)s, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS);
    for (int i = 0; i < SLOTS && !is_raw; i++)
        (is_rio || is_polled ? rio_start : port_start)(&slots[i], 0);
    if (rio_flags)
        rio.RIOReceive(requests, NULL, 0, RIO_MSG_COMMIT_ONLY, NULL);
    for (int i = 0; i < IN_FLIGHT; i++)
        sendto(s, data, sizeof data, 0, (struct sockaddr *)&self, sizeof self);
    double used = 0;
    for (long i = -1; i < repetitions; i++) {
        double cpu = cpu_ns(), start = now_ns();
        done = 0;
        wanted = datagrams;
        if (is_raw)
            raw_run();
        else if (is_polled)
            polled_run();
        else if (is_rio)
            rio_run();
        else
            port_run();
        if (i < 0)
            continue; /* warm by now */
        results[i] = (now_ns() - start) / (double)done;
        used += (cpu_ns() - cpu) / (double)done;
    }
    closesocket(s);
    if (is_rio || is_polled)
        rio.RIOCloseCompletionQueue(queue);
    CloseHandle(port);
    qsort(results, (size_t)repetitions, sizeof results[0], compare);
    printf(
        "registered mode=%s median_ns=%.0f min_ns=%.0f max_ns=%.0f cpu_ns=%.0f repetitions=%ld\n",
        mode, results[repetitions / 2], results[0], results[repetitions - 1],
        used / (double)repetitions, repetitions);
    fflush(stdout);
}

int main(int count, char **arguments)
{
    static const char *const modes[] = {"raw", "port", "skip", "rio", "defer", "polled"};
    const char *mode = count > 1 ? arguments[1] : "all";
    long datagrams = count > 2 ? strtol(arguments[2], NULL, 10) : 200000;
    long repetitions = count > 3 ? strtol(arguments[3], NULL, 10) : 9;
    WSADATA winsock;

    if (datagrams < 1 || repetitions < 1 || repetitions > REPETITIONS_MAX) {
        fprintf(stderr, "usage: registered [MODE [DATAGRAMS [REPETITIONS]]]\n");
        return 2;
    }
    WSAStartup(MAKEWORD(2, 2), &winsock);
    for (unsigned i = 0; i < sizeof modes / sizeof modes[0]; i++)
        if (strcmp(mode, "all") == 0 || strcmp(mode, modes[i]) == 0)
            mode_run(modes[i], datagrams, repetitions);
    return 0;
}
