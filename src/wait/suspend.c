/* SPDX-License-Identifier: MIT
 *
 * Suspending, resuming and terminating threads (THR-2, THR-3). Owns the suspend fields of struct
 * thread.
 *
 * A running thread is stopped with a real-time signal. The handler stands still on the thread's
 * `hold` word until it is cleared; under a shield (base/shield.h) it leaves that to the moment the
 * shield is lowered, so a suspended thread never holds a lock of the library. It may well hold one
 * of the C library's or of the program's, as on Windows. A thread that blocks the signal itself,
 * after its first call into the library, cannot be stopped: who tries waits until it can.
 *
 * Races. Resumed and suspended again before it has left the handler: `hold` is set again and a
 * second signal is pending, so the thread goes on standing or comes straight back; it runs nothing
 * of the program's in between, therefore the second suspender may believe an old STAND_PARKED.
 * Ending while being suspended: `stand` becomes STAND_ENDED under suspend_lock, after which nobody
 * sends a signal, and the suspender, who waits on that word, gives up.
 *
 * The slot in a port (SCHED-7d) is given up and taken back by the suspending and the resuming
 * thread, because a signal handler must not. What they read of the stopped thread's sched_thread
 * stands still, and parking published it.
 *
 * Locks: the thread's suspend_lock; the queue's hook is called under it. Nobody holding a queue's
 * lock takes a suspend_lock.
 */
#include "status/codes.h"
#include "wait/suspend.h"

#include "base/clock.h"
#include "base/futex.h"
#include "base/thread_exit.h"
#include "sched/sched.h"
#include "wait/local.h"

#include <errno.h>
#include <signal.h>

/* What is asked of a thread: bits of `hold`. */
#define HOLD_STAND 1u
#define HOLD_LEAVE 2u

enum { STAND_RUNNING, STAND_PARKED, STAND_ENDED };

#define SUSPENSIONS_MAX 127u

/* Real-time, so that it is nobody's by tradition, and not the first ones, which programs take. */
#define SUSPEND_SIGNAL (SIGRTMIN + 11)

static pthread_once_t suspend_once = PTHREAD_ONCE_INIT;

static void suspend__tell(struct thread *thread, uint32_t stand)
{
    atomic_store_explicit(&thread->stand, stand, memory_order_release);
    futex_wake(&thread->stand, INT32_MAX);
}

/* Stands until nothing holds the thread; true if it is to leave instead of going on. Where a shield
 * was lowered the signal can interrupt this wait: the handler stands in a frame of its own and
 * leaves STAND_RUNNING behind, so whoever is held again says so again. */
static bool suspend__stand(struct thread *thread)
{
    bool stood = false;
    uint32_t hold;

    while ((hold = atomic_load_explicit(&thread->hold, memory_order_acquire)) == HOLD_STAND) {
        suspend__tell(thread, STAND_PARKED);
        futex_wait(&thread->hold, HOLD_STAND, CLOCK_FOREVER);
        stood = true;
    }
    if (stood)
        atomic_store_explicit(&thread->stand, STAND_RUNNING, memory_order_relaxed);
    return hold & HOLD_LEAVE;
}

/* A thread inherits its maker's signal mask, and many programs block all they can. */
static void suspend__unblock(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SUSPEND_SIGNAL);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* Ends the thread from where it was interrupted. What it waited in is given back by its exit, but
 * for what lies in the frames that are left behind: the count of waits, and the blocking call. */
static _Noreturn void suspend__leave(struct thread *thread)
{
    suspend__unblock();
    atomic_store_explicit(&thread->hold, 0, memory_order_relaxed);
    if (sched_self.waits) {
        sched_self.waits = 1;
        sched_wait_end();
    }
    thread_exit_run_early(THREAD_EXIT_NET);
    local_skip_callbacks();
    thread_exit(thread->terminate_code);
}

/* Does what the thread was asked to: in the handler, or when a shield is lowered. */
static void suspend__answer(void)
{
    struct thread *thread = thread_known();

    if (thread && suspend__stand(thread))
        suspend__leave(thread);
}

static void suspend__on_signal(int number)
{
    int saved = errno;

    (void)number;
    if (shield_self.depth)
        shield_self.asked = true;
    else
        suspend__answer();
    errno = saved;
}

static void suspend__install(void)
{
    struct sigaction action = {.sa_handler = suspend__on_signal, .sa_flags = SA_RESTART};

    sigfillset(&action.sa_mask);
    atomic_store(&shield_answer, suspend__answer);
    MUST(sigaction(SUSPEND_SIGNAL, &action, NULL) == 0);
}

void suspend_init(struct thread *thread)
{
    atomic_store_explicit(&thread->suspend_lock.word, 0, memory_order_relaxed);
    atomic_store_explicit(&thread->hold, 0, memory_order_relaxed);
    atomic_store_explicit(&thread->stand, STAND_RUNNING, memory_order_relaxed);
    thread->suspensions = 0;
    thread->started = thread->released = thread->absent = false;
    thread->terminate_code = 0;
    thread->sched = NULL;
}

void suspend_from_start(struct thread *thread)
{
    thread->suspensions = 1;
    atomic_store_explicit(&thread->hold, HOLD_STAND, memory_order_relaxed);
}

void suspend_attach(struct thread *thread)
{
    lock_take(&thread->suspend_lock);
    thread->started = true;
    thread->pthread = pthread_self();
    thread->sched = &sched_self;
    traits_attach(thread);
    lock_drop(&thread->suspend_lock);
    suspend__unblock();
    if (suspend__stand(thread))
        suspend__leave(thread);
}

void suspend_detach(struct thread *thread)
{
    lock_take(&thread->suspend_lock);
    thread->sched = NULL;
    atomic_store_explicit(&thread->stand, STAND_ENDED, memory_order_release);
    lock_drop(&thread->suspend_lock);
    futex_wake(&thread->stand, INT32_MAX);
}

static bool suspend__ended(struct thread *thread)
{
    lock_assert_held(&thread->suspend_lock);
    return atomic_load_explicit(&thread->stand, memory_order_relaxed) == STAND_ENDED;
}

/* Sets a bit of `hold` and makes the thread look at it, if it runs at all. */
static void suspend__ask(struct thread *thread, uint32_t bit)
{
    lock_assert_held(&thread->suspend_lock);
    atomic_fetch_or_explicit(&thread->hold, bit, memory_order_release);
    if (!thread->started) {
        futex_wake(&thread->hold, 1);
        return;
    }
    pthread_once(&suspend_once, suspend__install);
    pthread_kill(thread->pthread, SUSPEND_SIGNAL);
    futex_wake(&thread->hold, 1);
}

/* The thread stands still: its queue learns of it unless it knows the thread as blocked already. */
static void suspend__release_slot(struct thread *thread)
{
    lock_take(&thread->suspend_lock);
    struct sched_thread *sched = thread->sched;
    if (atomic_load_explicit(&thread->stand, memory_order_acquire) == STAND_PARKED &&
        thread->suspensions && !thread->released && sched && sched->queue && sched->waits == 0) {
        if (sched->in_queue) {
            thread->absent = true;
            sched->hook->absent(sched->queue);
        } else {
            thread->released = true;
            sched->hook->blocked(sched->queue);
        }
    }
    lock_drop(&thread->suspend_lock);
}

static void suspend__self(struct thread *thread)
{
    sched_wait_begin();
    bool leave = suspend__stand(thread);
    sched_wait_end();
    if (leave)
        suspend__leave(thread);
}

NTSTATUS thread_suspend(struct thread *thread, uint32_t *before)
{
    bool self = thread == thread_known();

    lock_take(&thread->suspend_lock);
    if (suspend__ended(thread) || thread->suspensions == SUSPENSIONS_MAX) {
        NTSTATUS status =
            suspend__ended(thread) ? STATUS_THREAD_IS_TERMINATING : STATUS_SUSPEND_COUNT_EXCEEDED;
        lock_drop(&thread->suspend_lock);
        return status;
    }
    bool running = thread->started && !self;
    *before = thread->suspensions++;
    if (self)
        atomic_fetch_or_explicit(&thread->hold, HOLD_STAND, memory_order_relaxed);
    else if (*before == 0)
        suspend__ask(thread, HOLD_STAND);
    lock_drop(&thread->suspend_lock);

    if (self) {
        suspend__self(thread);
        return STATUS_SUCCESS;
    }
    while (running && atomic_load_explicit(&thread->stand, memory_order_acquire) == STAND_RUNNING &&
           atomic_load_explicit(&thread->hold, memory_order_relaxed) == HOLD_STAND)
        futex_wait(&thread->stand, STAND_RUNNING, CLOCK_FOREVER);
    suspend__release_slot(thread);
    return STATUS_SUCCESS;
}

NTSTATUS thread_resume(struct thread *thread, uint32_t *before)
{
    lock_take(&thread->suspend_lock);
    *before = thread->suspensions;
    if (*before && --thread->suspensions == 0) {
        if (thread->released) {
            thread->released = false;
            thread->sched->hook->running(thread->sched->queue);
        }
        if (thread->absent && thread->sched && thread->sched->in_queue)
            thread->sched->hook->present(thread->sched->queue);
        thread->absent = false;
        atomic_fetch_and_explicit(&thread->hold, ~HOLD_STAND, memory_order_release);
        futex_wake(&thread->hold, 1);
        futex_wake(&thread->stand, INT32_MAX);
    }
    lock_drop(&thread->suspend_lock);
    return STATUS_SUCCESS;
}

NTSTATUS thread_terminate(struct thread *thread, uint32_t code)
{
    if (thread == thread_known()) {
        local_skip_callbacks();
        thread_exit(code);
    }
    lock_take(&thread->suspend_lock);
    if (!suspend__ended(thread) &&
        !(atomic_load_explicit(&thread->hold, memory_order_relaxed) & HOLD_LEAVE)) {
        thread->terminate_code = code;
        if (thread->released) {
            thread->released = false;
            thread->sched->hook->running(thread->sched->queue);
        }
        suspend__ask(thread, HOLD_LEAVE);
    }
    lock_drop(&thread->suspend_lock);
    return STATUS_SUCCESS;
}
