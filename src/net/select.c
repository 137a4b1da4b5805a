/* SPDX-License-Identifier: MIT
 *
 * Waiting for readiness: what select and WSAPoll ask, answered by poll. What differs is hidden
 * here: on Linux a stream that was never connected shows as hung up, on Windows as nothing at all.
 *
 * A thread that sleeps here is on a list (select_lock, a leaf), so that closing a socket, which
 * keeps its descriptor open as long as it is referenced, can wake it. Not a list at each socket: a
 * call that sleeps stays as cheap as one with many sockets has to be, and closing pays only while
 * somebody sleeps.
 */
#include "net/block.h"

#include "base/clock.h"
#include "base/fault.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>

enum { SELECT_SMALL = 64 };

/* How often a socket is looked at whose state poll would report without end though nobody asked for
 * it: a stream that another thread may yet connect. */
#define SELECT_GLANCE (20 * NANOSECONDS_PER_MILLISECOND)

struct select_sleeper {
    struct list link;
    struct blocked_thread thread;
    const struct net_polled *polled;
    uint32_t count;
};

static struct lock select_lock;
static struct list select_sleepers = {&select_sleepers, &select_sleepers};
static _Atomic uint32_t select_sleeping;

static short select__events(uint32_t wanted)
{
    return (short)((wanted & NET_POLL_READ ? POLLIN | POLLRDHUP : 0) |
                   (wanted & NET_POLL_DATA ? POLLIN : 0) | (wanted & NET_POLL_WRITE ? POLLOUT : 0) |
                   (wanted & NET_POLL_URGENT ? POLLPRI : 0) |
                   (wanted & NET_POLL_HANG_UP ? POLLRDHUP : 0));
}

static uint32_t select__of_datagrams(short events)
{
    return (events & (POLLIN | POLLERR) ? NET_POLL_READ | NET_POLL_DATA : 0u) |
           (events & POLLOUT ? NET_POLL_WRITE : 0u) | (events & POLLPRI ? NET_POLL_URGENT : 0u);
}

/* At its end a stream polls as readable, with data left or without. */
static bool select__has_data(struct socket *socket, short events)
{
    int left = 0;

    if (!(events & (POLLRDHUP | POLLHUP)))
        return events & POLLIN;
    return ioctl(socket_descriptor(socket), FIONREAD, &left) == 0 && left > 0;
}

static uint32_t select__of_connection(struct socket *socket, uint32_t wanted, short events)
{
    uint32_t is = (events & (POLLIN | POLLRDHUP | POLLHUP | POLLERR) ? NET_POLL_READ : 0u) |
                  (events & (POLLOUT | POLLHUP | POLLERR) ? NET_POLL_WRITE : 0u) |
                  (events & POLLPRI ? NET_POLL_URGENT : 0u) |
                  (events & (POLLRDHUP | POLLHUP) ? NET_POLL_HANG_UP : 0u);

    /* After a reset what was received before is lost on Windows. */
    if (events & POLLERR || socket_has(socket, SOCKET_RESET))
        return is | NET_POLL_HANG_UP | NET_POLL_RESET;
    if (wanted & NET_POLL_DATA && select__has_data(socket, events))
        is |= NET_POLL_DATA;
    return is;
}

/* What poll's answer means for this socket. */
static uint32_t select__state(struct socket *socket, uint32_t wanted, short events)
{
    if (socket_has(socket, SOCKET_CLOSED))
        return NET_POLL_CLOSED;
    if (events == 0)
        return 0;
    if (!socket_has(socket, SOCKET_STREAM))
        return select__of_datagrams(events);
    if (socket_has(socket, SOCKET_LISTENING))
        return events & POLLIN ? NET_POLL_READ | NET_POLL_DATA : 0;
    if (socket_is_connected(socket))
        return select__of_connection(socket, wanted, events);
    if (!(events & POLLERR))
        return 0;
    socket_clear(socket, SOCKET_CONNECTING); /* so that it can be tried again */
    return NET_POLL_REFUSED;
}

/* Reads poll's answers. Descriptors that would answer again and again without anything of interest
 * are left out of the next sleep; *muted says that there are some. */
static uint32_t select__judge(struct net_polled *polled, struct pollfd *system, uint32_t count,
                              bool *muted)
{
    uint32_t ready = 0;

    *muted = false;
    for (uint32_t index = 0; index < count; index++) {
        struct net_polled *one = &polled[index];
        short events = system[index].fd < 0 ? 0 : system[index].revents;
        one->is = select__state(one->socket, one->wanted, events) & (one->wanted | NET_POLL_CLOSED);
        ready += one->is != 0;
        if (events && !one->is) {
            system[index].fd = -1;
            *muted = true;
        }
    }
    return ready;
}

static void select__fill(const struct net_polled *polled, struct pollfd *system, uint32_t count)
{
    for (uint32_t index = 0; index < count; index++)
        system[index] = (struct pollfd){.fd = socket_descriptor(polled[index].socket),
                                        .events = select__events(polled[index].wanted)};
}

/* One look without waiting. */
static NTSTATUS select__look(struct net_polled *polled, struct pollfd *system, uint32_t count,
                             bool *muted, uint32_t *ready)
{
    const struct timespec none = {0};
    int result;

    select__fill(polled, system, count);
    do
        result = ppoll(system, count, &none, NULL);
    while (result < 0 && errno == EINTR);
    if (result < 0)
        return STATUS_INSUFFICIENT_RESOURCES;
    *ready = select__judge(polled, system, count, muted);
    return STATUS_SUCCESS;
}

static void select__unlist(struct select_sleeper *self)
{
    lock_take(&select_lock);
    if (list_linked(&self->link)) {
        list_remove(&self->link);
        atomic_fetch_sub(&select_sleeping, 1);
    }
    lock_drop(&select_lock);
}

static void select__abandon(struct blocked_thread *thread)
{
    select__unlist(CONTAINER_OF(thread, struct select_sleeper, thread));
}

/* From here on closing one of the sockets wakes the thread. */
static bool select__enter(struct select_sleeper *self)
{
    if (!blocked_enter(&self->thread, true, select__abandon))
        return false;
    lock_take(&select_lock);
    list_push_back(&select_sleepers, &self->link);
    atomic_fetch_add(&select_sleeping, 1);
    lock_drop(&select_lock);
    /* Pairs with the fence in select_wake_closed: either that sees this sleeper, or the look that
     * follows sees the socket closed. */
    atomic_thread_fence(memory_order_seq_cst);
    return true;
}

static void select__leave(struct select_sleeper *self)
{
    select__unlist(self);
    blocked_leave(&self->thread);
}

static NTSTATUS select__wait(struct select_sleeper *self, struct net_polled *polled,
                             struct pollfd *system, int64_t deadline, uint32_t *ready)
{
    NTSTATUS status;
    bool muted;

    for (;;) {
        status = select__look(polled, system, self->count, &muted, ready);
        if (status != STATUS_SUCCESS || *ready > 0)
            return status;
        int64_t until = deadline;
        if (muted) {
            until = clock_now() + SELECT_GLANCE;
            until = until < deadline ? until : deadline;
        }
        int unused;
        status = blocked_sleep(&self->thread, system, self->count, until, &unused);
        if (status == STATUS_CANCELLED)
            return status;
        if (status != STATUS_SUCCESS && status != STATUS_REQUEST_ABORTED && until == deadline)
            return status == STATUS_IO_TIMEOUT ? STATUS_SUCCESS : status;
    }
}

NTSTATUS socket_poll(struct net_polled *polled, uint32_t count, int64_t deadline, uint32_t *ready)
{
    struct pollfd small[SELECT_SMALL + 1];
    struct pollfd *system = small;
    struct select_sleeper self = {.polled = polled, .count = count};
    bool muted;

    if (count > SELECT_SMALL)
        system = fault_malloc(((size_t)count + 1) * sizeof *system);
    if (!system)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = select__look(polled, system, count, &muted, ready);
    if (status == STATUS_SUCCESS && *ready == 0 && deadline != 0) {
        status = STATUS_INSUFFICIENT_RESOURCES;
        if (select__enter(&self)) {
            status = select__wait(&self, polled, system, deadline, ready);
            select__leave(&self);
        }
    }
    if (system != small)
        free(system);
    return status;
}

static bool select__has(const struct select_sleeper *sleeper, const struct socket *socket)
{
    for (uint32_t index = 0; index < sleeper->count; index++)
        if (sleeper->polled[index].socket == socket)
            return true;
    return false;
}

void select_wake_closed(struct socket *socket)
{
    atomic_thread_fence(memory_order_seq_cst);
    if (LIKELY(atomic_load(&select_sleeping) == 0))
        return;
    lock_take(&select_lock);
    LIST_FOR_EACH(link, &select_sleepers)
    {
        struct select_sleeper *sleeper = LIST_ELEMENT(link, struct select_sleeper, link);
        if (select__has(sleeper, socket))
            blocked_end(&sleeper->thread);
    }
    lock_drop(&select_lock);
}
