/* SPDX-License-Identifier: MIT
 *
 * How to end a server without losing a packet or freeing memory that is still in use.
 *
 * The program is both sides. It opens connections to itself and keeps operations of every sort in
 * flight: receives that complete all the time because a client thread keeps talking, receives that
 * wait for a silent peer, sends that cannot finish because nobody reads, accepts that nobody comes
 * for. Then it stops in the middle, in this order:
 *
 *   1. no operation is posted any more;
 *   2. the listening socket and every connection are closed: what is pending comes to its end;
 *   3. the workers go on taking packets until each operation has come back;
 *   4. one exit packet is posted for each worker;
 *   5. the workers are joined;
 *   6. the port is closed.
 *
 * Closing alone ends what is pending. But a system may first try to deliver a send to a peer that
 * does not read (Wine does, for as long as it takes); so the program asks for cancelling before it
 * closes, unless told not to (--close-only).
 *
 * An OVERLAPPED and its buffer may be freed once its packet has been taken, not when the socket is
 * closed. Exit packets must come after the last operation has returned: a worker that left earlier
 * would leave packets behind.
 *
 * Checks itself: each operation accepted has come back exactly once, the port is empty at the end.
 * Ends with 0 if so, with 1 if not.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECEIVES 2 /* pending on each connection */
#define ACCEPTS 8
#define SEND_EVERY 4                    /* every 4th connection has a send that nobody reads */
#define SEND_BYTES (32ul * 1024 * 1024) /* more than both socket buffers can hold */
#define PATIENCE_MS 20000
#define ADDRESS_BYTES (sizeof(struct sockaddr_in) + 16)

enum operation_kind { KIND_RECEIVE, KIND_SEND, KIND_ACCEPT, KIND_COUNT };

static const char *const kind_names[KIND_COUNT] = {"receive", "send", "accept"};

struct operation {
    OVERLAPPED overlapped;
    enum operation_kind kind;
    SOCKET socket;
    SOCKET accepted;
    volatile LONG in_flight;
    volatile LONG posted;
    volatile LONG returned;
    char buffer[256];
};

struct tally {
    volatile LONG64 succeeded, cancelled, aborted, otherwise;
};

struct world {
    unsigned long connections, workers, run_ms;
    int close_only;
    SOCKET listener;
    SOCKET *server_ends, *client_ends;
    struct operation *operations;
    unsigned long operation_count;
    char *big;
    HANDLE port;
    HANDLE *threads;
    HANDLE talker;
    HANDLE drained;
    volatile LONG stopping;
    volatile LONG hush;
    volatile LONG outstanding; /* operations in flight, and one for the world while it runs */
    volatile LONG doubled;
    struct tally tallies[KIND_COUNT];
};

static int complain(const char *what, DWORD error)
{
    fprintf(stderr, "%s: error %lu\n", what, (unsigned long)error);
    return 0;
}

static int flag_is_set(volatile LONG *flag)
{
    return InterlockedCompareExchange(flag, 0, 0) != 0;
}

/* ---- operations -------------------------------------------------------------------------- */

static int operation_call(struct world *world, struct operation *operation)
{
    WSABUF window = {sizeof(operation->buffer), operation->buffer};
    DWORD flags = 0, bytes = 0;

    switch (operation->kind) {
    case KIND_RECEIVE:
        return WSARecv(operation->socket, &window, 1, NULL, &flags, &operation->overlapped, NULL) ==
               0;
    case KIND_SEND:
        window.buf = world->big;
        window.len = SEND_BYTES;
        return WSASend(operation->socket, &window, 1, NULL, 0, &operation->overlapped, NULL) == 0;
    default:
        return AcceptEx(operation->socket, operation->accepted, operation->buffer, 0, ADDRESS_BYTES,
                        ADDRESS_BYTES, &bytes, &operation->overlapped);
    }
}

static void outstanding_release(struct world *world)
{
    if (InterlockedDecrement(&world->outstanding) == 0)
        SetEvent(world->drained);
}

/* Counted before the call: once it is accepted its packet may be taken before the call returns. */
static int operation_post(struct world *world, struct operation *operation)
{
    memset(&operation->overlapped, 0, sizeof(operation->overlapped));
    InterlockedIncrement(&world->outstanding);
    InterlockedIncrement(&operation->posted);
    InterlockedExchange(&operation->in_flight, 1);
    if (operation_call(world, operation) || WSAGetLastError() == WSA_IO_PENDING)
        return 1;
    /* Refused at once: there will be no packet, and it does not count. */
    InterlockedExchange(&operation->in_flight, 0);
    InterlockedDecrement(&operation->posted);
    outstanding_release(world);
    return 0;
}

static void operation_returned(struct world *world, struct operation *operation, BOOL succeeded,
                               DWORD error)
{
    struct tally *tally = &world->tallies[operation->kind];

    if (InterlockedExchange(&operation->in_flight, 0) != 1)
        InterlockedIncrement(&world->doubled);
    InterlockedIncrement(&operation->returned);
    if (succeeded)
        InterlockedIncrement64(&tally->succeeded);
    else if (error == ERROR_OPERATION_ABORTED)
        InterlockedIncrement64(&tally->cancelled);
    else if (error == ERROR_CONNECTION_ABORTED)
        InterlockedIncrement64(&tally->aborted);
    else
        InterlockedIncrement64(&tally->otherwise);
}

/* ---- threads ----------------------------------------------------------------------------- */

static DWORD WINAPI worker_run(LPVOID argument)
{
    struct world *world = argument;

    for (;;) {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED *overlapped = NULL;
        BOOL succeeded =
            GetQueuedCompletionStatus(world->port, &bytes, &key, &overlapped, INFINITE);
        DWORD error = succeeded ? 0 : GetLastError();

        if (overlapped == NULL)
            return succeeded ? 0 : error;
        struct operation *operation = (struct operation *)overlapped;

        operation_returned(world, operation, succeeded, error);
        if (succeeded && operation->kind == KIND_RECEIVE && bytes > 0 &&
            !flag_is_set(&world->stopping))
            operation_post(world, operation);
        outstanding_release(world);
    }
}

/* Talks on every second connection, so that the other half of the receives waits in silence. */
static DWORD WINAPI talker_run(LPVOID argument)
{
    struct world *world = argument;
    const char words[100] = "in flight when the server stops";

    while (!flag_is_set(&world->hush)) {
        unsigned long alive = 0;

        for (unsigned long i = 0; i < world->connections; i += 2)
            alive += send(world->client_ends[i], words, sizeof(words), 0) > 0;
        if (alive == 0)
            break;
    }
    return 0;
}

/* ---- building the world ------------------------------------------------------------------ */

static int world_listen(struct world *world, struct sockaddr_in *address)
{
    int length = sizeof(*address);

    memset(address, 0, sizeof(*address));
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    world->listener = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (world->listener == INVALID_SOCKET ||
        bind(world->listener, (struct sockaddr *)address, sizeof(*address)) != 0 ||
        listen(world->listener, SOMAXCONN) != 0 ||
        getsockname(world->listener, (struct sockaddr *)address, &length) != 0)
        return complain("listener", (DWORD)WSAGetLastError());
    if (CreateIoCompletionPort((HANDLE)world->listener, world->port, 0, 0) == NULL)
        return complain("CreateIoCompletionPort", GetLastError());
    return 1;
}

static int world_connect(struct world *world, const struct sockaddr_in *address, unsigned long i)
{
    world->client_ends[i] = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (world->client_ends[i] == INVALID_SOCKET ||
        connect(world->client_ends[i], (const struct sockaddr *)address, sizeof(*address)) != 0)
        return complain("connect", (DWORD)WSAGetLastError());
    world->server_ends[i] = accept(world->listener, NULL, NULL);
    if (world->server_ends[i] == INVALID_SOCKET)
        return complain("accept", (DWORD)WSAGetLastError());
    if (CreateIoCompletionPort((HANDLE)world->server_ends[i], world->port, i, 0) == NULL)
        return complain("CreateIoCompletionPort", GetLastError());
    return 1;
}

static struct operation *world_operation(struct world *world, enum operation_kind kind,
                                         SOCKET socket)
{
    struct operation *operation = &world->operations[world->operation_count++];

    operation->kind = kind;
    operation->socket = socket;
    operation->accepted = INVALID_SOCKET;
    return operation;
}

static int world_post_all(struct world *world)
{
    for (unsigned long i = 0; i < world->connections; i++) {
        for (int r = 0; r < RECEIVES; r++) {
            if (!operation_post(world, world_operation(world, KIND_RECEIVE, world->server_ends[i])))
                return complain("WSARecv", (DWORD)WSAGetLastError());
        }
        if (i % SEND_EVERY == 0 &&
            !operation_post(world, world_operation(world, KIND_SEND, world->server_ends[i])))
            return complain("WSASend", (DWORD)WSAGetLastError());
    }
    for (int a = 0; a < ACCEPTS; a++) {
        struct operation *operation = world_operation(world, KIND_ACCEPT, world->listener);

        operation->accepted = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
        if (operation->accepted == INVALID_SOCKET || !operation_post(world, operation))
            return complain("AcceptEx", (DWORD)WSAGetLastError());
    }
    return 1;
}

static int world_allocate(struct world *world)
{
    unsigned long operations = world->connections * (RECEIVES + 1) + ACCEPTS;

    world->outstanding = 1;
    world->listener = INVALID_SOCKET;
    world->server_ends = malloc(world->connections * sizeof(SOCKET));
    world->client_ends = malloc(world->connections * sizeof(SOCKET));
    world->operations = calloc(operations, sizeof(*world->operations));
    world->threads = calloc(world->workers, sizeof(HANDLE));
    world->big = calloc(1, SEND_BYTES);
    world->drained = CreateEventW(NULL, TRUE, FALSE, NULL);
    world->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    if (world->server_ends == NULL || world->client_ends == NULL || world->operations == NULL ||
        world->threads == NULL || world->big == NULL || world->drained == NULL ||
        world->port == NULL)
        return complain("memory, event, port", GetLastError());
    for (unsigned long i = 0; i < world->connections; i++)
        world->server_ends[i] = world->client_ends[i] = INVALID_SOCKET;
    return 1;
}

static int world_start(struct world *world)
{
    struct sockaddr_in address;

    if (!world_allocate(world) || !world_listen(world, &address))
        return 0;
    for (unsigned long i = 0; i < world->connections; i++) {
        if (!world_connect(world, &address, i))
            return 0;
    }
    for (unsigned long i = 0; i < world->workers; i++) {
        world->threads[i] = CreateThread(NULL, 0, worker_run, world, 0, NULL);
        if (world->threads[i] == NULL)
            return complain("CreateThread", GetLastError());
    }
    if (!world_post_all(world))
        return 0;
    world->talker = CreateThread(NULL, 0, talker_run, world, 0, NULL);
    return world->talker != NULL || complain("CreateThread", GetLastError());
}

/* ---- the end ----------------------------------------------------------------------------- */

/* A worker that saw `stopping` unset may still post on a socket closed here: the call is refused,
 * since no socket is made any more that could have got the same number. */
static void world_close_sockets(struct world *world)
{
    closesocket(world->listener);
    for (unsigned long i = 0; i < world->connections; i++) {
        if (!world->close_only)
            CancelIoEx((HANDLE)world->server_ends[i], NULL);
        closesocket(world->server_ends[i]);
    }
}

static int world_join_workers(struct world *world)
{
    int ok = 1;

    for (unsigned long i = 0; i < world->workers; i++) {
        if (!PostQueuedCompletionStatus(world->port, 0, 0, NULL))
            ok = complain("PostQueuedCompletionStatus", GetLastError());
    }
    for (unsigned long i = 0; i < world->workers; i++) {
        DWORD code = 1;

        WaitForSingleObject(world->threads[i], INFINITE);
        GetExitCodeThread(world->threads[i], &code);
        CloseHandle(world->threads[i]);
        if (code != 0)
            ok = complain("a worker ended early", code);
    }
    return ok;
}

static int port_is_empty(HANDLE port)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped = NULL;

    if (GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 0) || overlapped != NULL ||
        GetLastError() != WAIT_TIMEOUT)
        return complain("a packet was left in the port", 0);
    return 1;
}

static int world_stop(struct world *world)
{
    LONG pending;
    int ok;

    InterlockedExchange(&world->stopping, 1);
    pending = InterlockedCompareExchange(&world->outstanding, 0, 0) - 1;
    world_close_sockets(world);
    outstanding_release(world);
    if (WaitForSingleObject(world->drained, PATIENCE_MS) != WAIT_OBJECT_0)
        return complain("operations that never came back", (DWORD)world->outstanding);
    printf("stopped with %ld operations in flight or in hand\n", (long)pending);
    ok = world_join_workers(world);
    ok = port_is_empty(world->port) && ok;
    CloseHandle(world->port);
    return ok;
}

static void world_silence(struct world *world)
{
    InterlockedExchange(&world->hush, 1);
    WaitForSingleObject(world->talker, INFINITE);
    CloseHandle(world->talker);
    for (unsigned long i = 0; i < world->connections; i++)
        closesocket(world->client_ends[i]);
    for (unsigned long i = 0; i < world->operation_count; i++) {
        if (world->operations[i].accepted != INVALID_SOCKET)
            closesocket(world->operations[i].accepted);
    }
}

static int world_check(struct world *world)
{
    unsigned long wrong = 0;
    int64_t posted = 0;

    for (unsigned long i = 0; i < world->operation_count; i++) {
        posted += world->operations[i].posted;
        wrong += world->operations[i].posted != world->operations[i].returned;
    }
    for (int k = 0; k < KIND_COUNT; k++) {
        const struct tally *tally = &world->tallies[k];

        printf("%-8s %" PRId64 " succeeded, %" PRId64 " cancelled (995), %" PRId64
               " aborted (1236), %" PRId64 " with another error\n",
               kind_names[k], (int64_t)tally->succeeded, (int64_t)tally->cancelled,
               (int64_t)tally->aborted, (int64_t)tally->otherwise);
    }
    printf("%" PRId64 " operations accepted, %lu without their one packet, %ld doubled: %s\n",
           posted, wrong, (long)world->doubled, wrong + world->doubled == 0 ? "right" : "WRONG");
    return wrong == 0 && world->doubled == 0;
}

static void world_free(struct world *world)
{
    CloseHandle(world->drained);
    free(world->server_ends);
    free(world->client_ends);
    free(world->operations);
    free(world->threads);
    free(world->big);
}

/* When something fails on the way the process simply ends: there is nothing left to show, and
 * memory that pending operations may still write to must not be freed. */
static int world_run(struct world *world)
{
    int ok;

    if (!world_start(world))
        return 0;
    Sleep(world->run_ms);
    if (!world_stop(world))
        return 0;
    world_silence(world);
    ok = world_check(world);
    world_free(world);
    return ok;
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

static int settings_parse(struct world *world, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        int ok = 0;

        if (strcmp(argv[i], "--close-only") == 0) {
            world->close_only = 1;
            continue;
        }
        if (strcmp(argv[i], "--connections") == 0)
            ok = parse_number(value, 1, 20000, &world->connections);
        else if (strcmp(argv[i], "--workers") == 0)
            ok = parse_number(value, 1, 1024, &world->workers);
        else if (strcmp(argv[i], "--run-ms") == 0)
            ok = parse_number(value, 0, 600000, &world->run_ms);
        if (!ok)
            return 0;
        i++;
    }
    return 1;
}

int main(int argc, char **argv)
{
    static struct world world = {.connections = 64, .workers = 4, .run_ms = 300};
    WSADATA winsock;
    int ok;

    if (!settings_parse(&world, argc, argv)) {
        printf("usage: graceful_shutdown [options]\n"
               "  --connections N   connections in flight (default 64)\n"
               "  --workers N       worker threads (default 4)\n"
               "  --run-ms MS       time before the stop (default 300)\n"
               "  --close-only      close the sockets without asking for cancelling first\n");
        return 2;
    }
    if (WSAStartup(MAKEWORD(2, 2), &winsock) != 0)
        return 1;
    ok = world_run(&world);
    WSACleanup();
    return ok ? 0 : 1;
}
