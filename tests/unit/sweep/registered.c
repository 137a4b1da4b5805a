/* SPDX-License-Identifier: MIT
 *
 * The fault sweep over registered I/O: what cannot be had for want of memory or descriptors is
 * refused with WSAENOBUFS (or ends with an error that says so), and an accepted request has exactly
 * one result all the same.
 */
#include "sweep.h"

#include <mswsock.h>
#include <ws2tcpip.h>

static RIO_EXTENSION_FUNCTION_TABLE rio;
static char memory[4096];

/* What a scenario holds; all of it is closed at its end, whatever there is. */
static struct {
    HANDLE port;
    OVERLAPPED told;
    SOCKET s;
    RIO_CQ queue;
    RIO_RQ requests;
    RIO_BUFFERID buffer;
    long accepted, results;
} held;

static bool find_functions(void)
{
    GUID id = WSAID_MULTIPLE_RIO;
    DWORD bytes = 0;

    return SWEEP_WINSOCK(WSAIoctl(held.s, SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, &id,
                                  sizeof id, &rio, sizeof rio, &bytes, NULL, NULL) == 0);
}

/* A datagram socket that is connected to itself. */
static bool make_socket(void)
{
    struct sockaddr_in address;
    int length = sizeof address;

    held.s = WSASocketA(AF_INET, SOCK_DGRAM, 0, NULL, 0, WSA_FLAG_REGISTERED_IO);
    if (!SWEEP_WINSOCK(held.s != INVALID_SOCKET))
        return false;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQUAL(bind(held.s, (struct sockaddr *)&address, sizeof address), 0);
    EXPECT_EQUAL(getsockname(held.s, (struct sockaddr *)&address, &length), 0);
    return SWEEP_WINSOCK(connect(held.s, (struct sockaddr *)&address, sizeof address) == 0);
}

static bool make_queues(bool with_port)
{
    RIO_NOTIFICATION_COMPLETION how = {.Type = RIO_IOCP_COMPLETION,
                                       .Iocp = {.Overlapped = &held.told}};

    if (with_port) {
        held.port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
        if (!SWEEP_WIN32(held.port != NULL))
            return false;
        how.Iocp.IocpHandle = held.port;
    }
    held.queue = rio.RIOCreateCompletionQueue(8, with_port ? &how : NULL);
    if (!SWEEP_WINSOCK(held.queue != RIO_INVALID_CQ))
        return false;
    held.requests = rio.RIOCreateRequestQueue(held.s, 2, 1, 2, 1, held.queue, held.queue, NULL);
    if (!SWEEP_WINSOCK(held.requests != RIO_INVALID_RQ))
        return false;
    held.buffer = rio.RIORegisterBuffer(memory, sizeof memory);
    return SWEEP_WINSOCK(held.buffer != RIO_INVALID_BUFFERID);
}

static bool started(bool accepted)
{
    held.accepted += accepted;
    return SWEEP_WINSOCK(accepted);
}

/* Takes results until all accepted requests have one; an error in one must be the fault's. */
static bool take_all(void)
{
    bool passed = true;

    for (int patience = 0; held.results < held.accepted && patience < SWEEP_PATIENCE; patience++) {
        RIORESULT result;
        if (rio.RIODequeueCompletion(held.queue, &result, 1) == 0) {
            Sleep(1);
            continue;
        }
        held.results++;
        passed &= sweep_judge(result.Status == 0, (DWORD)result.Status,
                              (const DWORD[]){10055, 10024, 995, 0}, "result", __LINE__);
    }
    EXPECT_EQUAL(held.results, held.accepted);
    return passed;
}

static bool talk(bool with_port)
{
    RIO_BUF in = {held.buffer, 0, 100}, out = {held.buffer, 1000, 50};
    RIO_BUF local = {held.buffer, 2000, sizeof(SOCKADDR_INET)};
    RIO_BUF remote = {held.buffer, 2100, sizeof(SOCKADDR_INET)};
    OVERLAPPED *told = NULL;
    ULONG_PTR key;
    DWORD bytes;

    if (with_port && !SWEEP_WINSOCK(({
            int error = rio.RIONotify(held.queue);
            WSASetLastError(error);
            error == 0;
        })))
        return false;
    if (!started(rio.RIOReceiveEx(held.requests, &in, 1, &local, &remote, NULL, NULL, 0, NULL)) ||
        !started(rio.RIOReceive(held.requests, &in, 1, RIO_MSG_DEFER, NULL)) ||
        !started(rio.RIOSend(held.requests, &out, 1, RIO_MSG_DEFER, NULL)) ||
        !started(rio.RIOSend(held.requests, &out, 1, 0, NULL)) ||
        !SWEEP_WINSOCK(rio.RIOReceive(held.requests, NULL, 0, RIO_MSG_COMMIT_ONLY, NULL)))
        return false;
    if (with_port) {
        GetQueuedCompletionStatus(held.port, &bytes, &key, &told, SWEEP_PATIENCE);
        EXPECT(told == &held.told);
    }
    if (!take_all())
        return false;
    return SWEEP_WINSOCK(rio.RIOResizeCompletionQueue(held.queue, 100)) &&
           SWEEP_WINSOCK(rio.RIOResizeRequestQueue(held.requests, 50, 50));
}

static bool run(bool with_port)
{
    memset(&held, 0, sizeof held);
    held.s = INVALID_SOCKET;
    held.buffer = RIO_INVALID_BUFFERID;
    bool passed = make_socket() && find_functions() && make_queues(with_port) && talk(with_port);
    if (held.s != INVALID_SOCKET)
        EXPECT_EQUAL(closesocket(held.s), 0);
    /* Closing ends what is still there, also what a failed step left. */
    while (held.queue && held.results < held.accepted) {
        RIORESULT result;
        if (rio.RIODequeueCompletion(held.queue, &result, 1))
            held.results++;
        else
            Sleep(1);
    }
    if (held.queue)
        rio.RIOCloseCompletionQueue(held.queue);
    if (held.buffer != RIO_INVALID_BUFFERID)
        rio.RIODeregisterBuffer(held.buffer);
    if (held.port)
        EXPECT(CloseHandle(held.port));
    return passed;
}

static bool polled(void)
{
    return run(false);
}

static bool told_by_a_port(void)
{
    return run(true);
}

int main(int count, char **arguments)
{
    static const struct sweep_scenario scenarios[] = {
        {"polled", polled},
        {"told_by_a_port", told_by_a_port},
    };

    (void)count;
    return sweep_main(scenarios, sizeof scenarios / sizeof scenarios[0], arguments);
}
