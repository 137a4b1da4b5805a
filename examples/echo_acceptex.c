/* SPDX-License-Identifier: MIT
 *
 * An echo server in which accepting is an overlapped operation too: a pool of AcceptEx waits on
 * the port beside the receives and sends, and no thread blocks for connections.
 *
 * Shows: extension functions fetched by WSAIoctl; one structure for each operation, with a state
 * and with its OVERLAPPED in the middle, found again by CONTAINING_RECORD; the first data taken
 * together with the connection (--first-data); GetAcceptExSockaddrs; SO_UPDATE_ACCEPT_CONTEXT; an
 * accept that failed is posted again, and one that cannot be posted for want of descriptors waits
 * for its turn; an end that counts the operations until none is left.
 *
 * Life of an operation: created, posted, taken from the port, posted again ..., freed by the
 * worker that took its last packet. `operations` counts those that exist, and one more for the
 * server itself while it runs; whoever brings it to zero signals `drained`.
 *
 * `guard` protects `stopping`, the list of connections, their `closed` flags, and the list of idle
 * accepts.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_BYTES 8192
#define ADDRESS_BYTES (sizeof(struct sockaddr_in) + 16) /* AcceptEx asks for 16 bytes more */
#define IDLE_RETRY_MS 50
#define CONSOLE_PATIENCE_MS 4000

enum operation_state { STATE_ACCEPTING, STATE_RECEIVING, STATE_SENDING };

struct connection {
    SOCKET socket;
    struct connection *next;
    struct connection **link;
    int closed;
};

struct operation {
    enum operation_state state;
    SOCKET accepted;               /* accepting: the socket that will become the connection */
    struct connection *connection; /* receiving, sending */
    struct operation *next_idle;
    WSABUF window;
    OVERLAPPED overlapped; /* not first on purpose */
    char buffer[BUFFER_BYTES];
};

struct settings {
    unsigned long port;
    unsigned long workers;
    unsigned long accepts;
    unsigned long first_data;
    int any;
    int verbose;
};

struct server {
    struct settings settings;
    SOCKET listener;
    HANDLE port;
    HANDLE *threads;
    unsigned long thread_count;
    HANDLE stop;
    HANDLE idle_appeared;
    HANDLE drained;
    HANDLE finished;
    LPFN_ACCEPTEX accept_ex;
    LPFN_GETACCEPTEXSOCKADDRS accept_addresses;
    volatile LONG operations;
    CRITICAL_SECTION guard;
    struct connection *connections;
    struct operation *idle_accepts;
    int stopping;
    volatile LONG64 accepted, echoed_bytes, failed_accepts, lost;
};

static void report(const char *what, DWORD error)
{
    fprintf(stderr, "%s: error %lu\n", what, (unsigned long)error);
}

/* ---- operations -------------------------------------------------------------------------- */

static struct operation *operation_new(struct server *server)
{
    struct operation *operation = calloc(1, sizeof(*operation));

    if (operation == NULL)
        return NULL;
    operation->accepted = INVALID_SOCKET;
    InterlockedIncrement(&server->operations);
    return operation;
}

static void operations_release(struct server *server)
{
    if (InterlockedDecrement(&server->operations) == 0)
        SetEvent(server->drained);
}

static void operation_free(struct server *server, struct operation *operation)
{
    free(operation);
    operations_release(server);
}

/* The post functions return whether a packet will come. If so the operation may already be in the
 * hands of another worker: the caller forgets it. */
static int operation_receive(struct operation *operation)
{
    DWORD flags = 0;

    memset(&operation->overlapped, 0, sizeof(operation->overlapped));
    operation->state = STATE_RECEIVING;
    operation->window.buf = operation->buffer;
    operation->window.len = BUFFER_BYTES;
    return WSARecv(operation->connection->socket, &operation->window, 1, NULL, &flags,
                   &operation->overlapped, NULL) == 0 ||
           WSAGetLastError() == WSA_IO_PENDING;
}

static int operation_send(struct operation *operation, DWORD length)
{
    memset(&operation->overlapped, 0, sizeof(operation->overlapped));
    operation->state = STATE_SENDING;
    operation->window.buf = operation->buffer;
    operation->window.len = length;
    return WSASend(operation->connection->socket, &operation->window, 1, NULL, 0,
                   &operation->overlapped, NULL) == 0 ||
           WSAGetLastError() == WSA_IO_PENDING;
}

/* The guard is held from the look at `stopping` until the accept is posted: an accept that came
 * after the listener was closed would name whatever socket has got its number since. */
static int operation_accept(struct server *server, struct operation *operation)
{
    DWORD bytes = 0;
    int posted = 0;

    memset(&operation->overlapped, 0, sizeof(operation->overlapped));
    operation->state = STATE_ACCEPTING;
    operation->connection = NULL;
    operation->accepted = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (operation->accepted == INVALID_SOCKET)
        return 0;
    EnterCriticalSection(&server->guard);
    if (!server->stopping)
        posted = server->accept_ex(server->listener, operation->accepted, operation->buffer,
                                   (DWORD)server->settings.first_data, ADDRESS_BYTES, ADDRESS_BYTES,
                                   &bytes, &operation->overlapped) ||
                 WSAGetLastError() == ERROR_IO_PENDING;
    LeaveCriticalSection(&server->guard);
    if (!posted) {
        closesocket(operation->accepted);
        operation->accepted = INVALID_SOCKET;
    }
    return posted;
}

/* ---- connections ------------------------------------------------------------------------- */

static struct connection *connection_new(struct server *server, SOCKET socket)
{
    struct connection *connection = malloc(sizeof(*connection));
    int refused;

    if (connection == NULL)
        return NULL;
    connection->socket = socket;
    connection->closed = 0;

    /* A connection accepted while the server closes them all must not slip through. */
    EnterCriticalSection(&server->guard);
    refused = server->stopping;
    if (!refused) {
        connection->next = server->connections;
        connection->link = &server->connections;
        if (connection->next != NULL)
            connection->next->link = &connection->next;
        server->connections = connection;
    }
    LeaveCriticalSection(&server->guard);
    if (!refused)
        return connection;
    free(connection);
    return NULL;
}

static void connection_end(struct server *server, struct connection *connection)
{
    EnterCriticalSection(&server->guard);
    if (!connection->closed)
        closesocket(connection->socket);
    *connection->link = connection->next;
    if (connection->next != NULL)
        connection->next->link = connection->link;
    LeaveCriticalSection(&server->guard);
    free(connection);
}

/* ---- accepting --------------------------------------------------------------------------- */

/* Posts the accept, or lays it aside for the main thread to try again later: a pool that lost an
 * operation at each shortage would one day be empty. */
static void accept_renew(struct server *server, struct operation *operation)
{
    int keep;

    if (operation_accept(server, operation))
        return;
    EnterCriticalSection(&server->guard);
    keep = !server->stopping;
    if (keep) {
        operation->next_idle = server->idle_accepts;
        server->idle_accepts = operation;
    }
    LeaveCriticalSection(&server->guard);
    if (keep)
        SetEvent(server->idle_appeared);
    else
        operation_free(server, operation);
}

static struct operation *accept_take_idle(struct server *server)
{
    struct operation *all;

    EnterCriticalSection(&server->guard);
    all = server->idle_accepts;
    server->idle_accepts = NULL;
    LeaveCriticalSection(&server->guard);
    return all;
}

static void accept_describe(struct server *server, struct operation *operation)
{
    struct sockaddr *local = NULL, *remote = NULL;
    int local_length = 0, remote_length = 0;
    char text[64] = "?";
    const struct sockaddr_in *peer;

    server->accept_addresses(operation->buffer, (DWORD)server->settings.first_data, ADDRESS_BYTES,
                             ADDRESS_BYTES, &local, &local_length, &remote, &remote_length);
    peer = (const struct sockaddr_in *)remote;
    inet_ntop(AF_INET, (void *)&peer->sin_addr, text, sizeof(text));
    printf("connection from %s, port %u\n", text, (unsigned)ntohs(peer->sin_port));
}

/* Turns the accepted socket into a connection with an operation of its own; what arrived with the
 * connection is its first request. False: the socket is still the caller's to close. */
static int connection_begin(struct server *server, struct operation *accept, DWORD first_bytes)
{
    struct connection *connection = connection_new(server, accept->accepted);
    struct operation *operation = NULL;
    int posted;

    if (connection == NULL)
        return 0;
    if (CreateIoCompletionPort((HANDLE)connection->socket, server->port, (ULONG_PTR)connection,
                               0) != NULL)
        operation = operation_new(server);
    if (operation == NULL) {
        connection_end(server, connection);
        return 1;
    }
    operation->connection = connection;
    if (first_bytes > 0) {
        memcpy(operation->buffer, accept->buffer, first_bytes);
        InterlockedExchangeAdd64(&server->echoed_bytes, first_bytes);
        posted = operation_send(operation, first_bytes);
    } else {
        posted = operation_receive(operation);
    }
    if (!posted) {
        connection_end(server, connection);
        operation_free(server, operation);
    }
    return 1;
}

static void accept_done(struct server *server, struct operation *operation, BOOL succeeded,
                        DWORD bytes)
{
    SOCKET socket = operation->accepted;
    int ended = server->settings.first_data > 0 && bytes == 0; /* closed before its first byte */

    operation->accepted = INVALID_SOCKET;
    if (succeeded && setsockopt(socket, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                                (const char *)&server->listener, sizeof(server->listener)) == 0) {
        BOOL no_delay = TRUE;

        InterlockedIncrement64(&server->accepted);
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, (const char *)&no_delay, sizeof(no_delay));
        operation->accepted = socket;
        if (server->settings.verbose)
            accept_describe(server, operation);
        if (ended || !connection_begin(server, operation, bytes))
            closesocket(socket);
    } else {
        InterlockedIncrement64(&server->failed_accepts);
        closesocket(socket);
    }
    accept_renew(server, operation);
}

/* ---- workers ----------------------------------------------------------------------------- */

static int transfer_next(struct server *server, struct operation *operation, DWORD bytes)
{
    if (operation->state == STATE_SENDING)
        return operation_receive(operation);
    InterlockedExchangeAdd64(&server->echoed_bytes, bytes);
    return operation_send(operation, bytes);
}

static void transfer_done(struct server *server, struct operation *operation, BOOL succeeded,
                          DWORD bytes)
{
    struct connection *connection = operation->connection;
    int ended = succeeded && operation->state == STATE_RECEIVING && bytes == 0;

    if (succeeded && !ended && transfer_next(server, operation, bytes))
        return;
    if (!ended)
        InterlockedIncrement64(&server->lost);
    connection_end(server, connection);
    operation_free(server, operation);
}

static DWORD WINAPI worker_run(LPVOID argument)
{
    struct server *server = argument;

    for (;;) {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED *overlapped = NULL;
        BOOL succeeded =
            GetQueuedCompletionStatus(server->port, &bytes, &key, &overlapped, INFINITE);

        if (overlapped == NULL) { /* an exit packet, or the port is of no more use */
            if (!succeeded)
                report("GetQueuedCompletionStatus", GetLastError());
            return 0;
        }
        struct operation *operation = CONTAINING_RECORD(overlapped, struct operation, overlapped);

        if (operation->state == STATE_ACCEPTING)
            accept_done(server, operation, succeeded, bytes);
        else
            transfer_done(server, operation, succeeded, bytes);
    }
}

static int workers_start(struct server *server)
{
    unsigned long count = server->settings.workers;
    SYSTEM_INFO system;

    GetSystemInfo(&system);
    if (count == 0)
        count = 2ul * system.dwNumberOfProcessors;
    server->threads = calloc(count, sizeof(*server->threads));
    if (server->threads == NULL)
        return 0;
    while (server->thread_count < count) {
        HANDLE thread = CreateThread(NULL, 0, worker_run, server, 0, NULL);

        if (thread == NULL) {
            report("CreateThread", GetLastError());
            return 0;
        }
        server->threads[server->thread_count++] = thread;
    }
    return 1;
}

static void workers_stop(struct server *server)
{
    for (unsigned long i = 0; i < server->thread_count; i++)
        PostQueuedCompletionStatus(server->port, 0, 0, NULL);
    for (unsigned long i = 0; i < server->thread_count; i++) {
        WaitForSingleObject(server->threads[i], INFINITE);
        CloseHandle(server->threads[i]);
    }
    free(server->threads);
}

/* ---- listening --------------------------------------------------------------------------- */

static int fetch_extension(SOCKET socket, GUID id, void *function, DWORD size)
{
    DWORD bytes = 0;

    return WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof(id), function, size,
                    &bytes, NULL, NULL) == 0;
}

static int server_fetch_extensions(struct server *server)
{
    GUID accept_id = WSAID_ACCEPTEX;
    GUID addresses_id = WSAID_GETACCEPTEXSOCKADDRS;

    return fetch_extension(server->listener, accept_id, &server->accept_ex,
                           sizeof(server->accept_ex)) &&
           fetch_extension(server->listener, addresses_id, &server->accept_addresses,
                           sizeof(server->accept_addresses));
}

static int server_listen(struct server *server)
{
    struct sockaddr_in address;
    int length = sizeof(address);

    server->listener = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (server->listener == INVALID_SOCKET) {
        report("WSASocket", (DWORD)WSAGetLastError());
        return 0;
    }
    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(server->settings.any ? INADDR_ANY : INADDR_LOOPBACK);
    address.sin_port = htons((u_short)server->settings.port);
    if (bind(server->listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(server->listener, SOMAXCONN) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &length) != 0 ||
        !server_fetch_extensions(server)) {
        report("listener", (DWORD)WSAGetLastError());
        return 0;
    }
    if (CreateIoCompletionPort((HANDLE)server->listener, server->port, 0, 0) == NULL) {
        report("CreateIoCompletionPort", GetLastError());
        return 0;
    }
    for (unsigned long i = 0; i < server->settings.accepts; i++) {
        struct operation *operation = operation_new(server);

        if (operation != NULL)
            accept_renew(server, operation);
    }
    printf("ready %u\n", (unsigned)ntohs(address.sin_port));
    fflush(stdout);
    return 1;
}

/* ---- running and stopping ---------------------------------------------------------------- */

/* The main thread has nothing to do but to wait for the end, and to look after accepts that could
 * not be posted. */
static void server_wait(struct server *server)
{
    HANDLE events[2] = {server->stop, server->idle_appeared};

    while (WaitForMultipleObjects(2, events, FALSE, INFINITE) == WAIT_OBJECT_0 + 1) {
        struct operation *operation, *next;

        if (WaitForSingleObject(server->stop, IDLE_RETRY_MS) == WAIT_OBJECT_0)
            return;
        for (operation = accept_take_idle(server); operation != NULL; operation = next) {
            next = operation->next_idle;
            accept_renew(server, operation);
        }
    }
}

static void server_drain(struct server *server)
{
    struct operation *operation, *next;

    EnterCriticalSection(&server->guard);
    server->stopping = 1;
    for (struct connection *each = server->connections; each != NULL; each = each->next) {
        closesocket(each->socket);
        each->closed = 1;
    }
    LeaveCriticalSection(&server->guard);
    if (server->listener != INVALID_SOCKET)
        closesocket(server->listener);
    for (operation = accept_take_idle(server); operation != NULL; operation = next) {
        next = operation->next_idle;
        operation_free(server, operation);
    }
    operations_release(server);
    WaitForSingleObject(server->drained, INFINITE);
}

static struct server *console_target;

/* After Ctrl-C the process lives on until main returns; when the window is closed it dies with
 * this function, which therefore waits for main to be done. */
static BOOL WINAPI console_event(DWORD event)
{
    SetEvent(console_target->stop);
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
        WaitForSingleObject(console_target->finished, CONSOLE_PATIENCE_MS);
    return TRUE;
}

static int server_prepare(struct server *server)
{
    InitializeCriticalSection(&server->guard);
    server->listener = INVALID_SOCKET;
    server->operations = 1;
    server->stop = CreateEventW(NULL, TRUE, FALSE, NULL);
    server->idle_appeared = CreateEventW(NULL, FALSE, FALSE, NULL);
    server->drained = CreateEventW(NULL, TRUE, FALSE, NULL);
    server->finished = CreateEventW(NULL, TRUE, FALSE, NULL);
    server->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    if (server->stop == NULL || server->idle_appeared == NULL || server->drained == NULL ||
        server->finished == NULL || server->port == NULL) {
        report("port and events", GetLastError());
        return 0;
    }
    return 1;
}

static int server_run(struct server *server)
{
    int ok;

    if (!server_prepare(server))
        return 0;
    ok = workers_start(server) && server_listen(server);
    if (ok) {
        console_target = server;
        SetConsoleCtrlHandler(console_event, TRUE);
        server_wait(server);
    }
    server_drain(server);
    workers_stop(server);
    CloseHandle(server->port);
    if (ok)
        printf("served %" PRId64 " connections, %" PRId64 " bytes; %" PRId64
               " accepts failed or were cancelled, %" PRId64 " connections were cut\n",
               (int64_t)server->accepted, (int64_t)server->echoed_bytes,
               (int64_t)server->failed_accepts, (int64_t)server->lost);
    return ok;
}

/* ---- settings ---------------------------------------------------------------------------- */

static void usage(void)
{
    printf("usage: echo_acceptex [options]\n"
           "  --port P         port to listen on; 0 = any free one (default 0)\n"
           "  --any            listen on all interfaces, not only on the loopback\n"
           "  --workers N      worker threads (default 2 x processors)\n"
           "  --accepts N      AcceptEx operations kept posted (default 16)\n"
           "  --first-data N   accept together with the first data, at most N bytes (default 0)\n"
           "  --verbose        name each peer\n");
}

static int parse_number(const char *text, unsigned long least, unsigned long most,
                        unsigned long *value)
{
    char *end;

    if (text == NULL || *text < '0' || *text > '9')
        return 0;
    *value = strtoul(text, &end, 10);
    return *end == '\0' && *value >= least && *value <= most;
}

static int settings_parse(struct settings *settings, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        int ok = 0;

        if (strcmp(argv[i], "--any") == 0) {
            settings->any = 1;
            continue;
        }
        if (strcmp(argv[i], "--verbose") == 0) {
            settings->verbose = 1;
            continue;
        }
        if (strcmp(argv[i], "--port") == 0)
            ok = parse_number(value, 0, 65535, &settings->port);
        else if (strcmp(argv[i], "--workers") == 0)
            ok = parse_number(value, 1, 4096, &settings->workers);
        else if (strcmp(argv[i], "--accepts") == 0)
            ok = parse_number(value, 1, 4096, &settings->accepts);
        else if (strcmp(argv[i], "--first-data") == 0)
            ok = parse_number(value, 0, BUFFER_BYTES - 2 * ADDRESS_BYTES, &settings->first_data);
        if (!ok) {
            fprintf(stderr, "cannot use: %s\n", argv[i]);
            return 0;
        }
        i++;
    }
    return 1;
}

int main(int argc, char **argv)
{
    /* Static, because a console event may still be looking at it while main returns. */
    static struct server server = {.settings = {.accepts = 16}};
    WSADATA winsock;
    int error, ok;

    if (!settings_parse(&server.settings, argc, argv)) {
        usage();
        return 2;
    }
    error = WSAStartup(MAKEWORD(2, 2), &winsock);
    if (error != 0) {
        report("WSAStartup", (DWORD)error);
        return 1;
    }
    ok = server_run(&server);
    WSACleanup();
    fflush(stdout);
    if (server.finished != NULL)
        SetEvent(server.finished);
    return ok ? 0 : 1;
}
