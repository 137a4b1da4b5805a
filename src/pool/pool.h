/* SPDX-License-Identifier: MIT
 *
 * Thread pools: a port, threads that take packets from it, and objects whose callbacks these
 * threads run (rules POOL). To the port a pool is a customer like any other, so its scheduling is
 * the port's: as many callbacks run as there are processors, and one that blocks is replaced.
 *
 * An object (struct pool_object) is work, an I/O, a wait or a timer. It is its owner's until
 * pool_close and lives on until its last callback has ended.
 */
#ifndef POOL_POOL_H
#define POOL_POOL_H

#include "io/file.h"

#include <minwinbase.h>
#include <winternl.h>

struct pool;
struct pool_object;
struct pool_group;
struct pool_timers;
/* What a callback is told it is (PTP_CALLBACK_INSTANCE); on the running thread's stack. */
struct pool_instance;

enum pool_flags {
    POOL_LONG = 1,       /* callbacks may take long: they hold no slot of the port */
    POOL_PERSISTENT = 2, /* they run on a thread that does not leave for idleness */
};

/* How an object's callbacks are to run. */
struct pool_traits {
    struct pool *pool;        /* NULL: the process's own */
    struct pool_group *group; /* or NULL */
    PTP_CLEANUP_GROUP_CANCEL_CALLBACK cancelled;
    PTP_SIMPLE_CALLBACK finalize;
    uint32_t flags;
};

/* ---- pools (pool.c) ---- */
enum { POOL_THREADS_MAXIMUM = 500, POOL_IDLE_MS = 5000 };

struct pool *pool_create(void);
/* The process's own, made when first asked for. NULL, both: memory is short. */
struct pool *pool_default(void);
/* Its threads go once its last object has. */
void pool_release(struct pool *pool);
void pool_set_maximum(struct pool *pool, uint32_t threads);
NTSTATUS pool_set_minimum(struct pool *pool, uint32_t threads);
void pool_set_stack(struct pool *pool, const TP_POOL_STACK_INFORMATION *stack);
void pool_get_stack(struct pool *pool, TP_POOL_STACK_INFORMATION *stack);
/* Threads there are, for whoever looks from outside. */
uint32_t pool_threads(struct pool *pool);

/* ---- all objects (object.c) ---- */
/* Nothing new is to come: leaves its group, and ends when its last callback has. */
void pool_close(struct pool_object *object);
/* Until no callback runs or is due; `cancel` drops those that have not begun. */
void pool_wait(struct pool_object *object, bool cancel);

/* ---- inside a callback (object.c) ---- */
/* What is done when a callback has returned, in this order. */
enum pool_deferral {
    POOL_LEAVE_SECTION,
    POOL_RELEASE_MUTEX,
    POOL_RELEASE_SEMAPHORE,
    POOL_SET_EVENT,
    POOL_FREE_LIBRARY,
    POOL_DEFERRALS
};

/* One of each kind; a second replaces the first, which is handed back to be undone. */
struct pool_deferred {
    void (*run)(struct pool_deferred *deferred);
    void *thing;
    uint32_t count;
};
struct pool_deferred pool_defer(struct pool_instance *instance, enum pool_deferral kind,
                                struct pool_deferred deferred);

/* The callback gives its slot up; false if nobody could take its place. */
bool pool_may_run_long(struct pool_instance *instance);
/* Nobody waits for this callback any more. */
void pool_disassociate(struct pool_instance *instance);

/* ---- groups (cleanup.c) ---- */
struct pool_group *pool_group_create(void);
void pool_group_release(struct pool_group *group);
void pool_group_close_members(struct pool_group *group, bool cancel, void *cleanup);

/* ---- kinds ---- */
NTSTATUS pool_work_create(PTP_WORK_CALLBACK callback, void *context,
                          const struct pool_traits *traits, struct pool_object **work);
void pool_work_submit(struct pool_object *work);
/* Runs a callback once; there is no object to be closed. */
NTSTATUS pool_simple_submit(PTP_SIMPLE_CALLBACK callback, void *context,
                            const struct pool_traits *traits);

/* Told the Win32 error and the bytes, or both as the packet has them. */
typedef void (*pool_io_callback)(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID overlapped,
                                 ULONG result, ULONG_PTR bytes, PTP_IO io);
typedef void (*pool_io_native)(PTP_CALLBACK_INSTANCE instance, PVOID context, PVOID overlapped,
                               PIO_STATUS_BLOCK result, PTP_IO io);
/* Associates the file with the pool's port. One of the two callbacks is NULL. */
NTSTATUS pool_io_create(struct io_file *file, pool_io_callback callback, pool_io_native native,
                        void *context, const struct pool_traits *traits, struct pool_object **io);
/* An operation is about to be started; it was not, or needs no callback. */
void pool_io_start(struct pool_object *io);
void pool_io_cancel(struct pool_object *io);

NTSTATUS pool_wait_create(PTP_WAIT_CALLBACK callback, void *context,
                          const struct pool_traits *traits, struct pool_object **wait);
/* One callback when the target can be taken, which takes it, or when the deadline passes. NULL:
 * none. *was: something was waited for until now. STATUS_INVALID_PARAMETER: only a thread can have
 * the target (a mutex); STATUS_INSUFFICIENT_RESOURCES. */
NTSTATUS pool_wait_set(struct pool_object *wait, struct dispatcher *target, int64_t deadline,
                       bool *was);

NTSTATUS pool_timer_create(PTP_TIMER_CALLBACK callback, void *context,
                           const struct pool_traits *traits, struct pool_object **timer);
/* At the deadline, and then every `period` milliseconds if that is not 0, up to `window`
 * milliseconds late. CLOCK_FOREVER: not at all. True if it was running. */
bool pool_timer_set(struct pool_object *timer, int64_t deadline, uint32_t period, uint32_t window);
bool pool_timer_is_set(struct pool_object *timer);

/* ---- before there were objects (legacy.c); one of the two functions is NULL ---- */
NTSTATUS pool_queue(LPTHREAD_START_ROUTINE function, WORKERCALLBACKFUNC native, void *context,
                    const struct pool_traits *traits);

/* All files bound with one function share what stands for it. */
typedef void (*pool_bound_callback)(DWORD error, DWORD bytes, OVERLAPPED *overlapped);
NTSTATUS pool_bind(struct io_file *file, pool_bound_callback function);

/* Waits for the target, again and again unless `once`. *wait is written before a callback runs. */
NTSTATUS pool_register(struct dispatcher *target, WAITORTIMERCALLBACKFUNC function, void *context,
                       uint32_t milliseconds, bool once, const struct pool_traits *traits,
                       void **wait);

struct pool_timers *pool_timers_create(void);
/* A new timer that does not run yet. */
NTSTATUS pool_timers_add(struct pool_timers *queue, WAITORTIMERCALLBACKFUNC function, void *context,
                         const struct pool_traits *traits, struct pool_object **timer);
void pool_timers_change(struct pool_object *timer, uint32_t due, uint32_t period);

/* Ends a registered wait or a queued timer, or a queue with all its timers: callbacks that have not
 * begun are dropped. Then `event`, if any, is set when the last has ended; it is taken over. With
 * `wait` returns only then. STATUS_PENDING: a callback still ran. */
NTSTATUS pool_end(struct pool_object *object, struct dispatcher *event, bool wait);
NTSTATUS pool_timers_end(struct pool_timers *queue, struct dispatcher *event, bool wait);

#endif
