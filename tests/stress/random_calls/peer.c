/* SPDX-License-Identifier: MIT
 *
 * The other ends, plain sockets of the kernel's that the library never sees: they read and check,
 * flood, stall, end their side, reset and go away, at random.
 */
#include "model.h"

enum { PIECE = 1 << 15, LINUX_FLAGS = 0x4040 /* MSG_NOSIGNAL | MSG_DONTWAIT */ };

/* With the connection's `peer` held. */
static void peer__gone(struct connection *c)
{
    close(c->peer_descriptor);
    c->peer_descriptor = -1;
}

static void peer__accept(void)
{
    struct sockaddr_in from;
    socklen_t length = sizeof from;

    pthread_rwlock_rdlock(&numbers);
    int descriptor =
        (int)syscall(SYS_accept4, plain_listener, &from, &length, SOCK_CLOEXEC | O_NONBLOCK);
    pthread_rwlock_unlock(&numbers);
    if (descriptor < 0)
        return;
    struct connection *c = connection_of(&from);
    if (!c) {
        close(descriptor); /* given up before it was accepted */
        return;
    }
    pthread_mutex_lock(&c->peer);
    if (c->opened == 0) {
        c->peer_descriptor = descriptor;
        c->opened = 1;
    } else {
        close(descriptor);
    }
    pthread_mutex_unlock(&c->peer);
}

static void peer__read(struct connection *c, size_t most)
{
    static _Thread_local char data[PIECE];
    uint64_t promised = atomic_load(&c->out_done);
    uint32_t id = atomic_load(&c->id);
    ssize_t got = read(c->peer_descriptor, data, most < PIECE ? most : PIECE);

    if (got > 0) {
        if (!pattern_holds(id, true, c->peer_received, data, (size_t)got) && !atomic_load(&c->torn))
            FAIL("connection %u: %zd bytes sent are not those at %llu", id, got,
                 (unsigned long long)c->peer_received);
        c->peer_received += (uint64_t)got;
    } else if (got == 0 || errno != EAGAIN) {
        /* Sends that were said to be whole have come before a graceful end. */
        if (got == 0 && c->peer_received < promised && !atomic_load(&c->torn) &&
            !history_has(c, PEER_RESET)) /* a failed write of ours has taken the reset */
            FAIL("connection %u: %llu of %llu bytes before the end", id,
                 (unsigned long long)c->peer_received, (unsigned long long)promised);
        history_add(c, PEER_ENDED | PEER_RESET);
        peer__gone(c);
    }
}

static void peer__write(struct connection *c, size_t most)
{
    static _Thread_local char data[PIECE];
    size_t length = most < PIECE ? most : PIECE;

    if (history_has(c, PEER_ENDED))
        return;
    pattern_fill(atomic_load(&c->id), false, c->peer_sent, data, length);
    ssize_t sent = syscall(SYS_sendto, c->peer_descriptor, data, length, LINUX_FLAGS, NULL, 0);
    if (sent > 0)
        c->peer_sent += (uint64_t)sent;
    else if (sent < 0 && errno != EAGAIN)
        history_add(c, PEER_ENDED | PEER_RESET);
}

static void peer__act(struct connection *c, uint64_t *random)
{
    uint32_t choice = stress_random(random) % 1000;
    double now = stress_seconds();

    if (now - c->born > 2 && choice < 100)
        choice = 995; /* none lives for ever */
    if (choice < 400) {
        if (now >= c->stalled_until)
            peer__read(c, 1 + stress_random(random) % PIECE);
    } else if (choice < 800) {
        peer__write(c, 1 + stress_random(random) % (choice < 600 ? 64 : 4096));
    } else if (choice < 900) {
        for (int i = 0; i < 8; i++)
            peer__write(c, PIECE);
    } else if (choice < 960) {
        c->stalled_until = now + (stress_random(random) % 20) * 1e-3;
    } else if (choice < 985) {
        ;
    } else if (choice < 990) {
        history_add(c, PEER_ENDED);
        plain_shutdown(c->peer_descriptor);
    } else if (choice < 995) {
        history_add(c, PEER_ENDED | PEER_RESET);
        plain_reset(c->peer_descriptor);
        c->peer_descriptor = -1;
    } else {
        history_add(c, PEER_ENDED | PEER_RESET);
        peer__gone(c);
    }
}

static void peer__visit(struct connection *c, uint64_t *random)
{
    bool last = false;

    if (atomic_load(&c->references) == 0 || pthread_mutex_trylock(&c->peer) != 0)
        return;
    if (c->opened && c->peer_descriptor >= 0)
        peer__act(c, random);
    /* The peer's reference goes with its descriptor, or when ours ended before it came. */
    if (c->opened == 1 && c->peer_descriptor < 0) {
        c->opened = 2;
        last = true;
    } else if (c->opened == 0 && history_has(c, CLOSED) && stress_seconds() - c->born > 1) {
        c->opened = 2;
        last = true;
    }
    /* Accepted by an AcceptEx that then failed: nobody will come for our end. */
    bool lost = c->opened == 2 && stress_seconds() - c->born > 5 && !atomic_load(&c->attached) &&
                atomic_exchange(&c->attached, 1) == 0;
    pthread_mutex_unlock(&c->peer);
    if (last)
        connection_unref(c);
    if (lost)
        connection_unref(c);
}

DWORD WINAPI peer_thread(void *argument)
{
    uint64_t random = *(uint64_t *)argument;

    while (!atomic_load(&stopping)) {
        int active = 0;
        peer__accept();
        for (int i = 0; i < CONNECTIONS; i++) {
            struct connection *c = connection_at(i);
            if (atomic_load(&c->references) > 0) {
                active++;
                peer__visit(c, &random);
            }
        }
        if (active < 8)
            stress_nap(1);
    }
    return 0;
}

void peer_close_all(void)
{
    for (int i = 0; i < CONNECTIONS; i++) {
        struct connection *c = connection_at(i);
        pthread_mutex_lock(&c->peer);
        if (c->peer_descriptor >= 0) {
            history_add(c, PEER_ENDED | PEER_RESET);
            peer__gone(c);
        }
        pthread_mutex_unlock(&c->peer);
    }
}
