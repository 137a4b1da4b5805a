/* SPDX-License-Identifier: MIT
 *
 * How slots get their connections (accept, AcceptEx, ConnectEx) and lose them again: in peace, with
 * a reset, or under calls of other threads.
 */
#include "model.h"

static LPFN_CONNECTEX connect_ex;
static HANDLE close_gate;

void open_init(void)
{
    GUID id = WSAID_CONNECTEX;
    DWORD bytes;

    HOLDS_EQUAL(WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &connect_ex,
                         sizeof connect_ex, &bytes, NULL, NULL),
                0);
    close_gate = CreateMutexA(NULL, FALSE, NULL);
}

void open_end(void)
{
    CloseHandle(close_gate);
}

static void set_buffers(SOCKET s, uint64_t *random)
{
    int size = 1 << (8 + stress_random(random) % 8);
    u_long on = 1;

    if (stress_random(random) % 3 == 0)
        HOLDS_EQUAL(setsockopt(s, SOL_SOCKET, SO_SNDBUF, (char *)&size, sizeof size), 0);
    if (stress_random(random) % 3 == 0)
        HOLDS_EQUAL(setsockopt(s, SOL_SOCKET, SO_RCVBUF, (char *)&size, sizeof size), 0);
    HOLDS_EQUAL(ioctlsocket(s, FIONBIO, &on), 0);
}

/* A client, ours to forget: the peers serve it. `numbers` is held for reading. */
static void client_connect(uint64_t *random)
{
    struct connection *c = connection_new();
    int descriptor = c ? plain_socket(0) : -1;
    int size = 1 << (8 + stress_random(random) % 8);

    if (!c)
        return;
    struct sockaddr_in own = connection_address(c);
    HOLDS(descriptor >= 0);
    if (stress_random(random) % 3 == 0) /* SO_RCVBUF: a tiny window */
        syscall(SYS_setsockopt, descriptor, 1, 8, &size, sizeof size);
    HOLDS_EQUAL(syscall(SYS_bind, descriptor, &own, sizeof own), 0);
    /* On the way in before the peers see it: they may end it at once. */
    int error =
        syscall(SYS_connect, descriptor, &listener_address, sizeof listener_address) ? errno : 0;
    if (error == ECONNRESET) {
        /* It did connect, and an accept's end has reset it before this thread ran again. */
        history_add(c, PEER_ENDED | PEER_RESET);
    } else if (error) {
        FAIL("a client cannot connect: %d", error);
        close(descriptor);
        connection_unref(c);
        connection_unref(c);
        return;
    }
    syscall(SYS_fcntl, descriptor, 4 /* F_SETFL */, O_NONBLOCK);
    pthread_mutex_lock(&c->peer);
    c->peer_descriptor = descriptor;
    c->opened = 1;
    pthread_mutex_unlock(&c->peer);
}

static void slot__free(struct slot *slot)
{
    slot->connection = NULL;
    slot->s = INVALID_SOCKET;
    atomic_store(&slot->opening, NULL);
    atomic_store(&slot->state, FREE);
}

/* The slot's socket belongs to this connection. */
static void slot__attach(struct slot *slot, struct connection *c, uint64_t *random)
{
    set_buffers(slot->s, random);
    slot->connection = c;
    slot->skips = false;
    atomic_store(&slot->opening, NULL);
    atomic_store(&slot->state, OPEN);
}

static bool connection__take(struct connection *c)
{
    return c && atomic_exchange(&c->attached, 1) == 0;
}

static void open__accept(struct slot *slot, uint64_t *random)
{
    struct sockaddr_in from;
    int length = sizeof from;

    pthread_rwlock_rdlock(&numbers);
    client_connect(random);
    slot->s = accept(listener, (struct sockaddr *)&from, &length);
    pthread_rwlock_unlock(&numbers);
    atomic_fetch_add(&calls_made, 1);
    if (slot->s == INVALID_SOCKET) {
        if (WSAGetLastError() != WSAEWOULDBLOCK)
            FAIL("accept: %d", WSAGetLastError());
        slot__free(slot);
        return;
    }
    struct connection *c = connection_of(&from);
    if (!connection__take(c)) {
        /* Its client was given up for lost. */
        closesocket(slot->s);
        slot__free(slot);
        return;
    }
    HOLDS(CreateIoCompletionPort((HANDLE)slot->s, port, (ULONG_PTR)slot, 0) == port);
    slot__attach(slot, c, random);
}

static SOCKET open__socket(struct slot *slot)
{
    pthread_rwlock_rdlock(&numbers);
    slot->s = socket(AF_INET, SOCK_STREAM, 0);
    pthread_rwlock_unlock(&numbers);
    HOLDS(slot->s != INVALID_SOCKET);
    HOLDS(CreateIoCompletionPort((HANDLE)slot->s, port, (ULONG_PTR)slot, 0) == port);
    return slot->s;
}

static void open__accept_ex(struct slot *slot, uint64_t *random)
{
    uint32_t wanted = stress_random(random) % 2 ? FIRST_DATA : 0;
    struct operation *o = operation_new(ACCEPT, NULL, wanted + 2 * STRESS_BLOCK);
    DWORD bytes;

    if (!o) {
        slot__free(slot);
        return;
    }
    o->length = wanted;
    o->slot = slot;
    atomic_store(&slot->opening, o);
    open__socket(slot);
    atomic_store(&slot->state, OPENING);
    BOOL ok = AcceptEx(listener, slot->s, o->data, wanted, STRESS_BLOCK, STRESS_BLOCK, &bytes,
                       &o->overlapped);
    DWORD code = ok ? 0 : (DWORD)WSAGetLastError();
    if (!operation_started(o, code, false, 0)) {
        FAIL("AcceptEx: %u", (unsigned)code);
        closesocket(slot->s);
        slot__free(slot);
    }
}

void slot_accepted(struct operation *o, bool succeeded)
{
    struct slot *slot = o->slot;
    struct sockaddr *local, *remote;
    int local_size, remote_size;
    uint64_t random = o->bytes + 1;

    if (succeeded) {
        GetAcceptExSockaddrs(o->data, o->length, STRESS_BLOCK, STRESS_BLOCK, &local, &local_size,
                             &remote, &remote_size);
        struct connection *c = connection_of((struct sockaddr_in *)remote);
        HOLDS_EQUAL(setsockopt(slot->s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener,
                               sizeof listener),
                    0);
        if (connection__take(c)) {
            pthread_mutex_lock(&c->in);
            if (!pattern_holds(atomic_load(&c->id), false, 0, o->data, o->bytes))
                FAIL("the first data of an AcceptEx");
            c->in_position = o->bytes;
            pthread_mutex_unlock(&c->in);
            slot__attach(slot, c, &random);
            return;
        }
    }
    HOLDS_EQUAL(closesocket(slot->s), 0);
    slot__free(slot);
}

static void open__connect_ex(struct slot *slot, uint64_t *random)
{
    struct connection *c = connection_new();
    uint32_t length = stress_random(random) % 2 ? stress_random(random) % 1000 : 0;
    struct operation *o = c ? operation_new(CONNECT, c, length) : NULL;
    bool dead = stress_random(random) % 8 == 0;
    struct sockaddr_in *to = dead ? &dead_address : &plain_address;

    if (!o) {
        if (c) {
            connection_unref(c);
            connection_unref(c);
        }
        slot__free(slot);
        return;
    }
    struct sockaddr_in own = connection_address(c);
    atomic_store(&c->attached, 1);
    if (dead) {
        pthread_mutex_lock(&c->peer);
        c->opened = 2;
        pthread_mutex_unlock(&c->peer);
        connection_unref(c);
    }
    o->dead_end = dead;
    o->slot = slot;
    open__socket(slot);
    HOLDS_EQUAL(bind(slot->s, (struct sockaddr *)&own, sizeof own), 0);
    pattern_fill(atomic_load(&c->id), true, 0, o->data, length);
    c->out_position = length;
    slot->connection = c;
    atomic_store(&slot->opening, o);
    atomic_store(&slot->state, OPENING);
    BOOL ok = connect_ex(slot->s, (struct sockaddr *)to, sizeof *to, length ? o->data : NULL,
                         length, NULL, &o->overlapped);
    DWORD code = ok ? 0 : (DWORD)WSAGetLastError();
    if (!operation_started(o, code, false, 0)) {
        FAIL("ConnectEx: %u", (unsigned)code);
        closesocket(slot->s);
        slot__free(slot);
    }
}

void slot_connected(struct operation *o, bool succeeded)
{
    struct slot *slot = o->slot;
    struct connection *c = o->connection;
    uint64_t random = o->length + 1;

    if (succeeded) {
        atomic_fetch_add(&c->out_done, o->length);
        HOLDS_EQUAL(setsockopt(slot->s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0), 0);
        slot__attach(slot, c, &random);
        return;
    }
    history_add(c, CLOSED);
    HOLDS_EQUAL(closesocket(slot->s), 0);
    slot__free(slot);
    connection_unref(c);
}

void slot_open(struct slot *slot, uint64_t *random)
{
    switch (stress_random(random) % 5) {
    case 0:
    case 1:
        open__accept(slot, random);
        break;
    case 2:
    case 3:
        open__accept_ex(slot, random);
        break;
    default:
        open__connect_ex(slot, random);
    }
}

void slot_hurry(struct slot *slot, uint64_t *random, bool cancel)
{
    struct operation *o = atomic_load(&slot->opening);

    if (!o)
        return;
    atomic_fetch_add(&calls_made, 1);
    if (o->kind == ACCEPT && !cancel) {
        pthread_rwlock_rdlock(&numbers);
        client_connect(random);
        pthread_rwlock_unlock(&numbers);
    } else if (o->kind == ACCEPT) {
        atomic_store(&o->cancelled, 1);
        CancelIoEx((HANDLE)listener, &o->overlapped);
    }
}

/* Closed while calls on it are under way: until they have returned nobody gets its number. */
static void close__racing(struct slot *slot)
{
    pthread_rwlock_wrlock(&numbers);
    HOLDS_EQUAL(closesocket(slot->s), 0);
    while (atomic_load(&slot->calls))
        SwitchToThread();
    pthread_rwlock_unlock(&numbers);
}

bool slot_close(struct slot *slot, uint64_t *random)
{
    int open = OPEN;
    struct linger hard = {1, 0};

    if (!atomic_compare_exchange_strong(&slot->state, &open, BUSY))
        return false;
    struct connection *c = slot->connection;
    atomic_fetch_add(&calls_made, 1);
    history_add(c, CLOSED);
    if (stress_random(random) % 4 == 0)
        setsockopt(slot->s, SOL_SOCKET, SO_LINGER, (char *)&hard, sizeof hard);
    /* What is still to be sent is lost with it. */
    if (atomic_load(&c->out_pending))
        atomic_store(&c->torn, 1);
    if (stress_random(random) % 2) {
        close__racing(slot);
    } else {
        while (atomic_load(&slot->calls))
            SwitchToThread();
        HOLDS_EQUAL(closesocket(slot->s), 0);
    }
    slot__free(slot);
    connection_unref(c);
    return true;
}
