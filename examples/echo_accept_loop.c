/* SPDX-License-Identifier: MIT
 *
 * An echo server in the oldest manner: the main thread sits in a blocking WSAAccept, and a pool
 * of workers (two for each processor) takes completions from one port.
 *
 * Shows: per-connection data as the completion key, per-operation data that begins with its
 * OVERLAPPED, the chain WSARecv -> WSASend -> WSARecv, and an end in which no packet is lost:
 * Ctrl-C closes the listening socket, so that WSAAccept returns; then every connection is closed,
 * every operation comes back through the port, each worker is sent one exit packet, and only when
 * all have left is the port closed.
 *
 * A connection has exactly one operation at any time. Whoever holds the packet of that operation
 * owns the connection: the way from one request to the next therefore needs no lock, and neither
 * does it allocate. `server.guard` protects the list of connections and their `closed` flag, which
 * matter only when a connection comes or goes.
 *
 * On Linux, SIGUSR1 prints the state of the port.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <iocp.h>
#include <pthread.h>
#include <signal.h>
#endif

#define ACCEPT_RETRY_MS 50
#define CONSOLE_PATIENCE_MS 4000

struct settings {
    unsigned long port;
    unsigned long workers;
    unsigned long concurrency;
    unsigned long buffer;
    unsigned long work_us;
    unsigned long block_every;
    unsigned long block_ms;
    int no_delay;
    int any;
};

enum operation_kind { OPERATION_RECEIVE, OPERATION_SEND };

/* The OVERLAPPED comes first, so that the pointer a packet brings is the operation's own. */
struct operation {
    OVERLAPPED overlapped;
    enum operation_kind kind;
    WSABUF buffer;
    char data[];
};

struct connection {
    SOCKET socket;
    struct operation *operation;
    struct connection *next;
    struct connection **link;
    int closed;
};

struct totals {
    uint64_t requests;
    uint64_t bytes;
    uint64_t lost;
};

struct server;

struct worker {
    HANDLE thread;
    struct server *server;
    struct totals totals;
};

struct server {
    struct settings settings;
    SOCKET listener;
    HANDLE port;
    struct worker *workers;
    unsigned long worker_count;
    LONGLONG work_ticks;
    volatile LONG stopping;
    HANDLE drained;
    HANDLE finished;
    CRITICAL_SECTION guard;
    struct connection *connections;
    int draining;
    uint64_t accepted;
};

static void report(const char *what, DWORD error)
{
    fprintf(stderr, "%s: error %lu\n", what, (unsigned long)error);
}

/* ---- operations ------------------------------------------------------------------------- */

/* Each returns whether the operation was accepted. If so its packet will come, even when the call
 * finished at once, and another worker may already be at work on it. */
static int operation_receive(SOCKET socket, struct operation *operation, unsigned long capacity)
{
    DWORD flags = 0;

    memset(&operation->overlapped, 0, sizeof(operation->overlapped));
    operation->kind = OPERATION_RECEIVE;
    operation->buffer.buf = operation->data;
    operation->buffer.len = capacity;
    if (WSARecv(socket, &operation->buffer, 1, NULL, &flags, &operation->overlapped, NULL) == 0)
        return 1;
    return WSAGetLastError() == WSA_IO_PENDING;
}

static int operation_send(SOCKET socket, struct operation *operation, DWORD length)
{
    memset(&operation->overlapped, 0, sizeof(operation->overlapped));
    operation->kind = OPERATION_SEND;
    operation->buffer.buf = operation->data;
    operation->buffer.len = length;
    if (WSASend(socket, &operation->buffer, 1, NULL, 0, &operation->overlapped, NULL) == 0)
        return 1;
    return WSAGetLastError() == WSA_IO_PENDING;
}

/* ---- connections ------------------------------------------------------------------------ */

static struct connection *connection_new(struct server *server, SOCKET socket)
{
    struct connection *connection = malloc(sizeof(*connection));

    if (connection == NULL)
        return NULL;
    connection->operation = malloc(sizeof(*connection->operation) + server->settings.buffer);
    if (connection->operation == NULL) {
        free(connection);
        return NULL;
    }
    connection->socket = socket;
    connection->closed = 0;

    EnterCriticalSection(&server->guard);
    connection->next = server->connections;
    connection->link = &server->connections;
    if (connection->next != NULL)
        connection->next->link = &connection->next;
    server->connections = connection;
    LeaveCriticalSection(&server->guard);
    return connection;
}

/* Only for whoever holds the connection's packet, or could not start its operation: nothing is
 * pending then and the memory may go. */
static void connection_end(struct server *server, struct connection *connection)
{
    int last;

    EnterCriticalSection(&server->guard);
    if (!connection->closed)
        closesocket(connection->socket);
    *connection->link = connection->next;
    if (connection->next != NULL)
        connection->next->link = connection->link;
    last = server->draining && server->connections == NULL;
    LeaveCriticalSection(&server->guard);

    free(connection->operation);
    free(connection);
    if (last)
        SetEvent(server->drained);
}

/* ---- workers ---------------------------------------------------------------------------- */

static void burn(LONGLONG ticks)
{
    LARGE_INTEGER begin, now;

    QueryPerformanceCounter(&begin);
    do {
        QueryPerformanceCounter(&now);
    } while (now.QuadPart - begin.QuadPart < ticks);
}

/* Stands for what a real server does with a request: computing, and now and then blocking, which
 * lets the port wake another worker. */
static void serve_request(const struct server *server, const struct totals *totals)
{
    const struct settings *settings = &server->settings;

    if (server->work_ticks > 0)
        burn(server->work_ticks);
    if (settings->block_every > 0 && totals->requests % settings->block_every == 0)
        Sleep(settings->block_ms);
}

static int is_stopping(struct server *server)
{
    return InterlockedCompareExchange(&server->stopping, 0, 0) != 0;
}

/* A connection that the stopping server closed itself is not counted as lost. */
static int connection_lost(struct server *server, struct totals *totals)
{
    if (!is_stopping(server))
        totals->lost++;
    return 0;
}

/* Takes the connection one step further; false when it has come to its end. */
static int connection_advance(struct server *server, struct connection *connection, BOOL succeeded,
                              DWORD bytes, struct totals *totals)
{
    struct operation *operation = connection->operation;

    if (!succeeded)
        return connection_lost(server, totals);
    if (operation->kind == OPERATION_RECEIVE) {
        if (bytes == 0)
            return 0; /* the peer has said all it had to say */
        totals->requests++;
        totals->bytes += bytes;
        serve_request(server, totals);
        if (operation_send(connection->socket, operation, bytes))
            return 1;
    } else if (bytes == operation->buffer.len) { /* a stream socket sends all or fails */
        if (operation_receive(connection->socket, operation, server->settings.buffer))
            return 1;
    }
    return connection_lost(server, totals);
}

static DWORD WINAPI worker_run(LPVOID argument)
{
    struct worker *worker = argument;
    struct server *server = worker->server;
    struct totals totals = {0, 0, 0};

    for (;;) {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED *overlapped = NULL;
        BOOL succeeded =
            GetQueuedCompletionStatus(server->port, &bytes, &key, &overlapped, INFINITE);

        if (overlapped == NULL) {
            if (!succeeded)
                report("GetQueuedCompletionStatus", GetLastError());
            break;
        }
        struct connection *connection = (struct connection *)key;

        if (!connection_advance(server, connection, succeeded, bytes, &totals))
            connection_end(server, connection);
    }
    worker->totals = totals; /* once, at the end: workers share no counter while they run */
    return 0;
}

static int workers_start(struct server *server, unsigned long count)
{
    server->workers = calloc(count, sizeof(*server->workers));
    if (server->workers == NULL)
        return 0;
    for (unsigned long i = 0; i < count; i++) {
        struct worker *worker = &server->workers[i];

        worker->server = server;
        worker->thread = CreateThread(NULL, 0, worker_run, worker, 0, NULL);
        if (worker->thread == NULL) {
            report("CreateThread", GetLastError());
            return 0;
        }
        server->worker_count++;
    }
    return 1;
}

/* One exit packet ends one worker, since a worker that took one does not ask again. */
static void workers_stop(struct server *server)
{
    for (unsigned long i = 0; i < server->worker_count; i++) {
        if (!PostQueuedCompletionStatus(server->port, 0, 0, NULL))
            report("PostQueuedCompletionStatus", GetLastError());
    }
    for (unsigned long i = 0; i < server->worker_count; i++) {
        WaitForSingleObject(server->workers[i].thread, INFINITE);
        CloseHandle(server->workers[i].thread);
    }
}

/* ---- the main thread: listening and accepting ------------------------------------------- */

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
        getsockname(server->listener, (struct sockaddr *)&address, &length) != 0) {
        report("bind, listen", (DWORD)WSAGetLastError());
        closesocket(server->listener);
        return 0;
    }
    printf("ready %u\n", (unsigned)ntohs(address.sin_port));
    fflush(stdout);
    return 1;
}

/* Also called from the console's thread: the first call closes the listener, so that the accept
 * in the main thread returns. */
static void server_stop_accepting(struct server *server)
{
    if (InterlockedExchange(&server->stopping, 1) == 0)
        closesocket(server->listener);
}

static void server_welcome(struct server *server, SOCKET socket)
{
    BOOL no_delay = server->settings.no_delay;
    struct connection *connection;

    if (setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, (const char *)&no_delay, sizeof(no_delay)) !=
        0)
        report("TCP_NODELAY", (DWORD)WSAGetLastError());
    connection = connection_new(server, socket);
    if (connection == NULL) {
        report("connection", ERROR_NOT_ENOUGH_MEMORY);
        closesocket(socket);
        return;
    }
    if (CreateIoCompletionPort((HANDLE)socket, server->port, (ULONG_PTR)connection, 0) == NULL) {
        report("CreateIoCompletionPort", GetLastError());
        connection_end(server, connection);
        return;
    }
    server->accepted++;
    if (!operation_receive(socket, connection->operation, server->settings.buffer))
        connection_end(server, connection);
}

/* Whether accepting may go on after this error. What may pass by itself is given time, so that a
 * process short of descriptors does not spin. */
static int accept_survives(int error)
{
    switch (error) {
    case WSAECONNRESET:
    case WSAECONNABORTED:
        return 1;
    case WSAEMFILE:
    case WSAENOBUFS:
        report("WSAAccept", (DWORD)error);
        Sleep(ACCEPT_RETRY_MS);
        return 1;
    default:
        return 0;
    }
}

static int server_accept(struct server *server)
{
    for (;;) {
        SOCKET socket = WSAAccept(server->listener, NULL, NULL, NULL, 0);

        if (socket != INVALID_SOCKET) {
            server_welcome(server, socket);
            continue;
        }
        int error = WSAGetLastError();

        if (is_stopping(server))
            return 1;
        if (!accept_survives(error)) {
            report("WSAAccept", (DWORD)error);
            return 0;
        }
    }
}

/* Closing a socket makes its pending operation come back; the worker that takes the packet frees
 * the connection. Nothing is freed here. */
static void server_drain(struct server *server)
{
    int empty;

    EnterCriticalSection(&server->guard);
    server->draining = 1;
    for (struct connection *each = server->connections; each != NULL; each = each->next) {
        closesocket(each->socket);
        each->closed = 1;
    }
    empty = server->connections == NULL;
    LeaveCriticalSection(&server->guard);
    if (!empty)
        WaitForSingleObject(server->drained, INFINITE);
}

static void server_print_totals(const struct server *server)
{
    struct totals sum = {0, 0, 0};

    for (unsigned long i = 0; i < server->worker_count; i++) {
        sum.requests += server->workers[i].totals.requests;
        sum.bytes += server->workers[i].totals.bytes;
        sum.lost += server->workers[i].totals.lost;
    }
    printf("served %" PRIu64 " connections, %" PRIu64 " requests, %" PRIu64 " bytes; %" PRIu64
           " connections lost\n",
           server->accepted, sum.requests, sum.bytes, sum.lost);
}

/* ---- Ctrl-C ----------------------------------------------------------------------------- */

static struct server *console_target;

/* Runs in a thread of the system's. After Ctrl-C or Ctrl-Break the process lives on until main
 * returns; after the other events (window closed, logoff) it dies with this function, which
 * therefore waits for main to be done. */
static BOOL WINAPI console_event(DWORD event)
{
    server_stop_accepting(console_target);
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
        WaitForSingleObject(console_target->finished, CONSOLE_PATIENCE_MS);
    return TRUE;
}

/* ---- the state of the port, on request (Linux) ------------------------------------------- */

#ifdef __linux__
static struct state_reporter {
    pthread_t thread;
    HANDLE port;
    volatile LONG stopping;
} state_reporter;

/* Before any thread exists: all inherit the mask, and the signal is left to sigwait. */
static void state_reporter_prepare(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void state_print(HANDLE port)
{
    struct iocp_port_state state;
    int error;

    memset(&state, 0, sizeof(state));
    state.struct_size = sizeof(state);
    error = iocp_port_query(port, &state);
    if (error != 0) {
        report("iocp_port_query", (DWORD)error);
        return;
    }
    printf("port: engine %s, devices %u, queue %u, waiting %u, released %u, paused %u, "
           "packets %" PRIu64 "\n",
           state.engine, (unsigned)state.devices, (unsigned)state.queue_depth,
           (unsigned)state.waiting, (unsigned)state.released, (unsigned)state.paused,
           (uint64_t)state.packets);
    fflush(stdout);
}

static void *state_reporter_run(void *argument)
{
    struct state_reporter *reporter = argument;
    sigset_t set;
    int number;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    while (sigwait(&set, &number) == 0) {
        if (InterlockedCompareExchange(&reporter->stopping, 0, 0) != 0)
            break;
        state_print(reporter->port);
    }
    return NULL;
}

static void state_reporter_start(HANDLE port)
{
    state_reporter.port = port;
    if (pthread_create(&state_reporter.thread, NULL, state_reporter_run, &state_reporter) != 0) {
        fprintf(stderr, "no thread for SIGUSR1: the port's state cannot be shown\n");
        state_reporter.port = NULL;
    }
}

static void state_reporter_stop(void)
{
    if (state_reporter.port == NULL)
        return;
    InterlockedExchange(&state_reporter.stopping, 1);
    pthread_kill(state_reporter.thread, SIGUSR1);
    pthread_join(state_reporter.thread, NULL);
}
#else
static void state_reporter_prepare(void)
{
}

static void state_reporter_start(HANDLE port)
{
    (void)port;
}

static void state_reporter_stop(void)
{
}
#endif

/* ---- settings ---------------------------------------------------------------------------- */

static void usage(void)
{
    printf("usage: echo_accept_loop [options]\n"
           "  --port P          port to listen on; 0 = any free one (default 0)\n"
           "  --any             listen on all interfaces, not only on the loopback\n"
           "  --workers N       worker threads (default 2 x processors)\n"
           "  --concurrency N   workers that may run at a time; 0 = processors (default 0)\n"
           "  --buffer BYTES    receive buffer of a connection (default 8192)\n"
           "  --work US         compute for US microseconds in each request\n"
           "  --block-every N   every Nth request of a worker blocks ...\n"
           "  --block-ms MS     ... for MS milliseconds (default 1)\n"
           "  --no-delay        set TCP_NODELAY (the default); --delay leaves it off\n");
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
    const struct {
        const char *name;
        unsigned long *value;
        unsigned long least, most;
    } numbers[] = {
        {"--port", &settings->port, 0, 65535},
        {"--workers", &settings->workers, 1, 4096},
        {"--concurrency", &settings->concurrency, 0, 4096},
        {"--buffer", &settings->buffer, 1, 64ul * 1024 * 1024},
        {"--work", &settings->work_us, 0, 10000000},
        {"--block-every", &settings->block_every, 0, 1000000000},
        {"--block-ms", &settings->block_ms, 0, 60000},
    };
    const size_t count = sizeof(numbers) / sizeof(numbers[0]);

    for (int i = 1; i < argc; i++) {
        size_t which = 0;

        if (strcmp(argv[i], "--no-delay") == 0 || strcmp(argv[i], "--delay") == 0) {
            settings->no_delay = strcmp(argv[i], "--no-delay") == 0;
            continue;
        }
        if (strcmp(argv[i], "--any") == 0) {
            settings->any = 1;
            continue;
        }
        while (which < count && strcmp(argv[i], numbers[which].name) != 0)
            which++;
        if (which == count || !parse_number(i + 1 < argc ? argv[i + 1] : NULL, numbers[which].least,
                                            numbers[which].most, numbers[which].value)) {
            fprintf(stderr, "cannot use: %s\n", argv[i]);
            return 0;
        }
        i++;
    }
    return 1;
}

/* ---- from beginning to end ---------------------------------------------------------------- */

static int server_prepare(struct server *server)
{
    LARGE_INTEGER frequency;

    QueryPerformanceFrequency(&frequency);
    server->work_ticks = (LONGLONG)server->settings.work_us * frequency.QuadPart / 1000000;
    InitializeCriticalSection(&server->guard);
    server->drained = CreateEventW(NULL, TRUE, FALSE, NULL);
    server->finished = CreateEventW(NULL, TRUE, FALSE, NULL);
    server->port =
        CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, (DWORD)server->settings.concurrency);
    if (server->drained == NULL || server->finished == NULL || server->port == NULL) {
        report("port and events", GetLastError());
        return 0;
    }
    return 1;
}

static int server_run(struct server *server)
{
    SYSTEM_INFO system;
    unsigned long count = server->settings.workers;
    int ok;

    GetSystemInfo(&system);
    if (count == 0)
        count = 2ul * system.dwNumberOfProcessors;
    if (!server_prepare(server))
        return 0;
    ok = workers_start(server, count) && server_listen(server);
    if (ok) {
        console_target = server;
        SetConsoleCtrlHandler(console_event, TRUE);
        state_reporter_start(server->port);
        ok = server_accept(server);
        server_stop_accepting(server);
        server_drain(server);
        state_reporter_stop();
    }
    workers_stop(server);
    CloseHandle(server->port);
    if (ok)
        server_print_totals(server);
    free(server->workers);
    return ok;
}

int main(int argc, char **argv)
{
    /* Static, because a console event may still be looking at it while main returns. */
    static struct server server = {
        .settings = {.buffer = 8192, .block_ms = 1, .no_delay = 1},
    };
    WSADATA winsock;
    int error, ok;

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        usage();
        return 0;
    }
    if (!settings_parse(&server.settings, argc, argv)) {
        usage();
        return 2;
    }
    state_reporter_prepare();
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
