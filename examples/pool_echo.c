/* SPDX-License-Identifier: MIT
 *
 * An echo server without threads of its own but the one that accepts: completions run as callbacks
 * in the system's thread pool, which owns the port.
 *
 * Shows: CreateThreadpoolIo for each connection, StartThreadpoolIo before each operation and
 * CancelThreadpoolIo when one fails at once, an I/O object closed inside its own last callback, and
 * a pool timer that prints the totals now and then (--every).
 *
 * A connection has exactly one operation at any time, and whoever runs its callback owns it.
 * `guard` protects the list of connections and their `closed` flags. `alive` counts the
 * connections, and one more for the server; who brings it to zero signals `drained`.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_BYTES 8192
#define ACCEPT_RETRY_MS 50
#define CONSOLE_PATIENCE_MS 4000

struct server {
    SOCKET listener;
    volatile LONG stopping;
    volatile LONG alive;
    volatile LONG64 accepted, requests, bytes;
    HANDLE drained, finished;
    CRITICAL_SECTION guard;
    struct connection *connections;
};

struct connection {
    struct server *server;
    SOCKET socket;
    PTP_IO io;
    OVERLAPPED overlapped;
    WSABUF window;
    int sending;
    int closed;
    struct connection *next;
    struct connection **link;
    char buffer[BUFFER_BYTES];
};

static struct server server_here;

static void report(const char *what, DWORD error)
{
    fprintf(stderr, "%s: error %lu\n", what, (unsigned long)error);
}

static void server_release(struct server *server)
{
    if (InterlockedDecrement(&server->alive) == 0)
        SetEvent(server->drained);
}

/* ---- connections ------------------------------------------------------------------------- */

/* Nothing is pending; the object may be closed inside its own callback. */
static void connection_end(struct connection *connection)
{
    struct server *server = connection->server;

    EnterCriticalSection(&server->guard);
    if (!connection->closed)
        closesocket(connection->socket);
    *connection->link = connection->next;
    if (connection->next != NULL)
        connection->next->link = connection->link;
    LeaveCriticalSection(&server->guard);
    if (connection->io != NULL)
        CloseThreadpoolIo(connection->io);
    free(connection);
    server_release(server);
}

/* Whether a callback will come. If so the connection may already be another thread's. */
static int connection_start(struct connection *connection, int sending, ULONG length)
{
    PTP_IO io = connection->io;
    DWORD flags = 0;
    int result;

    connection->sending = sending;
    connection->window.buf = connection->buffer;
    connection->window.len = length;
    memset(&connection->overlapped, 0, sizeof(connection->overlapped));
    StartThreadpoolIo(io);
    if (sending)
        result = WSASend(connection->socket, &connection->window, 1, NULL, 0,
                         &connection->overlapped, NULL);
    else
        result = WSARecv(connection->socket, &connection->window, 1, NULL, &flags,
                         &connection->overlapped, NULL);
    if (result == 0 || WSAGetLastError() == WSA_IO_PENDING)
        return 1;
    CancelThreadpoolIo(io);
    return 0;
}

static VOID CALLBACK connection_completed(PTP_CALLBACK_INSTANCE instance, PVOID context,
                                          PVOID overlapped, ULONG result, ULONG_PTR bytes,
                                          PTP_IO io)
{
    struct connection *connection = context;
    struct server *server = connection->server;
    int goes_on = result == NO_ERROR && bytes > 0;

    (void)instance;
    (void)overlapped;
    (void)io;
    if (goes_on && connection->sending) {
        InterlockedIncrement64(&server->requests);
        InterlockedExchangeAdd64(&server->bytes, (LONG64)bytes);
        goes_on = connection_start(connection, 0, BUFFER_BYTES);
    } else if (goes_on) {
        goes_on = connection_start(connection, 1, (ULONG)bytes);
    }
    if (!goes_on)
        connection_end(connection);
}

static void server_welcome(struct server *server, SOCKET socket)
{
    struct connection *connection = calloc(1, sizeof(*connection));
    BOOL no_delay = TRUE;

    if (connection == NULL) {
        report("connection", ERROR_NOT_ENOUGH_MEMORY);
        closesocket(socket);
        return;
    }
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, (const char *)&no_delay, sizeof(no_delay));
    connection->server = server;
    connection->socket = socket;
    InterlockedIncrement(&server->alive);
    InterlockedIncrement64(&server->accepted);

    EnterCriticalSection(&server->guard);
    connection->next = server->connections;
    connection->link = &server->connections;
    if (connection->next != NULL)
        connection->next->link = &connection->next;
    server->connections = connection;
    LeaveCriticalSection(&server->guard);

    connection->io = CreateThreadpoolIo((HANDLE)socket, connection_completed, connection, NULL);
    if (connection->io == NULL)
        report("CreateThreadpoolIo", GetLastError());
    if (connection->io == NULL || !connection_start(connection, 0, BUFFER_BYTES))
        connection_end(connection);
}

/* ---- the server -------------------------------------------------------------------------- */

static int server_listen(struct server *server, unsigned long port, int any)
{
    struct sockaddr_in address;
    int length = sizeof(address);

    server->listener = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (server->listener == INVALID_SOCKET)
        return 0;
    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_port = htons((u_short)port);
    address.sin_addr.s_addr = htonl(any ? INADDR_ANY : INADDR_LOOPBACK);
    if (bind(server->listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(server->listener, SOMAXCONN) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &length) != 0)
        return 0;
    printf("ready %u\n", (unsigned)ntohs(address.sin_port));
    fflush(stdout);
    return 1;
}

static int server_accept(struct server *server)
{
    for (;;) {
        SOCKET socket = WSAAccept(server->listener, NULL, NULL, NULL, 0);
        int error = WSAGetLastError();

        if (socket != INVALID_SOCKET) {
            server_welcome(server, socket);
        } else if (InterlockedCompareExchange(&server->stopping, 0, 0) != 0) {
            return 1;
        } else if (error == WSAEMFILE || error == WSAENOBUFS) {
            report("WSAAccept", (DWORD)error);
            Sleep(ACCEPT_RETRY_MS);
        } else if (error != WSAECONNRESET && error != WSAECONNABORTED) {
            report("WSAAccept", (DWORD)error);
            return 0;
        }
    }
}

/* Closing a socket makes its operation's callback come, which ends the connection. */
static void server_drain(struct server *server)
{
    EnterCriticalSection(&server->guard);
    for (struct connection *each = server->connections; each != NULL; each = each->next) {
        closesocket(each->socket);
        each->closed = 1;
    }
    LeaveCriticalSection(&server->guard);
    server_release(server);
    WaitForSingleObject(server->drained, INFINITE);
}

static void server_print(struct server *server)
{
    printf("served %lld connections, %lld requests, %lld bytes\n",
           (long long)InterlockedExchangeAdd64(&server->accepted, 0),
           (long long)InterlockedExchangeAdd64(&server->requests, 0),
           (long long)InterlockedExchangeAdd64(&server->bytes, 0));
    fflush(stdout);
}

static VOID CALLBACK server_tick(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_TIMER timer)
{
    (void)instance;
    (void)timer;
    server_print(context);
}

static PTP_TIMER server_print_every(struct server *server, unsigned long seconds)
{
    ULARGE_INTEGER first;
    FILETIME due;
    PTP_TIMER timer = seconds ? CreateThreadpoolTimer(server_tick, server, NULL) : NULL;

    if (timer == NULL)
        return NULL;
    first.QuadPart = (ULONGLONG)(-(LONGLONG)seconds * 10000000); /* from now, in 100 ns */
    due.dwLowDateTime = first.u.LowPart;
    due.dwHighDateTime = first.u.HighPart;
    SetThreadpoolTimer(timer, &due, seconds * 1000, 100);
    return timer;
}

static void server_end_timer(PTP_TIMER timer)
{
    if (timer == NULL)
        return;
    SetThreadpoolTimer(timer, NULL, 0, 0);
    WaitForThreadpoolTimerCallbacks(timer, TRUE);
    CloseThreadpoolTimer(timer);
}

/* Runs in a thread of the system's: main has to come to its end while it waits. */
static BOOL WINAPI console_event(DWORD event)
{
    if (InterlockedExchange(&server_here.stopping, 1) == 0)
        closesocket(server_here.listener);
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
        WaitForSingleObject(server_here.finished, CONSOLE_PATIENCE_MS);
    return TRUE;
}

static int parse(int argc, char **argv, unsigned long *port, unsigned long *every, int *any)
{
    for (int index = 1; index < argc; index++) {
        unsigned long *number = strcmp(argv[index], "--port") == 0    ? port
                                : strcmp(argv[index], "--every") == 0 ? every
                                                                      : NULL;
        char *end;

        if (strcmp(argv[index], "--any") == 0) {
            *any = 1;
            continue;
        }
        if (number == NULL || ++index == argc || *argv[index] < '0' || *argv[index] > '9')
            return 0;
        *number = strtoul(argv[index], &end, 10);
        if (*end != '\0' || *number > 65535)
            return 0;
    }
    return 1;
}

int main(int argc, char **argv)
{
    struct server *server = &server_here;
    unsigned long port = 0, every = 0;
    int any = 0, good;
    WSADATA data;

    if (!parse(argc, argv, &port, &every, &any)) {
        printf("usage: pool_echo [--port P] [--any] [--every SECONDS]\n");
        return 2;
    }
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    InitializeCriticalSection(&server->guard);
    server->drained = CreateEventW(NULL, TRUE, FALSE, NULL);
    server->finished = CreateEventW(NULL, TRUE, FALSE, NULL);
    server->alive = 1;
    if (server->drained == NULL || server->finished == NULL || !server_listen(server, port, any)) {
        report("listening", (DWORD)WSAGetLastError());
        return 1;
    }
    SetConsoleCtrlHandler(console_event, TRUE);
    PTP_TIMER timer = server_print_every(server, every);
    good = server_accept(server);
    server_drain(server);
    server_end_timer(timer);
    server_print(server);
    SetEvent(server->finished);
    DeleteCriticalSection(&server->guard);
    WSACleanup();
    return good ? 0 : 1;
}
