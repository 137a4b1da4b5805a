/* SPDX-License-Identifier: MIT
 *
 * Operations: each accepted one ends exactly once, with an outcome that its connection's history
 * allows; received data is in its place however late a packet is taken.
 */
#include "model.h"

static struct operation operations[OPERATIONS];
static _Atomic uint32_t operation_turn;
_Atomic long outcomes[KINDS][4];

static const char *const kind_names[KINDS] = {"receive",   "send",         "AcceptEx",
                                              "ConnectEx", "DisconnectEx", "post"};

/* The one that was free for the longest time, so that a packet too many still finds it idle. */
struct operation *operation_new(enum kind kind, struct connection *connection, uint32_t length)
{
    for (int tries = 0; tries < OPERATIONS; tries++) {
        struct operation *o = &operations[atomic_fetch_add(&operation_turn, 1) % OPERATIONS];
        int state = atomic_load(&o->state);
        if (state == MAKING || state == POSTED || state == DONE ||
            !atomic_compare_exchange_strong(&o->state, &state, MAKING))
            continue;
        memset(&o->overlapped, 0, sizeof o->overlapped);
        o->kind = kind;
        o->slot = NULL;
        o->connection = connection;
        if (connection)
            connection_ref(connection);
        o->next = NULL;
        o->data = length ? malloc(length) : NULL;
        o->length = length;
        o->bytes = 0;
        o->peek = o->all = o->finished = o->dead_end = false;
        atomic_store(&o->cancelled, 0);
        return o;
    }
    return NULL;
}

static void operation__end(struct operation *o, int state)
{
    struct connection *connection = o->connection;

    free(o->data);
    o->data = NULL;
    o->connection = NULL;
    atomic_store(&o->state, state);
    if (connection)
        connection_unref(connection);
}

/* A receive's data is judged when all before it are known. The connection's `in` is held. */
static void receive__judge(struct connection *c, struct operation *o)
{
    uint32_t id = atomic_load(&c->id);

    if (o->bytes > o->length)
        FAIL("a receive of %u took %u bytes", o->length, o->bytes);
    else if (!pattern_holds(id, false, c->in_position, o->data, o->bytes))
        FAIL("connection %u: %u bytes received are not those at %llu", id, o->bytes,
             (unsigned long long)c->in_position);
    if (!o->peek)
        c->in_position += o->bytes;
}

static void receive__settle(struct connection *c)
{
    while (c->first && c->first->finished) {
        struct operation *o = c->first;
        c->first = o->next;
        if (!c->first)
            c->last = NULL;
        receive__judge(c, o);
        atomic_fetch_sub(&c->in_pending, 1);
        operation__end(o, IDLE);
    }
}

static void outcome__check(struct operation *o, BOOL succeeded, DWORD error, DWORD bytes)
{
    struct connection *c = o->connection;
    uint32_t history = c ? atomic_load(&c->history) : 0;
    bool allowed = false;
    int class = 0;

    if (succeeded && o->kind == RECEIVE) {
        bool ended = history & (PEER_ENDED | PEER_RESET);
        allowed = bytes > 0 || o->length == 0 || ended;
        if (o->all && bytes < o->length)
            allowed = ended || history & CANCELLED_IN;
        class = bytes == 0 && o->length ? 1 : 0;
    } else if (succeeded) {
        allowed = o->kind == SEND || o->kind == CONNECT ? bytes == o->length
                  : o->kind == ACCEPT                   ? bytes <= o->length
                                                        : o->kind == POST || bytes == 0;
    } else if (error == ERROR_OPERATION_ABORTED) {
        class = 2;
        allowed =
            atomic_load(&o->cancelled) || (o->kind == RECEIVE && history & CANCELLED_IN) ||
            (o->kind == SEND && history & CANCELLED_OUT) || o->kind == ACCEPT ||
            ((o->kind == DISCONNECT || o->kind == CONNECT) && history & (CANCELLED_OUT | CLOSED));
    } else if (error == ERROR_CONNECTION_ABORTED) {
        class = 2;
        allowed = history & CLOSED;
    } else if (error == ERROR_NETNAME_DELETED) {
        class = 3;
        allowed = o->kind == ACCEPT || history & PEER_RESET;
    } else if (error == ERROR_PIPE_NOT_CONNECTED) {
        /* Another thread's shutdown came between this call's look and its turn (SEND-8). */
        allowed = o->kind == SEND && history & SHUT_OUT;
    } else if (error == ERROR_CONNECTION_REFUSED) {
        allowed = o->kind == CONNECT && o->dead_end;
    }
    atomic_fetch_add(&outcomes[o->kind][class], 1);
    if (!allowed)
        FAIL("%s of %u bytes%s%s: %s, error %u, %u bytes, history %x", kind_names[o->kind],
             o->length, o->peek ? " (peek)" : "", o->all ? " (all)" : "",
             succeeded ? "success" : "failure", (unsigned)error, (unsigned)bytes, history);
    if (!succeeded && bytes != 0)
        FAIL("%s failed with %u bytes", kind_names[o->kind], (unsigned)bytes);
}

void receive_finish_held(struct operation *o, DWORD bytes)
{
    outcome__check(o, TRUE, 0, bytes);
    atomic_store(&o->state, DONE);
    o->bytes = bytes;
    o->finished = true;
    atomic_fetch_add(&operations_done, 1);
    receive__settle(o->connection);
}

void operation_finish(struct operation *o, BOOL succeeded, DWORD error, DWORD bytes)
{
    struct connection *c = o->connection;
    int expected = POSTED;

    while (atomic_load(&o->state) == MAKING)
        SwitchToThread(); /* the packet is faster than the call's return */
    if (!atomic_compare_exchange_strong(&o->state, &expected, DONE)) {
        FAIL("a packet for an operation that is not under way (state %d, %s)", expected,
             kind_names[o->kind]);
        return;
    }
    if (o->kind != POST && (HasOverlappedIoCompleted(&o->overlapped) == 0 ||
                            (DWORD)o->overlapped.InternalHigh != bytes))
        FAIL("%s: the OVERLAPPED says %llx, %llu", kind_names[o->kind],
             (unsigned long long)o->overlapped.Internal,
             (unsigned long long)o->overlapped.InternalHigh);
    outcome__check(o, succeeded, error, bytes);
    o->bytes = bytes;
    switch (o->kind) {
    case RECEIVE:
        pthread_mutex_lock(&c->in);
        o->finished = true;
        receive__settle(c);
        pthread_mutex_unlock(&c->in);
        break;
    case SEND:
        if (succeeded)
            atomic_fetch_add(&c->out_done, bytes);
        atomic_fetch_sub(&c->out_pending, 1);
        operation__end(o, IDLE);
        break;
    case ACCEPT:
        slot_accepted(o, succeeded);
        operation__end(o, IDLE);
        break;
    case CONNECT:
        slot_connected(o, succeeded);
        operation__end(o, IDLE);
        break;
    default:
        operation__end(o, IDLE);
    }
    atomic_fetch_add(&operations_done, 1);
}

bool operation_started(struct operation *o, DWORD code, bool skips, DWORD bytes)
{
    atomic_fetch_add(&calls_made, 1);
    if (code != 0 && code != WSA_IO_PENDING) {
        operation__end(o, REFUSED);
        return false;
    }
    if (o->kind == RECEIVE) {
        struct connection *c = o->connection;
        if (c->last)
            c->last->next = o;
        else
            c->first = o;
        c->last = o;
        atomic_fetch_add(&c->in_pending, 1);
    } else if (o->kind == SEND) {
        atomic_fetch_add(&o->connection->out_pending, 1);
    }
    atomic_fetch_add(&operations_accepted, 1);
    atomic_store(&o->state, POSTED);
    if (code == 0 && skips && o->kind != RECEIVE)
        operation_finish(o, TRUE, 0, bytes);
    return true;
}

static void packet__take(OVERLAPPED *overlapped, BOOL succeeded, DWORD error, DWORD bytes)
{
    operation_finish((struct operation *)overlapped, succeeded, error, bytes);
}

static int packets__take_many(DWORD milliseconds)
{
    OVERLAPPED_ENTRY entries[16];
    ULONG count = 0;

    if (!GetQueuedCompletionStatusEx(port, entries, 16, &count, milliseconds, FALSE))
        return 0;
    for (ULONG i = 0; i < count; i++) {
        OVERLAPPED *ov = entries[i].lpOverlapped;
        struct operation *o = (struct operation *)ov;
        DWORD bytes = 0;
        BOOL ok = o->kind == POST || GetOverlappedResult(NULL, ov, &bytes, FALSE);
        DWORD error = ok ? 0 : GetLastError();
        packet__take(ov, ok, error, entries[i].dwNumberOfBytesTransferred);
    }
    return (int)count;
}

int packets_take(uint64_t *random, DWORD milliseconds)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;
    int taken = 0;

    if (stress_random(random) % 4 == 0)
        return packets__take_many(milliseconds);
    for (; taken < 8; taken++) {
        BOOL ok =
            GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, taken ? 0 : milliseconds);
        DWORD error = ok ? 0 : GetLastError();
        if (!overlapped) {
            if (error != WAIT_TIMEOUT)
                FAIL("GetQueuedCompletionStatus: %u", (unsigned)error);
            break;
        }
        packet__take(overlapped, ok, error, bytes);
    }
    return taken;
}

long operations_pending(void)
{
    return atomic_load(&operations_accepted) - atomic_load(&operations_done);
}

void operations_print(void)
{
    for (int i = 0; i < OPERATIONS; i++) {
        struct operation *o = &operations[i];
        if (atomic_load(&o->state) == POSTED)
            printf("still under way: %s of %u bytes, history %x, Internal %llx\n",
                   kind_names[o->kind], o->length,
                   o->connection ? atomic_load(&o->connection->history) : 0,
                   (unsigned long long)o->overlapped.Internal);
    }
    for (int kind = 0; kind < KINDS; kind++)
        printf("%s: %ld whole, %ld end, %ld cancelled or closed, %ld reset\n", kind_names[kind],
               outcomes[kind][0], outcomes[kind][1], outcomes[kind][2], outcomes[kind][3]);
}
