/* SPDX-License-Identifier: MIT
 *
 * Checks that something goes on: nobody sleeps for good who was told something, and nothing lies
 * that the watchdog does not know of. "In flight" is what some other thread is just about to do;
 * a thread that was suspended is about to do nothing.
 */
#include "model.h"

#include "world.h"

enum { TICKS_LYING_MOST = 8, TICKS_BLOCKED_MOST = 4 };

void model_begin(enum sim_call call, struct port *port)
{
    machine_self->call = call;
    machine_self->call_port = port;
}

/* Whether some thread is inside the library and on its way. */
static bool progress__in_flight(void)
{
    for (int index = 0; index < machine_thread_count; index++) {
        const struct sim_thread *thread = &machine_threads[index];
        bool stands = machine_stands_still(thread);
        if (thread != machine_self && thread->call != CALL_NONE && !stands &&
            (thread->state == SIM_RUNNABLE || thread->state == SIM_LOCK))
            return true;
        /* Who suspends it has not yet told its port. */
        if (thread->state == SIM_PARKING && machine_stands_still(thread->target))
            return true;
        /* What a waiter was given before he was suspended waits until he is resumed. */
        if (stands && thread->port.waiter &&
            atomic_load(&thread->port.waiter->word) == WAITER_GIVEN)
            return true;
        /* A poller that has something to poll or was kicked is as good as awake. */
        if (thread->state == SIM_SOURCE && thread->call_port && !stands) {
            const struct world_source *source = world_source_of(thread->call_port);
            if (source && (source->edge || source->first != source->last))
                return true;
        }
    }
    return false;
}

static void progress__check_sleepers(void)
{
    for (int index = 0; index < machine_thread_count; index++) {
        const struct sim_thread *thread = &machine_threads[index];
        if (machine_stands_still(thread))
            continue; /* it looks again when it goes on */
        if (thread->state == SIM_FUTEX && thread->word &&
            __atomic_load_n((const uint32_t *)thread->word, __ATOMIC_RELAXED) != thread->expected)
            machine_fail("%s sleeps although its word has changed", thread->name);
        if (thread->state == SIM_SOURCE && thread->port.waiter && thread->port.waiter->kicked)
            machine_fail("%s sleeps in the source although it was kicked", thread->name);
    }
}

static void progress__check_port(const struct port *port)
{
    const struct world_source *source = world_source_of((struct port *)port);

    if (list_empty(&port->waiters) || real_watched((struct port *)port))
        return;
    /* Without /proc nobody but the threads themselves can make room, and they tell. */
    if (port->first && (world_has_proc || port->current < port->limit))
        machine_fail("a packet and a waiter wait, and the watchdog does not know");
    if (source && source->first != source->last && !port->poller && !source->left &&
        port->current < port->limit)
        machine_fail("a completion and a waiter wait, nobody polls, the watchdog does not know");
}

void model_end(void)
{
    machine_self->call = CALL_NONE;
    if (progress__in_flight())
        return;
    progress__check_sleepers();
    for (int index = 0; index < MODEL_PORTS; index++)
        if (model_ports[index].port)
            progress__check_port(model_ports[index].port);
}

static struct model_port *progress__of(const struct port *port)
{
    for (int index = 0; index < MODEL_PORTS; index++)
        if (model_ports[index].port == port)
            return &model_ports[index];
    return NULL;
}

/* Threads that sleep behind the library's back while their slot is wanted. */
static void progress__check_blocked(const struct port *port)
{
    bool wanted = port->first && !list_empty(&port->waiters) && port->current >= port->limit;

    LIST_FOR_EACH(link, &port->threads)
    {
        struct sim_thread *thread =
            CONTAINER_OF(LIST_ELEMENT(link, struct port_thread, link), struct sim_thread, port);
        bool holds = wanted && world_has_proc && thread->state == SIM_TIMER &&
                     thread->port.state == THREAD_RUNNING;
        thread->unnoticed =
            holds && thread->sleeps == thread->sleeps_seen ? thread->unnoticed + 1 : 0;
        thread->sleeps_seen = thread->sleeps;
        if (thread->port.state == THREAD_BLOCKED && thread->looks == 0)
            machine_fail("%s was seen to run and is taken for blocked", thread->name);
        if (thread->unnoticed > TICKS_BLOCKED_MOST)
            machine_fail("%s is blocked and holds its slot for %u ticks", thread->name,
                         thread->unnoticed);
    }
}

enum watch_verdict model_tick(struct watch *watch)
{
    struct port *port = CONTAINER_OF(watch, struct port, watch);
    struct model_port *model = progress__of(port);

    if (!model)
        machine_fail("a tick for a port that is gone");
    model->gives = 0;
    /* As port__tick does, so that the port is still there afterwards. */
    if (!object_try_ref(port_object(port), OBJ_REF_CALL))
        return WATCH_SETTLED;
    model_begin(CALL_TICK, port);
    enum watch_verdict verdict = port__tick(watch);
    machine_note("ticked", (long)verdict, (long)atomic_load(&port->depth));
    model->lying = model_lets_out(port) && port->removals == model->removals ? model->lying + 1 : 0;
    model->removals = port->removals;
    if (model->lying > TICKS_LYING_MOST)
        machine_fail("a packet lies for %u ticks", model->lying);
    progress__check_blocked(port);
    object_unref(port_object(port), OBJ_REF_CALL);
    machine_self->call = CALL_NONE;
    return verdict;
}

void model_check_rest(void)
{
    progress__check_sleepers();
    /* Without memory for its thread nothing can be left to the watchdog. */
    for (int index = 0; index < MODEL_PORTS && real_watchdog_runs(); index++) {
        const struct port *port = model_ports[index].port;
        if (!port || port->closed)
            continue;
        const struct world_source *source = world_source_of((struct port *)port);
        if (source && source->first != source->last)
            machine_fail("all rests, and a completion was not polled");
        if (list_empty(&port->waiters))
            continue;
        if (port->first)
            machine_fail("all rests, a thread waits, and a packet lies in the queue");
        if (source && source->edge)
            machine_fail("all rests, and nobody took a kick");
        if (port->current)
            machine_fail("all rests, and %u threads are counted as running", port->current);
    }
    for (int index = 0; index < machine_thread_count; index++) {
        struct sim_thread *thread = &machine_threads[index];
        if (thread->alertable && thread->state != SIM_DONE && !thread->killed &&
            atomic_load(&thread->thread.apc_first) != NULL)
            machine_fail("all rests, and %s sleeps over an APC", thread->name);
    }
}
