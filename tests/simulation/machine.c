/* SPDX-License-Identifier: MIT
 *
 * Who runs next. Three ways to choose, one for each scenario: any thread with the same chance; the
 * same thread for a while, then any; or by random priorities that change now and then, which finds
 * what needs one thread to stand still for long (W. Burckhardt and others, "A randomized scheduler
 * with probabilistic guarantees of finding bugs").
 */
#include "machine.h"

#include "coroutine.h"
#include "world.h"

#include "base/clock.h"
#include "base/futex.h"
#include "base/own_thread.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NOTES = 64, NOTES_SHOWN = 50, RESTLESS_TICKS = 200, STEPS_MOST = 60000 };
enum strategy { ANY, STICKY, PRIORITIES, STRATEGIES };

struct sim_thread machine_threads[SIM_THREADS];
int machine_thread_count;
struct sim_thread *machine_self;
int64_t machine_now;
uint64_t machine_steps, machine_limit;
bool machine_chatty;

static uint64_t seed_now, random_state;
static enum strategy strategy;
static int64_t step_time;
static unsigned restless; /* times that only the library's own threads ran, in a row */
static struct note {
    uint64_t step;
    const char *who, *what;
    long first, second;
} notes[NOTES];
static unsigned note_count;

uint32_t machine_random(uint32_t below)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)(((random_state * 0x2545F4914F6CDD1Dull) >> 32) * below >> 32);
}

static void machine__show(const struct note *note)
{
    fprintf(stderr, "%8llu %-9s %-22s %ld %ld\n", (unsigned long long)note->step, note->who,
            note->what, note->first, note->second);
}

void machine_note(const char *what, long first, long second)
{
    struct note *note = &notes[note_count++ % NOTES];
    *note = (struct note){machine_steps, machine_self ? machine_self->name : "machine", what, first,
                          second};
    if (machine_chatty)
        machine__show(note);
}

_Noreturn void machine_fail(const char *format, ...)
{
    va_list arguments;
    unsigned first = note_count > NOTES_SHOWN ? note_count - NOTES_SHOWN : 0;

    fflush(stdout);
    if (!machine_chatty)
        for (unsigned index = first; index < note_count; index++)
            machine__show(&notes[index % NOTES]);
    fprintf(stderr, "FAIL after %llu steps, in %s: ", (unsigned long long)machine_steps,
            machine_self ? machine_self->name : "machine");
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nto see it again: simulation --seed %llu --steps %llu\n",
            (unsigned long long)seed_now, (unsigned long long)machine_steps);
    _exit(1);
}

_Noreturn void check_failed(const char *condition, const char *file, int line)
{
    machine_fail("%s:%d: %s", file, line, condition);
}

void machine_reset(uint64_t seed)
{
    seed_now = seed;
    random_state = seed * 0x9E3779B97F4A7C15ull + 0x1234567;
    if (random_state == 0)
        random_state = 1;
    for (int warm = 0; warm < 8; warm++)
        machine_random(2);
    machine_thread_count = 0;
    machine_now = NANOSECONDS_PER_SECOND;
    machine_steps = 0;
    note_count = 0;
    restless = 0;
    strategy = machine_random(STRATEGIES);
    static const int64_t times[] = {0, 100, 1000, 5000, 40000};
    step_time = times[machine_random(5)];
    real_reset();
    real_set_current(&machine_threads[0]);
    machine_self = NULL;
}

static void machine__leave(struct sim_thread *self)
{
    self->leaving = true;
    model_begin(CALL_EXIT, NULL);
    for (int stage = 0; stage < THREAD_EXIT_STAGES; stage++) {
        void (*leave)(void) = self->leave[stage];
        self->leave[stage] = NULL;
        if (leave)
            leave();
    }
    model_end();
    if (self->shield.depth != 0)
        machine_fail("ends under a shield of depth %u", self->shield.depth);
    self->state = SIM_DONE;
    coroutine_leave();
}

static void machine__run(void)
{
    struct sim_thread *self = machine_self;

    self->run(self->argument);
    self->leaving = true;
    machine__leave(self);
}

struct sim_thread *machine_start(const char *name, void (*run)(void *argument), void *argument)
{
    if (machine_thread_count == SIM_THREADS)
        machine_fail("too many threads");
    struct sim_thread *thread = &machine_threads[machine_thread_count];
    struct coroutine *coroutine = thread->coroutine ? thread->coroutine : coroutine_new();
    memset(thread, 0, sizeof *thread);
    thread->id = machine_thread_count++;
    thread->name = name;
    thread->run = run;
    thread->argument = argument;
    thread->coroutine = coroutine;
    thread->priority = machine_random(1000);
    coroutine_start(coroutine, machine__run);
    return thread;
}

/* A thread of the library's own; sometimes there is no memory for one. */
bool own_thread_start(pthread_t *thread, void *(*run)(void *unused))
{
    (void)thread;
    if (machine_chance(8))
        return false;
    /* Its result, a pointer, is never looked at: it does not return. */
    machine_start("watchdog", (void (*)(void *))(void *)run, NULL)->leaving = true;
    return true;
}

/* Stays 0, so that every registration comes here. */
THREAD_LOCAL uint32_t thread_exit__registered;

void thread_exit__register(enum thread_exit_stage stage, void (*leave)(void))
{
    machine_self->leave[stage] = leave;
}

static void machine__switch(struct sim_thread *self)
{
    coroutine_leave();
    if (self->killed && self->shield.depth == 0 && !self->leaving)
        machine_answer();
}

static void machine__step(void)
{
    machine_steps++;
    machine_now += step_time;
    if (machine_steps == machine_limit && machine_limit)
        machine_fail("stopped here, as was asked");
    if (machine_steps > STEPS_MOST)
        machine_fail("does not come to an end");
}

void machine_point(void)
{
    struct sim_thread *self = machine_self;

    if (!self)
        return;
    if (strategy == STICKY && machine_random(8) != 0 && !self->killed && !self->hold) {
        machine__step();
        return;
    }
    machine__switch(self);
}

/* Between two loads hardly anything of interest happens; under a lock still less. */
void machine_atomic_point(void)
{
    if (machine_self && machine_self->shield.depth == 0 && machine_chance(2))
        machine_point();
}

/* To sleep, until the machine finds a reason to wake it. */
static void machine__stand(enum sim_state state, int64_t deadline)
{
    machine_self->deadline = deadline;
    machine_self->state = state;
    machine__switch(machine_self);
}

void machine_lock_take(struct lock *lock)
{
    if (!machine_self) {
        lock->owner = &machine_threads[SIM_THREADS - 1];
        return;
    }
    machine_point();
    if (lock->owner == machine_self)
        machine_fail("takes a lock that it holds");
    while (lock->owner) {
        machine_self->lock = lock;
        machine__stand(SIM_LOCK, CLOCK_FOREVER);
    }
    lock->owner = machine_self;
    model_enter(lock);
}

void machine_lock_drop(struct lock *lock)
{
    if (machine_self && lock->owner != machine_self)
        machine_fail("drops a lock that it does not hold");
    if (machine_self)
        model_leave(lock);
    lock->owner = NULL;
    machine_point();
}

bool machine_holds(const struct lock *lock)
{
    return !machine_self || lock->owner == machine_self;
}

bool futex_wait(_Atomic uint32_t *word, uint32_t expected, int64_t deadline)
{
    machine_point();
    if (__atomic_load_n((uint32_t *)word, __ATOMIC_RELAXED) != expected || machine_chance(64))
        return true;
    if (deadline <= machine_now)
        return false;
    machine_self->word = word;
    machine_self->expected = expected;
    machine__stand(SIM_FUTEX, deadline);
    return deadline > machine_now || machine_self->word == NULL;
}

void futex_wake(_Atomic uint32_t *word, int count)
{
    machine_point();
    int start = (int)machine_random((uint32_t)machine_thread_count);
    for (int index = 0; index < machine_thread_count && count > 0; index++) {
        struct sim_thread *thread = &machine_threads[(start + index) % machine_thread_count];
        if (thread->state == SIM_FUTEX && thread->word == word) {
            thread->word = NULL;
            thread->state = SIM_RUNNABLE;
            count--;
        }
    }
}

void machine_sleep(int64_t nanoseconds)
{
    machine_self->sleeps++;
    machine__stand(SIM_TIMER, machine_now + nanoseconds);
}

void machine_sleep_in_source(int64_t deadline)
{
    machine__stand(SIM_SOURCE, deadline);
}

void machine_rouse(struct sim_thread *thread)
{
    if (thread->state == SIM_SOURCE)
        thread->state = SIM_RUNNABLE;
}

void machine_rest(void)
{
    restless = 0;
    machine__stand(SIM_REST, CLOCK_FOREVER);
}

bool machine_stands_still(const struct sim_thread *thread)
{
    return thread->hold && thread->shield.depth == 0 && !thread->leaving;
}

void machine_suspend(struct sim_thread *thread)
{
    thread->hold = true;
    if (thread->shield.depth)
        thread->shield.asked = true;
    machine_self->target = thread;
    machine__stand(SIM_PARKING, CLOCK_FOREVER);
    if (!machine_stands_still(thread))
        return;
    machine_note("suspended", thread->id, 0);
    if (thread->sched.queue && thread->sched.waits == 0 && thread->sched.in_queue) {
        thread->absent = true;
        model_begin(CALL_ABSENT, thread->port.port);
        thread->sched.hook->absent(thread->sched.queue);
        model_end();
    } else if (thread->sched.queue && thread->sched.waits == 0) {
        thread->slot_given_up = true;
        model_begin(CALL_BLOCK, thread->port.port);
        thread->sched.hook->blocked(thread->sched.queue);
        model_end();
    }
}

void machine_resume(struct sim_thread *thread)
{
    if (thread->slot_given_up) {
        thread->slot_given_up = false;
        model_begin(CALL_RESUME, thread->port.port);
        thread->sched.hook->running(thread->sched.queue);
        model_end();
    }
    if (thread->absent && thread->sched.in_queue) {
        model_begin(CALL_RESUME, thread->port.port);
        thread->sched.hook->present(thread->sched.queue);
        model_end();
    }
    thread->absent = false;
    machine_note("resumed", thread->id, 0);
    thread->hold = false;
    /* The signal that stopped it has broken off what it slept in. */
    if (thread->state == SIM_FUTEX || thread->state == SIM_SOURCE)
        thread->state = SIM_RUNNABLE;
}

void machine_kill(struct sim_thread *thread)
{
    if (thread->leaving || thread->state == SIM_DONE || thread->hold)
        return;
    machine_note("kills", thread->id, (long)thread->state);
    thread->killed = true;
    if (thread->shield.depth)
        thread->shield.asked = true;
    else if (thread->state != SIM_LOCK)
        thread->state = SIM_RUNNABLE;
}

/* What a signal handler would do, or the lowering of the last shield. */
void machine_answer(void)
{
    struct sim_thread *self = machine_self;

    if (self->killed && !self->leaving) {
        machine_note("dies", (long)self->call, 0);
        world_thread_dies();
        self->leaving = true;
        if (self->sched.waits) {
            model_begin(CALL_RESUME, self->port.port);
            self->sched.waits = 1;
            sched_wait_end();
        }
        machine__leave(self);
    }
    machine_point();
}

bool machine_is_blocked(const struct sim_thread *thread)
{
    return thread->state != SIM_RUNNABLE || machine_stands_still(thread);
}

static bool machine__can_run(const struct sim_thread *thread)
{
    switch (thread->state) {
    case SIM_RUNNABLE:
        return !machine_stands_still(thread);
    case SIM_LOCK:
        return thread->lock->owner == NULL;
    case SIM_FUTEX:
    case SIM_SOURCE:
    case SIM_TIMER:
        return thread->deadline <= machine_now && !machine_stands_still(thread);
    case SIM_PARKING:
        return machine_stands_still(thread->target) || thread->target->leaving;
    default:
        return false;
    }
}

static struct sim_thread *machine__choose(void)
{
    struct sim_thread *chosen = NULL;
    uint32_t count = 0;

    for (int index = 0; index < machine_thread_count; index++) {
        struct sim_thread *thread = &machine_threads[index];
        if (!machine__can_run(thread))
            continue;
        count++;
        if (strategy == PRIORITIES) {
            if (!chosen || thread->priority > chosen->priority)
                chosen = thread;
        } else if (machine_chance(count)) {
            chosen = thread;
        }
    }
    if (chosen && strategy == PRIORITIES && machine_chance(24)) {
        chosen->priority = machine_random(1000);
        /* And nobody is forgotten for ever. */
        machine_threads[machine_random((uint32_t)machine_thread_count)].priority =
            machine_random(1000);
    }
    return chosen;
}

/* The next time at which somebody wakes by himself, and whether that is the program's. */
static int64_t machine__next_time(bool *own)
{
    int64_t next = CLOCK_FOREVER;

    *own = true;
    for (int index = 0; index < machine_thread_count; index++) {
        const struct sim_thread *thread = &machine_threads[index];
        if ((thread->state == SIM_FUTEX || thread->state == SIM_SOURCE ||
             thread->state == SIM_TIMER) &&
            thread->deadline != CLOCK_FOREVER && !machine_stands_still(thread)) {
            next = thread->deadline < next ? thread->deadline : next;
            *own &= thread->leaving;
        }
    }
    return next;
}

static struct sim_thread *machine__resting(void)
{
    for (int index = 0; index < machine_thread_count; index++)
        if (machine_threads[index].state == SIM_REST)
            return &machine_threads[index];
    return NULL;
}

/* Nobody can run: time goes on, or else everything rests. NULL if that is the end. */
static struct sim_thread *machine__idle(void)
{
    bool own;
    int64_t next = machine__next_time(&own);

    if (next != CLOCK_FOREVER) {
        machine_now = next > machine_now ? next : machine_now;
        if (own && ++restless > RESTLESS_TICKS)
            machine_fail("the watchdog ticks on although nothing happens");
        return machine__choose();
    }
    struct sim_thread *resting = machine__resting();
    if (resting)
        resting->state = SIM_RUNNABLE;
    return resting;
}

void machine_run(void)
{
    for (;;) {
        /* Time may also run while threads could: a deadline comes when it likes. */
        if (machine_random(256) == 0) {
            bool own;
            int64_t next = machine__next_time(&own);
            if (next != CLOCK_FOREVER && next > machine_now)
                machine_now = next;
        }
        struct sim_thread *thread = machine__choose();
        if (!thread)
            thread = machine__idle();
        if (!thread)
            return;
        if (!thread->leaving)
            restless = 0;
        thread->state = SIM_RUNNABLE;
        machine_self = thread;
        machine__step();
        real_set_current(thread);
        coroutine_enter(thread->coroutine);
        machine_self = NULL;
    }
}
