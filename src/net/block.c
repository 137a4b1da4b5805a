/* SPDX-License-Identifier: MIT
 *
 * Blocking calls: a thread that has to wait sleeps in poll on the socket and on a descriptor of its
 * own, through which it is woken when the socket is closed (close alone would leave it asleep) or
 * an APC arrives, which then runs while the call goes on (APC-6).
 */
#include "net/socket.h"

#include "base/clock.h"
#include "base/thread_exit.h"
#include "sched/sched.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct socket_blocked {
    struct list link;       /* extra->blocked, file.lock */
    struct list everywhere; /* block_threads */
    uint32_t thread;
    int wake;
    _Atomic bool ended;     /* the socket was closed, or the call cancelled */
    _Atomic bool cancelled;
};

/* All threads in a blocking call, for CancelSynchronousIo. */
static struct lock block_lock;
static struct list block_threads = {&block_threads, &block_threads};

/* The calling thread's wake-up descriptor + 1; 0: none yet. */
static THREAD_LOCAL int block_wake;

static void block__leave_thread(void)
{
    if (block_wake)
        close(block_wake - 1);
    block_wake = 0;
}

static int block__descriptor(void)
{
    if (!block_wake) {
        int made = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (made < 0)
            return -1;
        block_wake = made + 1;
        thread_exit_register(THREAD_EXIT_NET, block__leave_thread);
    }
    return block_wake - 1;
}

static void block__wake(int descriptor)
{
    uint64_t one = 1;
    if (write(descriptor, &one, sizeof one) < 0)
        return; /* only when it is awake already */
}

static void block__wake_apc(void *context)
{
    block__wake(((struct socket_blocked *)context)->wake);
}

static void block__drain(int descriptor)
{
    uint64_t count;
    if (read(descriptor, &count, sizeof count) < 0)
        return;
}

int64_t socket_deadline(struct socket *socket, bool sending)
{
    uint32_t milliseconds = 0;

    lock_take(&socket->file.lock);
    if (socket->extra)
        milliseconds = sending ? socket->extra->kept.send_timeout
                               : socket->extra->kept.receive_timeout;
    lock_drop(&socket->file.lock);
    return milliseconds ? clock_deadline(milliseconds) : CLOCK_FOREVER;
}

/* Sleeps once; true if the wait is over one way or the other. */
static bool block__poll(struct socket *socket, short events, int64_t deadline,
                        struct socket_blocked *self, NTSTATUS *status)
{
    struct pollfd wanted[2] = {{.fd = socket_descriptor(socket), .events = events},
                               {.fd = self->wake, .events = POLLIN}};
    struct timespec left, *limit = NULL;

    if (deadline != CLOCK_FOREVER) {
        int64_t rest = deadline - clock_now();
        left = clock_timespec(rest > 0 ? rest : 0);
        limit = &left;
    }
    sched_wait_begin();
    int ready = ppoll(wanted, 2, limit, NULL);
    sched_wait_end();
    if (ready > 0 && wanted[1].revents)
        block__drain(self->wake);
    if (apc_pending())
        apc_run();
    bool ended = atomic_load(&self->ended);
    if (ended)
        *status = atomic_load(&self->cancelled) ? STATUS_CANCELLED : STATUS_REQUEST_ABORTED;
    else if (ready == 0)
        *status = STATUS_IO_TIMEOUT;
    else
        *status = STATUS_SUCCESS;
    return ended || ready == 0 || (ready > 0 && wanted[0].revents);
}

NTSTATUS socket_block(struct socket *socket, short events, int64_t deadline)
{
    struct socket_extra *extra = socket_need_extra(socket);
    struct socket_blocked self = {.thread = sched_thread_number(), .wake = block__descriptor()};
    NTSTATUS status = STATUS_SUCCESS;

    if (!extra || self.wake < 0)
        return STATUS_INSUFFICIENT_RESOURCES;
    lock_take(&socket->file.lock);
    /* Closed before this thread was on the list: nobody would wake it. */
    self.ended = socket_has(socket, SOCKET_CLOSED);
    list_push_back(&extra->blocked, &self.link);
    lock_drop(&socket->file.lock);
    lock_take(&block_lock);
    list_push_back(&block_threads, &self.everywhere);
    lock_drop(&block_lock);
    apc_set_wake(block__wake_apc, &self);
    while (!block__poll(socket, events, deadline, &self, &status))
        ;
    apc_set_wake(NULL, NULL);
    lock_take(&block_lock);
    list_remove(&self.everywhere);
    lock_drop(&block_lock);
    lock_take(&socket->file.lock);
    list_remove(&self.link);
    lock_drop(&socket->file.lock);
    return status;
}

void socket_unblock(struct socket *socket)
{
    lock_take(&socket->file.lock);
    if (socket->extra)
        LIST_FOR_EACH(link, &socket->extra->blocked)
        {
            struct socket_blocked *blocked = LIST_ELEMENT(link, struct socket_blocked, link);
            blocked->ended = true;
            block__wake(blocked->wake);
        }
    lock_drop(&socket->file.lock);
}

NTSTATUS socket_cancel_blocked(uint32_t thread)
{
    NTSTATUS status = STATUS_NOT_FOUND;

    lock_take(&block_lock);
    LIST_FOR_EACH(link, &block_threads)
    {
        struct socket_blocked *blocked = LIST_ELEMENT(link, struct socket_blocked, everywhere);
        if (blocked->thread != thread)
            continue;
        atomic_store(&blocked->cancelled, true);
        atomic_store(&blocked->ended, true);
        block__wake(blocked->wake);
        status = STATUS_SUCCESS;
    }
    lock_drop(&block_lock);
    return status;
}
