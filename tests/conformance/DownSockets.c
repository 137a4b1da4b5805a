/* SPDX-License-Identifier: MIT
 *
 * Shutting down a server with sockets in flight, by the recipe of DOWN-1: close the sockets, drain
 * the packets, send an exit packet to each worker, join, close the port. Nothing may be lost,
 * doubled or hang.
 */
#include "sockets.h"

enum { WORKERS = 4, CLIENTS = 24, ACCEPTS = 4 };

enum kind { RECEIVE, SEND, ACCEPT };

struct operation {
    OVERLAPPED ov; /* first, so that a packet's pointer is the operation's */
    enum kind kind;
    LONG packets;
    SOCKET socket;
    char data[64];
};

struct server {
    HANDLE port;
    volatile LONG in_flight;
    volatile LONG stopping;
    volatile LONG exits, doubled, strange;
};

static struct server server;
static struct operation receives[CLIENTS], sends[CLIENTS], accepts[ACCEPTS];

static LONG value(volatile LONG *counter)
{
    return InterlockedCompareExchange(counter, 0, 0);
}

/* Counts the operation in before it can complete; out again if it was refused. */
static void begin(struct operation *o)
{
    memset(&o->ov, 0, sizeof o->ov);
    InterlockedExchange(&o->packets, 0);
    InterlockedIncrement(&server.in_flight);
    DWORD code = o->kind == RECEIVE ? recv_start(o->socket, o->data, sizeof o->data, 0, &o->ov)
                                    : send_start(o->socket, o->data, sizeof o->data, &o->ov);
    if (!started(code))
        InterlockedDecrement(&server.in_flight);
}

static void handle_packet(struct operation *o, BOOL ok, DWORD bytes)
{
    if (InterlockedIncrement(&o->packets) != 1)
        InterlockedIncrement(&server.doubled);
    if (o->kind != ACCEPT && ok && bytes > 0 && !value(&server.stopping))
        begin(o); /* counted in before this one is counted out */
    InterlockedDecrement(&server.in_flight);
}

static DWORD WINAPI worker(void *unused)
{
    (void)unused;
    for (;;) {
        OVERLAPPED *ov = NULL;
        ULONG_PTR key = 0;
        DWORD bytes = 0;
        BOOL ok = GetQueuedCompletionStatus(server.port, &bytes, &key, &ov, 2 * DEADLINE);
        if (!ov) {
            InterlockedIncrement(ok && key == 0 ? &server.exits : &server.strange);
            return 0;
        }
        if (key != KEY)
            InterlockedIncrement(&server.strange);
        handle_packet((struct operation *)ov, ok, bytes);
    }
}

static void associate(SOCKET s)
{
    REQUIRE(CreateIoCompletionPort((HANDLE)s, server.port, KEY, 0) == server.port);
}

static void open_connections(const struct sockaddr_in *address, SOCKET listener, SOCKET *ours,
                             SOCKET *peers)
{
    for (int i = 0; i < CLIENTS; i++) {
        peers[i] = tcp_connect(address);
        ours[i] = accept(listener, NULL, NULL);
        REQUIRE(ours[i] != INVALID_SOCKET);
        associate(ours[i]);
        receives[i].kind = RECEIVE;
        sends[i].kind = SEND;
        receives[i].socket = sends[i].socket = ours[i];
        begin(&receives[i]);
        if (i % 2)
            begin(&sends[i]);
    }
}

static void post_accepts(SOCKET listener)
{
    for (int i = 0; i < ACCEPTS; i++) {
        DWORD bytes;
        memset(&accepts[i], 0, sizeof accepts[i]);
        accepts[i].kind = ACCEPT;
        accepts[i].socket = tcp_socket();
        InterlockedIncrement(&server.in_flight);
        BOOL done = AcceptEx(listener, accepts[i].socket, accepts[i].data, 0, 32, 32, &bytes,
                             &accepts[i].ov);
        REQUIRE(done || WSAGetLastError() == WSA_IO_PENDING);
    }
}

/* The peers keep talking while the server goes down. */
static void talk(SOCKET *peers)
{
    for (int round = 0; round < 20; round++)
        for (int i = 0; i < CLIENTS; i++)
            send(peers[i], "chatter", 7, 0);
}

static int drained(void)
{
    for (int i = 0; i < DEADLINE / 5 && value(&server.in_flight) > 0; i++)
        Sleep(5);
    return value(&server.in_flight) == 0;
}

static void join_workers(HANDLE *threads)
{
    int joined = 0;
    for (int i = 0; i < WORKERS; i++)
        CHECK("DOWN-1", PostQueuedCompletionStatus(server.port, 0, 0, NULL), "exit packet %d", i);
    for (int i = 0; i < WORKERS; i++) {
        joined += WaitForSingleObject(threads[i], DEADLINE) == WAIT_OBJECT_0;
        CloseHandle(threads[i]);
    }
    CHECK("DOWN-1", joined == WORKERS, "%d workers ended", joined);
    CHECK("DOWN-3", value(&server.exits) == WORKERS, "one exit packet each (%d)",
          (int)value(&server.exits));
}

static void recipe(DWORD concurrency)
{
    struct sockaddr_in address;
    SOCKET listener = tcp_listener(&address), ours[CLIENTS], peers[CLIENTS];
    HANDLE threads[WORKERS];
    u_long on = 1;

    memset(&server, 0, sizeof server);
    server.port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, concurrency);
    REQUIRE(server.port != NULL);
    for (int i = 0; i < WORKERS; i++) {
        threads[i] = CreateThread(NULL, 0, worker, NULL, 0, NULL);
        REQUIRE(threads[i] != NULL);
    }
    associate(listener);
    open_connections(&address, listener, ours, peers);
    for (int i = 0; i < CLIENTS; i++)
        ioctlsocket(peers[i], FIONBIO, &on);
    post_accepts(listener);
    talk(peers);
    InterlockedExchange(&server.stopping, 1);
    closesocket(listener);
    for (int i = 0; i < CLIENTS; i++) {
        if (i % 3 == 0)
            tcp_reset(&ours[i]);
        close_if_open(&ours[i]);
    }
    for (int i = 0; i < CLIENTS; i++)
        close_if_open(&peers[i]);
    CHECK("DOWN-1", drained(), "every operation had its packet, %d left",
          (int)value(&server.in_flight));
    join_workers(threads);
    CHECK("PKT-6", value(&server.doubled) == 0 && value(&server.in_flight) == 0,
          "no packet came twice (%d)", (int)value(&server.doubled));
    CHECK("DOWN-8", value(&server.strange) == 0, "every pointer and key was ours (%d)",
          (int)value(&server.strange));
    CHECK("DOWN-1", packet_take(server.port, 0).ov == NULL, "the port is empty");
    CHECK("DOWN-1", CloseHandle(server.port), "and closes");
    for (int i = 0; i < ACCEPTS; i++)
        closesocket(accepts[i].socket);
}

static void as_many_as_processors(void)
{
    for (int i = 0; i < 3; i++)
        recipe(0);
}

static void one_at_a_time(void)
{
    for (int i = 0; i < 3; i++)
        recipe(1);
}

struct waiter {
    HANDLE port;
    DWORD error;
};

static DWORD WINAPI wait_for_abandonment(void *argument)
{
    struct waiter *w = argument;
    struct packet k = packet_take(w->port, 2 * DEADLINE);
    w->error = k.ov ? 0 : k.error;
    return 0;
}

/* DOWN-5, PORT-21: the port goes first, the sockets outlive it and must do no harm. */
static void port_closed_first(void)
{
    static struct waiter w; /* a thread that Wine leaves waiting still looks at these */
    static char data[8];
    static OVERLAPPED ov;
    struct pair p;

    pair_open(&p);
    overlapped_clear(&ov);
    CHECK("DOWN-5", recv_start(p.ours, data, 8, 0, &ov) == WSA_IO_PENDING, "pends");
    w.port = p.port;
    HANDLE thread = CreateThread(NULL, 0, wait_for_abandonment, &w, 0, NULL);
    REQUIRE(thread != NULL);
    Sleep(50);
    CloseHandle(p.port);
    DWORD waited = WaitForSingleObject(thread, check_on_wine() ? 500 : DEADLINE);
    CHECK_WINE_DEPARTS("DOWN-5", waited == WAIT_OBJECT_0 && w.error == ERROR_ABANDONED_WAIT_0,
                       "Wine's port lives while a thread waits in it", "worker left with %u",
                       (unsigned)w.error);
    CloseHandle(thread);
    send_all(p.peer, "x", 1);
    for (int i = 0; i < 100 && !HasOverlappedIoCompleted(&ov); i++)
        Sleep(5);
    CHECK("PORT-21", (DWORD)ov.Internal == 0, "the operation still completes");
    closesocket(p.ours);
    closesocket(p.peer);
}

int main(void)
{
    sockets_start();
    RUN(as_many_as_processors);
    RUN(one_at_a_time);
    RUN(port_closed_first);
    WSACleanup();
    return check_report();
}
