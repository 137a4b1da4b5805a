/* SPDX-License-Identifier: MIT
 *
 * What must hold. Three kinds of checks:
 *  - structure, whenever a port's lock is dropped: the counts are those of the lists;
 *  - steps: what one stretch under the lock may change, by the call it belongs to: who was let out
 *    (the newest), with what (the oldest), how many (one), whether somebody had to be, and that
 *    the number of running threads passes the limit only by threads that ran on unasked;
 *  - progress, whenever a call ends and when everything rests: nobody sleeps who was told
 *    something, no packet and no completion lies where a slot is free and a thread waits, unless
 *    some thread is on its way to see to it or the watchdog will look.
 */
#include "model.h"

#include "world.h"

#include <string.h>

struct model_port model_ports[MODEL_PORTS];
static int port_count;

void model_reset(void)
{
    port_count = 0;
    memset(model_ports, 0, sizeof model_ports);
}

void model_add(struct port *port)
{
    model_ports[port_count++] = (struct model_port){.port = port};
}

void model_forget(struct port *port)
{
    for (int index = 0; index < MODEL_PORTS; index++)
        if (model_ports[index].port == port)
            model_ports[index].port = NULL;
}

bool model_is_closed(struct port *port)
{
    return port->closed;
}

static struct sim_thread *model__thread(const struct port_thread *thread)
{
    return CONTAINER_OF(thread, struct sim_thread, port);
}

static struct model_port *model__of(const struct lock *lock)
{
    for (int index = 0; index < MODEL_PORTS; index++)
        if (model_ports[index].port && &model_ports[index].port->lock == lock)
            return &model_ports[index];
    return NULL;
}

/* The newest waiter who is not the calling thread, which may be about to leave, nor the one whom
 * that strikes off. */
static const struct port_waiter *model__newest_other(const struct port *port)
{
    const struct port_thread *struck =
        machine_self->call == CALL_ABSENT ? &machine_self->target->port : NULL;

    LIST_FOR_EACH(link, &port->waiters)
    {
        const struct port_waiter *waiter = LIST_ELEMENT(link, struct port_waiter, link);
        if (waiter->thread != &machine_self->port && waiter->thread != struck)
            return waiter;
    }
    return NULL;
}

void model_enter(struct lock *lock)
{
    struct model_port *model = model__of(lock);

    if (!model)
        return;
    struct port *port = model->port;
    model->before = (struct model_before){
        .current = port->current,
        .depth = atomic_load(&port->depth),
        .removals = port->removals,
        .newest = model__newest_other(port),
        .given = machine_self->port.waiter && machine_self->port.waiter->given,
        .stricken = machine_self->call == CALL_ABSENT && machine_self->target->port.waiter &&
                    list_linked(&machine_self->target->port.waiter->link),
    };
}

static void model__check_queue(struct model_port *model)
{
    struct port *port = model->port;
    uint32_t depth = 0, place = 0;

    for (struct packet *packet = port->first; packet; packet = packet->next) {
        struct world_packet *mine = world_packet_of(packet);
        mine->put_back |= mine->given;
        if (mine->place == 0)
            mine->place = ++model->places;
        if (mine->released)
            machine_fail("packet %u is in the queue and was given back", (unsigned)packet->key);
        if (!mine->put_back && mine->place <= place)
            machine_fail("packet %u is out of order", (unsigned)packet->key);
        if (!mine->put_back)
            place = mine->place;
        if (!packet->next && port->last != packet)
            machine_fail("the queue's end is lost");
        depth++;
    }
    if (depth != atomic_load(&port->depth))
        machine_fail("depth is %u, the queue holds %u", atomic_load(&port->depth), depth);
}

static void model__check_waiters(const struct port *port)
{
    uint64_t arrival = UINT64_MAX;
    uint32_t waiting = 0;

    LIST_FOR_EACH(link, &port->waiters)
    {
        const struct port_waiter *waiter = LIST_ELEMENT(link, struct port_waiter, link);
        if (waiter->arrival >= arrival)
            machine_fail("waiters are not in the order in which they came");
        if (waiter->thread->state != THREAD_WAITING || waiter->given)
            machine_fail("a waiter is counted as running, or has a packet and waits on");
        arrival = waiter->arrival;
        waiting++;
    }
    if (waiting != port->waiting)
        machine_fail("waiting is %u, there are %u", port->waiting, waiting);
    if (port->poller && !list_linked(&port->poller->link))
        machine_fail("the poller does not wait");
}

static void model__check_threads(const struct port *port)
{
    uint32_t running = 0, blocked = 0, bound = 0, kicked = 0;

    LIST_FOR_EACH(link, &port->threads)
    {
        const struct port_thread *thread = LIST_ELEMENT(link, struct port_thread, link);
        running += thread->state == THREAD_RUNNING;
        blocked += thread->state == THREAD_BLOCKED;
        kicked += thread->waiter && thread->waiter->kicked;
        bound++;
    }
    if (running != port->current)
        machine_fail("current is %u, %u threads run", port->current, running);
    if (blocked != port->blocked || bound != port->bound || kicked != port->kicks)
        machine_fail("blocked %u/%u, bound %u/%u, kicks %u/%u", port->blocked, blocked, port->bound,
                     bound, port->kicks, kicked);
}

/* Threads that have been given a packet since the last look: who, and which. */
static unsigned model__check_gives(struct model_port *model)
{
    struct port *port = model->port;
    unsigned gives = 0;

    LIST_FOR_EACH(link, &port->threads)
    {
        struct port_thread *bound = LIST_ELEMENT(link, struct port_thread, link);
        struct sim_thread *thread = model__thread(bound);
        const struct port_waiter *waiter = bound->waiter;
        if (!waiter || !waiter->given) {
            thread->given_seen = false;
            continue;
        }
        if (thread->given_seen)
            continue;
        thread->given_seen = true;
        gives++;
        machine_note("was given", thread->id, (long)waiter->given->key);
        if (waiter != model->before.newest)
            machine_fail("%s was let out and is not the newest waiter", thread->name);
        struct world_packet *packet = world_packet_of(waiter->given);
        packet->put_back |= packet->given;
        packet->given = true;
        if (packet->place == 0) {
            packet->place = ++model->places;
            if (model->before.depth)
                machine_fail("packet %u overtakes the queue", (unsigned)waiter->given->key);
        }
        if (port->first && packet->place > world_packet_of(port->first)->place &&
            !packet->put_back && !world_packet_of(port->first)->put_back)
            machine_fail("packet %u overtakes others", (unsigned)waiter->given->key);
    }
    return gives;
}

/* The call that the stretch under this port's lock belongs to. */
static enum sim_call model__call(const struct port *port)
{
    enum sim_call call = machine_self->call;

    /* Who removes from another port leaves this one. */
    if (call == CALL_REMOVE && machine_self->call_port != port)
        return CALL_EXIT;
    return call;
}

static void model__check_release(struct model_port *model, enum sim_call call, unsigned gives)
{
    const struct port *port = model->port;
    bool must =
        call == CALL_INSERT || call == CALL_BLOCK || call == CALL_EXIT || model->before.stricken;
    /* Who leaves with a packet that takes long may let another out for the next one (pace.c). */
    bool may = must || call == CALL_TICK || call == CALL_REMOVE;

    if (gives && !may)
        machine_fail("somebody was let out by call %d", (int)call);
    if (call == CALL_TICK)
        model->gives += gives;
    if (gives > 1 || (call == CALL_TICK && model->gives > 1))
        machine_fail("%u threads were let out at once", gives);
    if (gives && port->current > port->limit)
        machine_fail("somebody was let out over the limit: %u of %u run", port->current,
                     port->limit);
    /* A resting port leaves it to the watchdog; that the watchdog knows is progress.c's to see. */
    if (must && !gives && !port->closed && !port->resting && model_lets_out(port))
        machine_fail("a packet lies, a slot is free, a thread waits, and nobody was let out");
}

/* The thread's own state after its own call. */
static void model__check_self(struct model_port *model, enum sim_call call)
{
    const struct port *port = model->port;
    struct port_thread *self = &machine_self->port;

    if (self->port != port)
        return;
    if (call == CALL_BLOCK && self->state == THREAD_RUNNING && machine_self->sched.waits)
        machine_fail("blocks and is counted as running");
    if (call == CALL_RESUME && self->state != THREAD_RUNNING && machine_self->sched.waits == 0)
        machine_fail("runs and is not counted");
    if (call == CALL_REMOVE && port->removals != model->before.removals &&
        self->state == THREAD_RUNNING && !model->before.given && port->current > port->limit)
        machine_fail("takes a packet over the limit: %u of %u run", port->current, port->limit);
}

static void model__check_watch(const struct port *port)
{
    LIST_FOR_EACH(link, &port->threads)
    {
        struct port_thread *bound = LIST_ELEMENT(link, struct port_thread, link);
        struct sim_thread *thread = model__thread(bound);
        bool blocked = bound->state == THREAD_BLOCKED;
        if (blocked && !thread->found_blocked && thread->looks < 2)
            machine_fail("%s is taken for blocked after %u looks", thread->name, thread->looks);
        thread->found_blocked = blocked;
    }
}

void model_leave(struct lock *lock)
{
    struct model_port *model = model__of(lock);

    if (!model || !model->port)
        return;
    enum sim_call call = model__call(model->port);
    model__check_queue(model);
    model__check_waiters(model->port);
    model__check_threads(model->port);
    unsigned gives = model__check_gives(model);
    model__check_release(model, call, gives);
    if (call == CALL_TICK)
        model__check_watch(model->port);
    else
        model__check_self(model, call);
}
