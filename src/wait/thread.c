/* SPDX-License-Identifier: MIT
 *
 * The life of a thread object: made by thread_create or, for a thread that the program made itself,
 * by thread_current; signalled when the thread ends; destroyed with the last reference, one of
 * which the running thread holds (OBJ_REF_THREAD).
 *
 * A thread made here ends by returning from its routine or by a jump back to thread__run: as on
 * Windows, ending a thread unwinds nothing. Other threads end by pthread_exit.
 *
 * Locks: thread_lock, a leaf, guards the list of all threads.
 */
#include "status/codes.h"
#include "wait/thread.h"

#include "base/fault.h"
#include "base/slab.h"
#include "base/thread_exit.h"
#include "sched/sched.h"
#include "wait/address.h"
#include "wait/mutex.h"
#include "wait/suspend.h"
#include "wait/waiters.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

static struct slab thread_slab = {.size = sizeof(struct thread), .index = SLAB_THREAD};
static struct lock thread_lock;
static struct list thread_list = {&thread_list, &thread_list};
static THREAD_LOCAL struct thread *thread_self;

static void thread__destroy(struct object *object)
{
    struct thread *thread = CONTAINER_OF(object, struct thread, dispatcher.object);

    lock_take(&thread_lock);
    list_remove(&thread->link);
    lock_drop(&thread_lock);
    free(thread->description);
    slab_free(&thread_slab, thread);
}

const struct object_ops thread_ops = {
    .kind = "thread", .waitable = &dispatcher_latch, .destroy = thread__destroy};

static struct thread *thread__new(uint32_t number, enum object_reason reason)
{
    struct thread *thread = slab_alloc(&thread_slab);

    if (!thread)
        return NULL;
    thread->number = number;
    atomic_store_explicit(&thread->exit_code, THREAD_NO_CODE, memory_order_relaxed);
    atomic_store_explicit(&thread->priority, 0, memory_order_relaxed);
    atomic_store_explicit(&thread->apc_lock.word, 0, memory_order_relaxed);
    atomic_store_explicit(&thread->apc_first, NULL, memory_order_relaxed);
    thread->apc_last = NULL;
    thread->apc_closed = false;
    thread->wake = NULL;
    thread->routine = NULL;
    thread->leave = NULL;
    thread->description = NULL;
    thread->affinity = 0;
    thread->ideal = THREAD_NOT_IDEAL;
    suspend_init(thread);
    dispatcher_init(&thread->dispatcher, &thread_ops, reason, 0);
    lock_take(&thread_lock);
    list_push_back(&thread_list, &thread->link);
    lock_drop(&thread_lock);
    return thread;
}

/* The thread ends: what it waits for and owns, and its APCs (THR-1, WAIT-7, APC-1). Nobody may
 * suspend it when it leaves its port, which comes next. */
static void thread__leave(void)
{
    struct thread *thread = thread_self;

    wait_forsake();
    address_forsake();
    mutex_abandon_all();
    if (!thread)
        return;
    apc_close(thread);
    suspend_detach(thread);
}

/* THR-5: last, so that who has seen the thread end finds its slot free. */
static void thread__signal(void)
{
    struct thread *thread = thread_self;
    uint64_t none = THREAD_NO_CODE;

    if (!thread)
        return;
    /* A thread that was not made here, or that the C library ended, has no code of its own. */
    atomic_compare_exchange_strong(&thread->exit_code, &none, 0);
    thread_self = NULL;
    dispatcher_set(&thread->dispatcher);
    object_unref(&thread->dispatcher.object, OBJ_REF_THREAD);
}

struct thread *thread_known(void)
{
    return thread_self;
}

void thread_leave_register(void)
{
    thread_exit_register(THREAD_EXIT_WAIT, thread__leave);
    thread_exit_register(THREAD_EXIT_OBJECT, thread__signal);
}

struct thread *thread_current(void)
{
    struct thread *thread = thread_self;

    if (LIKELY(thread != NULL))
        return thread;
    thread = thread__new(sched_thread_number(), OBJ_REF_THREAD);
    if (!thread)
        return NULL;
    thread_leave_register();
    suspend_attach(thread);
    thread_self = thread;
    return thread;
}

static void *thread__run(void *argument)
{
    struct thread *thread = argument;
    sigjmp_buf leave;

    sched_number_adopt(thread->number);
    thread->leave = &leave;
    thread_leave_register();
    thread_self = thread;
    /* The mask is not saved: that would be a system call for every thread. */
    if (!sigsetjmp(leave, 0)) {
        suspend_attach(thread);
        apc_run(); /* APC-1: those queued before the thread runs come first */
        thread_exit(thread->routine(thread->argument));
    }
    thread_self->leave = NULL;
    return NULL;
}

NTSTATUS thread_create(thread_routine routine, void *argument, struct thread **result)
{
    struct thread *thread = thread__new(sched_number_new(), OBJ_REF_CALL);

    if (!thread)
        return STATUS_NO_MEMORY;
    thread->routine = routine;
    thread->argument = argument;
    *result = thread;
    return STATUS_SUCCESS;
}

/* Windows' stack sizes are what a thread may use; here the C library's own needs come on top, and
 * thread-local variables lie on the stack too. */
static size_t thread__stack(size_t wanted)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t least = (size_t)sysconf(_SC_THREAD_STACK_MIN) + 65536;

    if (wanted > SIZE_MAX / 2)
        wanted = SIZE_MAX / 2;
    if (wanted < least)
        wanted = least;
    return (wanted + page - 1) & ~(page - 1);
}

NTSTATUS thread_start(struct thread *thread, bool suspended, size_t stack_size)
{
    pthread_attr_t attributes;
    pthread_t pthread;

    if (pthread_attr_init(&attributes) != 0)
        return STATUS_NO_MEMORY;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (stack_size)
        pthread_attr_setstacksize(&attributes, thread__stack(stack_size));
    if (suspended)
        suspend_from_start(thread);
    object_ref(&thread->dispatcher.object, OBJ_REF_THREAD);
    int error =
        fault_hit(FAULT_THREAD) ? -1 : pthread_create(&pthread, &attributes, thread__run, thread);
    pthread_attr_destroy(&attributes);
    if (error) {
        object_unref(&thread->dispatcher.object, OBJ_REF_THREAD);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

_Noreturn void thread_exit(uint32_t code)
{
    struct thread *thread = thread_current();

    if (thread) {
        uint64_t none = THREAD_NO_CODE;
        atomic_compare_exchange_strong(&thread->exit_code, &none, code);
        if (thread->leave)
            siglongjmp(*thread->leave, 1);
    }
    pthread_exit(NULL);
}

struct thread *thread_find(uint32_t number)
{
    struct thread *found = NULL;

    lock_take(&thread_lock);
    LIST_FOR_EACH(link, &thread_list)
    {
        struct thread *thread = LIST_ELEMENT(link, struct thread, link);
        if (thread->number == number) {
            /* One that has ended counts as long as it has a handle. */
            if ((!dispatcher_latch.signalled(&thread->dispatcher, 0) ||
                 atomic_load_explicit(&thread->dispatcher.object.handles, memory_order_relaxed)) &&
                object_try_ref(&thread->dispatcher.object, OBJ_REF_CALL))
                found = thread;
            break;
        }
    }
    lock_drop(&thread_lock);
    return found;
}
