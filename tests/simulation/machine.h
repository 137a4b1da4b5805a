/* SPDX-License-Identifier: MIT
 *
 * The machine that the scheduler runs on in the simulation: fake threads, a clock, locks and
 * futexes, and one random number that decides all. At every point a fake thread may be set aside
 * for another one; nothing else interrupts it.
 */
#ifndef SIMULATION_MACHINE_H
#define SIMULATION_MACHINE_H

#include "locals.h"

#include "base/thread_exit.h"
#include "port/port_internal.h"
#include "sched/sched.h"
#include "wait/thread.h"

enum { SIM_THREADS = 24 };

enum sim_state {
    SIM_RUNNABLE,
    SIM_LOCK,    /* wants `lock` */
    SIM_FUTEX,   /* sleeps on `word` */
    SIM_SOURCE,  /* sleeps in a packet source, until somebody makes it runnable */
    SIM_TIMER,   /* sleeps until the deadline */
    SIM_PARKING, /* waits until `target` stands still */
    SIM_REST,    /* waits until nothing else happens any more */
    SIM_DONE,
};

/* What a fake thread does in the library at the moment. */
enum sim_call {
    CALL_NONE,
    CALL_INSERT,
    CALL_INSERT_LATER, /* by a thread that is about to come back for it */
    CALL_REMOVE,
    CALL_BLOCK,
    CALL_RESUME,
    CALL_EXIT,
    CALL_CLOSE,
    CALL_ALERT,
    CALL_TICK,
    CALL_ABSENT, /* by who suspends a waiter */
    CALL_OTHER,
};

struct sim_thread {
    int id;
    const char *name;
    void (*run)(void *argument);
    void *argument;
    struct coroutine *coroutine;
    enum sim_state state;
    const struct lock *lock;
    _Atomic uint32_t *word;
    uint32_t expected;
    int64_t deadline;
    struct sim_thread *target;
    uint64_t priority;

    /* What real threads keep in thread-local storage. */
    struct shield shield;
    struct sched_thread sched;
    struct port_thread port;
    struct thread thread;
    void (*leave[THREAD_EXIT_STAGES])(void);

    bool hold;          /* suspended as soon as it stands at a point without a shield */
    bool killed;        /* ends at the next such point */
    bool leaving;       /* on its way out: cannot be stopped any more */
    bool slot_given_up; /* the suspender has told the port */
    bool absent; /* its queue was told that it is suspended in it */

    /* The model's. */
    enum sim_call call;
    struct port *call_port;
    bool alertable;
    bool worker;
    bool given_seen;    /* the packet it was given has been looked at */
    unsigned looks;     /* looks at /proc in a row that found it blocked */
    bool found_blocked; /* and the port was told */
    unsigned sleeps, sleeps_seen;
    struct port *held;  /* a call's reference */
    unsigned unnoticed; /* ticks in a row in which it was blocked and held a slot nevertheless */
};

extern struct sim_thread machine_threads[SIM_THREADS];
extern int machine_thread_count;
extern struct sim_thread *machine_self; /* NULL: the machine itself */
extern int64_t machine_now;
extern uint64_t machine_steps, machine_limit;
extern bool machine_chatty;

/* One scenario: everything is forgotten and the seed decides from here on. */
void machine_reset(uint64_t seed);
/* Runs until every fake thread has ended but those of the library's own. */
void machine_run(void);

uint32_t machine_random(uint32_t below);
static inline bool machine_chance(uint32_t of)
{
    return machine_random(of) == 0;
}

struct sim_thread *machine_start(const char *name, void (*run)(void *argument), void *argument);
void machine_point(void);
void machine_atomic_point(void);
void machine_sleep(int64_t nanoseconds);
/* Sleeps in a source until machine_rouse or the deadline. */
void machine_sleep_in_source(int64_t deadline);
void machine_rouse(struct sim_thread *thread);
void machine_rest(void);

/* As wait/suspend.c does it. */
void machine_suspend(struct sim_thread *thread);
void machine_resume(struct sim_thread *thread);
void machine_kill(struct sim_thread *thread);
void machine_answer(void);

/* It is suspended and not on its way out. */
bool machine_stands_still(const struct sim_thread *thread);

/* What /proc would say. */
bool machine_is_blocked(const struct sim_thread *thread);

/* Keeps the last few of these for the case that something fails. */
void machine_note(const char *what, long first, long second);
_Noreturn void machine_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* real.c: the current thread's locals; forgets what the rooms keep for the process. */
void real_set_current(struct sim_thread *thread);
void real_reset(void);

/* model.c: a lock was taken, will be dropped. */
void model_enter(struct lock *lock);
void model_leave(struct lock *lock);
/* progress.c: a call into the library begins, has ended. */
void model_begin(enum sim_call call, struct port *port);
void model_end(void);

#endif
