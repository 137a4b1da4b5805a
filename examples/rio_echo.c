/* SPDX-License-Identifier: MIT
 *
 * A UDP echo server with registered I/O whose completion queue tells a completion port.
 *
 * All memory is registered once: SLOTS slots, each with room for a datagram and for its sender's
 * address. Every slot is in a receive or in a send at any time: what a receive brings is sent back
 * to where it came from out of the same slot, and when that is over the slot receives again. One
 * thread takes packets from the port; a packet says only that there are results. It takes them by
 * the dozen, starts what follows with RIO_MSG_DEFER, commits both directions once, and asks for the
 * next packet.
 *
 * Shows: the function table, RIORegisterBuffer, RIO_IOCP_COMPLETION and RIONotify,
 * RIOReceiveEx/RIOSendEx with a SOCKADDR_INET in the registered buffer, deferring and committing,
 * and that closesocket brings every outstanding request back once.
 *
 *   rio_echo [--port N] [--any]   serves until Ctrl-C; prints "ready PORT"
 *   rio_echo --check              serves a client of its own for a moment: 0 if every echo was
 * right
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __MINGW32__ /* whose own headers lack registered I/O */
#include "../include/iocp_rio.h"
#endif

#define SLOTS 256
#define DATAGRAM_BYTES 2048
#define SLOT_BYTES (DATAGRAM_BYTES + 64) /* the address lies behind the datagram */
#define RESULTS_AT_ONCE 64
#define STOP_KEY 1
#define CHECK_DATAGRAMS 20000
#define CHECK_WINDOW 32

struct server {
    RIO_EXTENSION_FUNCTION_TABLE rio;
    SOCKET socket;
    HANDLE port;
    RIO_CQ queue;
    RIO_RQ requests;
    RIO_BUFFERID buffer;
    OVERLAPPED told; /* what the completion queue's packets carry */
    char *memory;
    unsigned char sending[SLOTS];
    int outstanding, stopping;
    unsigned long long datagrams, packets;
};

static struct server server_here;

static int complain(const char *what)
{
    fprintf(stderr, "%s: error %d\n", what, WSAGetLastError());
    return 0;
}

/* ---- slots ------------------------------------------------------------------------------- */

static RIO_BUF slot_data(struct server *server, ULONG slot, ULONG length)
{
    RIO_BUF piece = {server->buffer, slot * SLOT_BYTES, length};
    return piece;
}

static RIO_BUF slot_address(struct server *server, ULONG slot)
{
    RIO_BUF piece = {server->buffer, slot * SLOT_BYTES + DATAGRAM_BYTES, sizeof(SOCKADDR_INET)};
    return piece;
}

static void slot_receive(struct server *server, ULONG slot)
{
    RIO_BUF data = slot_data(server, slot, DATAGRAM_BYTES), from = slot_address(server, slot);

    server->sending[slot] = 0;
    if (server->rio.RIOReceiveEx(server->requests, &data, 1, NULL, &from, NULL, NULL, RIO_MSG_DEFER,
                                 (PVOID)(ULONG_PTR)slot))
        server->outstanding++;
    else
        complain("RIOReceiveEx");
}

static void slot_send(struct server *server, ULONG slot, ULONG length)
{
    RIO_BUF data = slot_data(server, slot, length), to = slot_address(server, slot);

    server->sending[slot] = 1;
    if (server->rio.RIOSendEx(server->requests, &data, 1, NULL, &to, NULL, NULL, RIO_MSG_DEFER,
                              (PVOID)(ULONG_PTR)slot))
        server->outstanding++;
    else
        complain("RIOSendEx");
}

static void server_commit(struct server *server)
{
    server->rio.RIOReceive(server->requests, NULL, 0, RIO_MSG_COMMIT_ONLY, NULL);
    server->rio.RIOSend(server->requests, NULL, 0, RIO_MSG_COMMIT_ONLY, NULL);
}

/* ---- the server -------------------------------------------------------------------------- */

static int server_find_functions(struct server *server)
{
    GUID id = WSAID_MULTIPLE_RIO;
    DWORD bytes = 0;

    if (WSAIoctl(server->socket, SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, &id, sizeof(id),
                 &server->rio, sizeof(server->rio), &bytes, NULL, NULL) != 0)
        return complain("this Winsock has no registered I/O");
    return 1;
}

static int server_bind(struct server *server, unsigned short port, int any)
{
    struct sockaddr_in address;

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(any ? INADDR_ANY : INADDR_LOOPBACK);
    if (bind(server->socket, (struct sockaddr *)&address, sizeof(address)) != 0)
        return complain("bind");
    return 1;
}

static int server_make_queues(struct server *server)
{
    RIO_NOTIFICATION_COMPLETION how;

    memset(&how, 0, sizeof(how));
    how.Type = RIO_IOCP_COMPLETION;
    how.Iocp.IocpHandle = server->port;
    how.Iocp.Overlapped = &server->told;
    server->queue = server->rio.RIOCreateCompletionQueue(2 * SLOTS, &how);
    if (server->queue == RIO_INVALID_CQ)
        return complain("RIOCreateCompletionQueue");
    server->requests = server->rio.RIOCreateRequestQueue(server->socket, SLOTS, 1, SLOTS, 1,
                                                         server->queue, server->queue, server);
    if (server->requests == RIO_INVALID_RQ)
        return complain("RIOCreateRequestQueue");
    server->buffer = server->rio.RIORegisterBuffer(server->memory, SLOTS * SLOT_BYTES);
    return server->buffer != RIO_INVALID_BUFFERID || complain("RIORegisterBuffer");
}

static int server_open(struct server *server, unsigned short port, int any)
{
    server->socket = WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_REGISTERED_IO);
    if (server->socket == INVALID_SOCKET)
        return complain("WSASocket");
    server->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    server->memory = malloc(SLOTS * SLOT_BYTES);
    if (server->port == NULL || server->memory == NULL)
        return complain("setting up");
    if (!server_find_functions(server) || !server_bind(server, port, any) ||
        !server_make_queues(server))
        return 0;
    for (ULONG slot = 0; slot < SLOTS; slot++)
        slot_receive(server, slot);
    server_commit(server);
    return 1;
}

static void server_close(struct server *server)
{
    if (server->queue != RIO_INVALID_CQ)
        server->rio.RIOCloseCompletionQueue(server->queue);
    if (server->port != NULL)
        CloseHandle(server->port);
    free(server->memory);
}

static void server_serve(struct server *server, const RIORESULT *result)
{
    ULONG slot = (ULONG)result->RequestContext;

    server->outstanding--;
    if (server->stopping)
        return;
    if (server->sending[slot] || result->Status != 0) {
        slot_receive(server, slot);
    } else {
        server->datagrams++;
        slot_send(server, slot, result->BytesTransferred);
    }
}

/* Takes what is there. A result that comes afterwards is told of as soon as RIONotify is called. */
static int server_drain(struct server *server)
{
    RIORESULT results[RESULTS_AT_ONCE];
    ULONG count;

    do {
        count = server->rio.RIODequeueCompletion(server->queue, results, RESULTS_AT_ONCE);
        if (count == RIO_CORRUPT_CQ)
            return complain("RIODequeueCompletion");
        for (ULONG i = 0; i < count; i++)
            server_serve(server, &results[i]);
        if (!server->stopping)
            server_commit(server);
    } while (count == RESULTS_AT_ONCE);
    return 1;
}

/* Until it is stopped and every slot has come back. */
static DWORD WINAPI server_run(LPVOID argument)
{
    struct server *server = argument;

    if (server->rio.RIONotify(server->queue) != 0)
        return 1;
    while (!server->stopping || server->outstanding > 0) {
        OVERLAPPED *packet = NULL;
        ULONG_PTR key = 0;
        DWORD bytes;

        GetQueuedCompletionStatus(server->port, &bytes, &key, &packet, INFINITE);
        if (key == STOP_KEY) {
            server->stopping = 1;
            closesocket(server->socket);
            continue;
        }
        if (packet != &server->told)
            return 1;
        server->packets++;
        if (!server_drain(server) || server->rio.RIONotify(server->queue) != 0)
            return 1;
    }
    printf("%llu datagrams, %llu packets of the port\n", server->datagrams, server->packets);
    return 0;
}

static void server_stop(struct server *server)
{
    PostQueuedCompletionStatus(server->port, 0, STOP_KEY, NULL);
}

static BOOL WINAPI on_console(DWORD event)
{
    (void)event;
    server_stop(&server_here);
    return TRUE;
}

/* ---- the client of --check ---------------------------------------------------------------- */

static void check_fill(char *text, unsigned number, unsigned length)
{
    memcpy(text, &number, sizeof(number));
    for (unsigned i = sizeof(number); i < length; i++)
        text[i] = (char)(number * 7 + i);
}

static unsigned check_length(unsigned number)
{
    return 4 + number * 31 % 1000;
}

/* One echo; datagrams of a loopback come in order, or not at all. */
static int check_echo(SOCKET s)
{
    char text[DATAGRAM_BYTES], right[DATAGRAM_BYTES];
    unsigned number;
    int length = recv(s, text, sizeof(text), 0);

    if (length < (int)sizeof(number))
        return complain("no echo");
    memcpy(&number, text, sizeof(number));
    check_fill(right, number, check_length(number));
    return length == (int)check_length(number) && memcmp(text, right, (size_t)length) == 0;
}

static int check_run(const struct sockaddr_in *address)
{
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    DWORD patience = 5000;
    char text[DATAGRAM_BYTES];
    unsigned sent = 0, echoed = 0;
    int ok = connect(s, (const struct sockaddr *)address, sizeof(*address)) == 0;

    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (const char *)&patience, sizeof(patience));
    while (ok && echoed < CHECK_DATAGRAMS) {
        while (sent < CHECK_DATAGRAMS && sent - echoed < CHECK_WINDOW) {
            check_fill(text, sent, check_length(sent));
            if (send(s, text, (int)check_length(sent), 0) < 0)
                return complain("send");
            sent++;
        }
        ok = check_echo(s);
        echoed += (unsigned)ok;
    }
    closesocket(s);
    printf("%u of %u echoes: %s\n", echoed, (unsigned)CHECK_DATAGRAMS, ok ? "right" : "WRONG");
    return ok;
}

/* ---- */

static int run(unsigned short port, int any, int check)
{
    struct sockaddr_in address;
    int length = sizeof(address), ok = 1;
    DWORD code = 1;

    if (!server_open(&server_here, port, any) ||
        getsockname(server_here.socket, (struct sockaddr *)&address, &length) != 0)
        return 0;
    printf("ready %d\n", ntohs(address.sin_port));
    fflush(stdout);
    HANDLE thread = CreateThread(NULL, 0, server_run, &server_here, 0, NULL);
    if (thread == NULL)
        return complain("CreateThread");
    if (check) {
        ok = check_run(&address);
        server_stop(&server_here);
    } else {
        SetConsoleCtrlHandler(on_console, TRUE);
    }
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    server_close(&server_here);
    return ok && code == 0;
}

int main(int count, char **arguments)
{
    WSADATA winsock;
    long port = 0;
    int any = 0, check = 0;

    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "--any") == 0) {
            any = 1;
        } else if (strcmp(arguments[i], "--check") == 0) {
            check = 1;
        } else if (strcmp(arguments[i], "--port") == 0 && i + 1 < count) {
            port = strtol(arguments[++i], NULL, 10);
        } else {
            fprintf(stderr, "usage: rio_echo [--port N] [--any] | --check\n");
            return 2;
        }
    }
    if (WSAStartup(MAKEWORD(2, 2), &winsock) != 0)
        return 1;
    int ok = run((unsigned short)port, any, check);
    WSACleanup();
    return ok ? 0 : 1;
}
