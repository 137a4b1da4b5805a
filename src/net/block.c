/* SPDX-License-Identifier: MIT
 *
 * Blocking calls on a socket: which threads are in one, so that closing it ends them. How a thread
 * sleeps is io/block.c's. Takes the socket's file.lock.
 */
#include "net/block.h"

#include "base/clock.h"

struct socket_blocked {
    struct list link; /* extra->blocked, file.lock */
    struct socket *socket;
    struct blocked_thread thread;
};

int64_t socket_deadline(struct socket *socket, bool sending)
{
    uint32_t milliseconds = 0;

    lock_take(&socket->file.lock);
    const struct socket_extra *extra = socket_has_extra(socket);
    if (extra)
        milliseconds = sending ? extra->kept.send_timeout : extra->kept.receive_timeout;
    lock_drop(&socket->file.lock);
    return milliseconds ? clock_deadline(milliseconds) : CLOCK_FOREVER;
}

static void block__abandon(struct blocked_thread *thread)
{
    struct socket_blocked *self = CONTAINER_OF(thread, struct socket_blocked, thread);

    lock_take(&self->socket->file.lock);
    if (list_linked(&self->link))
        list_remove(&self->link);
    lock_drop(&self->socket->file.lock);
}

NTSTATUS socket_block(struct socket *socket, short events, int64_t deadline)
{
    struct socket_extra *extra = socket_need_extra(socket);
    struct pollfd polled[2] = {{.fd = socket_descriptor(socket), .events = events}};
    struct socket_blocked self = {.socket = socket};
    NTSTATUS status;
    int ready;

    if (!extra || !blocked_enter(&self.thread, true, block__abandon))
        return STATUS_INSUFFICIENT_RESOURCES;
    lock_take(&socket->file.lock);
    /* Closed before this thread was on the list: nobody would wake it. */
    if (socket_has(socket, SOCKET_CLOSED))
        self.thread.ended = true;
    list_push_back(&extra->blocked, &self.link);
    lock_drop(&socket->file.lock);
    do
        status = blocked_sleep(&self.thread, polled, 1, deadline, &ready);
    while (status == STATUS_SUCCESS && ready == 0);
    lock_take(&socket->file.lock);
    list_remove(&self.link);
    lock_drop(&socket->file.lock);
    blocked_leave(&self.thread);
    return status;
}

void socket_unblock(struct socket *socket)
{
    lock_take(&socket->file.lock);
    struct socket_extra *extra = socket_has_extra(socket);
    if (extra)
        LIST_FOR_EACH(link, &extra->blocked)
    blocked_end(&LIST_ELEMENT(link, struct socket_blocked, link)->thread);
    lock_drop(&socket->file.lock);
    select_wake_closed(socket);
}
