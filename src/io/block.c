/* SPDX-License-Identifier: MIT
 *
 * Blocking calls: a thread that has to wait sleeps in poll on the file and on a descriptor of its
 * own, through which it is woken when the file is closed (close alone would leave it asleep) or, if
 * it is alertable, an APC arrives, which then runs while the call goes on (APC-6). block_lock is a
 * leaf.
 */
#include "io/block.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/lock.h"
#include "base/thread_exit.h"
#include "sched/sched.h"
#include "status/codes.h"
#include "wait/apc.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* All threads in a blocking call, for CancelSynchronousIo. */
static struct lock block_lock;
static struct list block_threads = {&block_threads, &block_threads};

/* The calling thread's wake-up descriptor + 1; 0: none yet. And the call it is blocked in. */
static THREAD_LOCAL int block_wake;
static THREAD_LOCAL struct blocked_thread *block_self;

/* Both under the lock, where the thread is not terminated: block_self tells what is listed. */
static void block__unlist(struct blocked_thread *self)
{
    lock_take(&block_lock);
    block_self = self->outer;
    list_remove(&self->link);
    lock_drop(&block_lock);
}

static void block__leave_thread(void)
{
    /* Terminated in a blocking call: others would go on finding it on their lists. Its frames, on
     * which these are, still stand (suspend__leave). */
    while (block_self) {
        struct blocked_thread *self = block_self;
        if (self->alertable)
            apc_set_wake(NULL, NULL);
        self->abandon(self);
        block__unlist(self);
    }
    if (block_wake)
        close(block_wake - 1);
    block_wake = 0;
}

static int block__descriptor(void)
{
    if (!block_wake) {
        int made = descriptor_above_standard(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
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
    block__wake(((struct blocked_thread *)context)->wake);
}

static void block__drain(int descriptor)
{
    uint64_t count;
    if (read(descriptor, &count, sizeof count) < 0)
        return;
}

bool blocked_enter(struct blocked_thread *self, bool alertable,
                   void (*abandon)(struct blocked_thread *self))
{
    *self = (struct blocked_thread){.thread = sched_thread_number(),
                                    .wake = block__descriptor(),
                                    .alertable = alertable,
                                    .outer = block_self,
                                    .abandon = abandon};
    if (self->wake < 0)
        return false;
    lock_take(&block_lock);
    list_push_back(&block_threads, &self->link);
    block_self = self;
    lock_drop(&block_lock);
    if (alertable)
        apc_set_wake(block__wake_apc, self);
    return true;
}

void blocked_leave(struct blocked_thread *self)
{
    if (self->alertable)
        apc_set_wake(NULL, NULL);
    block__unlist(self);
}

void blocked_end(struct blocked_thread *blocked)
{
    atomic_store(&blocked->ended, true);
    block__wake(blocked->wake);
}

NTSTATUS blocked_sleep(struct blocked_thread *self, struct pollfd *polled, nfds_t count,
                       int64_t deadline, int *ready)
{
    struct timespec left, *limit = NULL;

    /* One that was queued before the call as well. An APC that blocks itself takes the wake-up for
     * APCs with it when it is done. */
    while (self->alertable && apc_pending()) {
        apc_run();
        apc_set_wake(block__wake_apc, self);
    }
    polled[count] = (struct pollfd){.fd = self->wake, .events = POLLIN};
    if (deadline != CLOCK_FOREVER) {
        int64_t rest = deadline - clock_now();
        left = clock_timespec(rest > 0 ? rest : 0);
        limit = &left;
    }
    sched_wait_begin();
    int result = ppoll(polled, count + 1, limit, NULL);
    sched_wait_end();
    *ready = result > 0 ? result - (polled[count].revents != 0) : 0;
    if (result > 0 && polled[count].revents)
        block__drain(self->wake);
    if (atomic_load(&self->ended))
        return atomic_load(&self->cancelled) ? STATUS_CANCELLED : STATUS_REQUEST_ABORTED;
    if (result < 0 && errno != EINTR)
        return STATUS_INSUFFICIENT_RESOURCES;
    return result == 0 ? STATUS_IO_TIMEOUT : STATUS_SUCCESS;
}

NTSTATUS blocked_cancel(uint32_t thread)
{
    NTSTATUS status = STATUS_NOT_FOUND;

    lock_take(&block_lock);
    LIST_FOR_EACH(link, &block_threads)
    {
        struct blocked_thread *blocked = LIST_ELEMENT(link, struct blocked_thread, link);
        if (blocked->thread != thread)
            continue;
        atomic_store(&blocked->cancelled, true);
        blocked_end(blocked);
        status = STATUS_SUCCESS;
    }
    lock_drop(&block_lock);
    return status;
}

bool blocked_is_in(uint32_t thread)
{
    bool found = false;

    lock_take(&block_lock);
    LIST_FOR_EACH(link, &block_threads)
    {
        if (LIST_ELEMENT(link, struct blocked_thread, link)->thread == thread)
            found = true;
    }
    lock_drop(&block_lock);
    return found;
}
