/* SPDX-License-Identifier: MIT
 *
 * Network events: WSAEventSelect, WSAEnumNetworkEvents (rules NETEV).
 *
 * Windows records an event once, when its condition arises, and again only after the call that
 * enables it. Linux knows states. What makes events of states is one function, events__look: it
 * asks for the socket's present state and records those conditions that hold, are selected and were
 * not reported since they were last enabled. It runs
 *   - on the library's own thread when the kernel announces an edge of a watched descriptor,
 *   - in the calls that select, enable and enumerate.
 *
 * Why nothing is missed. A look reads `enabled` first, then the state, all under the lock, and a
 * call enables first, then looks. Data that arrives between a receive that found none and its
 * enabling was perhaps looked at in vain, because FD_READ counted as reported; the look that the
 * enabling brings sees it. Data that arrives after that look brings an edge.
 *
 * Why something may come in excess. The library's thread may see data that another thread is just
 * receiving, and record an event for it. Windows knows that as well: who is told FD_READ must be
 * ready for WSAEWOULDBLOCK.
 *
 * A pending overlapped receive or accept takes what arrives, so that is no event (NETEV-9). Which
 * of the two threads is first does not matter: the lane is busy until the operation has taken its
 * part, and its end lets the library's thread look again. (It cannot look itself: it runs under the
 * lane's lock, which a look takes.)
 *
 * Order of locks: socket_events.lock, a lane's lock, dispatcher_lock. file.lock is a leaf.
 */
#include "net/socket.h"

#include "base/fault.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#define WSA_CONNECTION_ABORTED 10053

struct socket_events {
    struct lock lock;         /* all but `enabled` */
    struct dispatcher *event; /* referenced; NULL while nothing is selected */
    uint32_t selected;
    uint32_t recorded;        /* since they were last taken */
    uint32_t reported;        /* not to be recorded before they are enabled */
    _Atomic uint32_t enabled; /* to be taken out of `reported` by the next look */
    int errors[NET_EVENT_BITS];
};

static struct socket_events *events__of(struct socket *socket)
{
    lock_take(&socket->file.lock);
    struct socket_extra *extra = socket_has_extra(socket);
    struct socket_events *events = extra ? extra->events : NULL;
    lock_drop(&socket->file.lock);
    return events;
}

static void events__set_error(struct socket_events *events, uint32_t event, int error)
{
    events->errors[__builtin_ctz(event)] = error;
}

/* The outcome of a connect that was begun. Asking takes the error from the socket. */
static uint32_t events__of_connecting(struct socket *socket, struct socket_events *events)
{
    int error = 0;
    socklen_t length = sizeof error;

    if (getsockopt(socket_descriptor(socket), SOL_SOCKET, SO_ERROR, &error, &length) < 0)
        error = errno;
    if (!error)
        return 0;
    socket_clear(socket, SOCKET_CONNECTING);
    events__set_error(events, NET_EVENT_CONNECT,
                      status_winsock(status_of_errno(error, STATUS_PLACE_CONNECT)));
    return NET_EVENT_CONNECT;
}

/* What there is to receive on a connection: data, its end, or neither. */
static uint32_t events__of_input(struct socket *socket, struct socket_events *events, bool busy)
{
    char byte;
    ssize_t result;

    do
        result = recv(socket_descriptor(socket), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    while (result < 0 && errno == EINTR);
    if (result > 0)
        return busy ? 0 : NET_EVENT_READ;
    if (result < 0 && (errno == EAGAIN || errno == EINVAL))
        return 0;
    if (result < 0)
        socket_transfer_status(socket, errno); /* a reset is remembered: the look has taken it */
    events__set_error(events, NET_EVENT_CLOSE,
                      socket_has(socket, SOCKET_RESET) || result < 0 ? WSA_CONNECTION_ABORTED : 0);
    return NET_EVENT_CLOSE;
}

static uint32_t events__of_connection(struct socket *socket, struct socket_events *events,
                                      short state, bool busy)
{
    uint32_t now = state & POLLOUT ? NET_EVENT_WRITE : 0;

    events__set_error(events, NET_EVENT_CONNECT, 0);
    now |= NET_EVENT_CONNECT;
    if (state & POLLPRI)
        now |= NET_EVENT_URGENT;
    if (state & POLLERR) {
        events__set_error(events, NET_EVENT_CLOSE, WSA_CONNECTION_ABORTED);
        return (now & ~(uint32_t)NET_EVENT_WRITE) | NET_EVENT_CLOSE;
    }
    if (state & (POLLIN | POLLRDHUP | POLLHUP))
        now |= events__of_input(socket, events, busy);
    return now;
}

/* What holds at this moment. */
static uint32_t events__now(struct socket *socket, struct socket_events *events)
{
    struct pollfd look = {.fd = socket_descriptor(socket),
                          .events = POLLIN | POLLOUT | POLLPRI | POLLRDHUP};
    const struct timespec none = {0};
    /* Asked before the look: what an operation takes between the two is no event (ACC-10, NETEV-9),
     * and its end makes another look. */
    bool busy = io_file_busy(&socket->file, ENGINE_IN);

    if (ppoll(&look, 1, &none, NULL) <= 0)
        return 0;
    if (!socket_has(socket, SOCKET_STREAM)) {
        bool in = look.revents & (POLLIN | POLLERR) && !busy;
        return (in ? NET_EVENT_READ : 0u) | (look.revents & POLLOUT ? NET_EVENT_WRITE : 0u);
    }
    if (socket_has(socket, SOCKET_LISTENING))
        return look.revents & POLLIN && !busy ? NET_EVENT_ACCEPT : 0;
    if (socket_is_connected(socket))
        return events__of_connection(socket, events, look.revents, busy);
    return !(events->reported & NET_EVENT_CONNECT) && look.revents & (POLLERR | POLLHUP)
               ? events__of_connecting(socket, events)
               : 0;
}

static void events__look(struct socket *socket, struct socket_events *events)
{
    lock_assert_held(&events->lock);
    events->reported &= ~atomic_exchange(&events->enabled, 0);
    if (!(events->selected & ~events->reported))
        return;
    uint32_t fresh = events__now(socket, events) & events->selected & ~events->reported;
    events->recorded |= fresh;
    events->reported |= fresh;
    if (fresh)
        dispatcher_set(events->event);
}

void socket_noticed(struct io_file *file)
{
    struct socket *socket = (struct socket *)file;
    struct socket_events *events = events__of(socket);

    if (!events)
        return;
    lock_take(&events->lock);
    events__look(socket, events);
    lock_drop(&events->lock);
}

void events_enable(struct socket *socket, uint32_t enabled)
{
    struct socket_events *events = events__of(socket);

    lock_take(&events->lock);
    atomic_fetch_or(&events->enabled, enabled);
    events__look(socket, events);
    lock_drop(&events->lock);
}

void events_enable_later(struct socket *socket, uint32_t enabled)
{
    atomic_fetch_or(&events__of(socket)->enabled, enabled);
    if (socket_has(socket, SOCKET_SELECTED))
        io_file_watch(&socket->file);
}

static struct socket_events *events__make(struct socket *socket)
{
    struct socket_extra *extra = socket_need_extra(socket);
    struct socket_events *events = extra ? fault_calloc(1, sizeof *events) : NULL;

    if (!events)
        return NULL;
    /* FD_CONNECT is the event of a connect call, which enables it. */
    bool connecting = socket_has(socket, SOCKET_CONNECTING);
    events->reported = connecting ? 0 : NET_EVENT_CONNECT;
    lock_take(&socket->file.lock);
    if (extra->events) {
        free(events);
        events = extra->events;
    }
    extra->events = events;
    /* Inside, so that who sees the flag and then takes the lock finds what it speaks of. */
    socket_set(socket, SOCKET_HAS_EVENTS);
    lock_drop(&socket->file.lock);
    return events;
}

/* Puts another selection in force. What was reported stays so (NETEV-5). */
static void events__replace(struct socket *socket, struct socket_events *events,
                            struct dispatcher *event, uint32_t selected)
{
    struct dispatcher *before;

    if (event)
        object_ref(&event->object, OBJ_REF_EVENT);
    lock_take(&events->lock);
    before = events->event;
    events->event = event;
    events->selected = selected;
    if (event && (events->recorded & selected))
        dispatcher_set(event);
    events__look(socket, events);
    lock_drop(&events->lock);
    if (before)
        object_unref(&before->object, OBJ_REF_EVENT);
}

static void events__clear(struct socket *socket, struct socket_events *events)
{
    socket_clear(socket, SOCKET_SELECTED);
    io_file_unwatch(&socket->file);
    events__replace(socket, events, NULL, 0);
}

NTSTATUS socket_select_events(struct socket *socket, struct dispatcher *event, uint32_t selected)
{
    struct socket_events *events = events__of(socket);

    if (!event || !selected) {
        if (events)
            events__clear(socket, events);
        return STATUS_SUCCESS;
    }
    if (!events && !(events = events__make(socket)))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!io_file_watch(&socket->file))
        return STATUS_INSUFFICIENT_RESOURCES;
    socket_set(socket, SOCKET_SELECTED);
    NTSTATUS status = socket_set_nonblocking(socket, true);
    events__replace(socket, events, event, selected);
    /* Closed meanwhile: nobody else would give the event back. */
    if (socket_has(socket, SOCKET_CLOSED))
        events__clear(socket, events);
    return status;
}

NTSTATUS socket_take_events(struct socket *socket, struct dispatcher *event, uint32_t *taken,
                            int errors[NET_EVENT_BITS])
{
    struct socket_events *events = events__of(socket);

    *taken = 0;
    if (!events) {
        if (event)
            dispatcher_reset(event);
        return STATUS_SUCCESS;
    }
    lock_take(&events->lock);
    events__look(socket, events);
    *taken = events->recorded & events->selected;
    events->recorded &= ~*taken;
    for (int bit = 0; bit < NET_EVENT_BITS; bit++)
        errors[bit] = *taken & 1u << bit ? events->errors[bit] : 0;
    /* Under the lock: what is recorded from now on sets the event after this. */
    if (event)
        dispatcher_reset(event);
    lock_drop(&events->lock);
    return STATUS_SUCCESS;
}

void events_inherit(struct socket *accepted, struct socket *listener)
{
    struct socket_events *events = events__of(listener);
    struct dispatcher *event;

    lock_take(&events->lock);
    event = events->event;
    uint32_t selected = events->selected;
    if (event)
        object_ref(&event->object, OBJ_REF_EVENT);
    lock_drop(&events->lock);
    if (!event)
        return;
    /* Short of memory the connection is there all the same, without events. */
    socket_select_events(accepted, event, selected);
    object_unref(&event->object, OBJ_REF_EVENT);
}

void events_close(struct socket *socket)
{
    events__clear(socket, events__of(socket));
}

void events_free(struct socket_events *events)
{
    free(events);
}
