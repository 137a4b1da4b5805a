/* SPDX-License-Identifier: MIT
 *
 * One scenario: a few fake threads do what programs do, in an order that the seed decides, until
 * the producers have done their part; then all consumers wait, everything comes to rest, and the
 * ports are closed.
 */
#include "scenario.h"

#include "model.h"
#include "world.h"

#include "base/clock.h"

#include <string.h>

enum { WORKERS_MOST = 6, ENTRIES_MOST = 4, APCS = 64, MILLI = 1000000, MICRO = 1000 };

static struct port *ports[2]; /* as handles: each keeps its port until it is closed */
static bool handle_open[2];
static int port_count;
static int producers; /* producers and troublemakers that are still at work */
static bool draining; /* no more of that: consume */
static int workers_started;
static struct sim_thread *workers[WORKERS_MOST];
static bool blocks_behind, blocks_inside, exits;
static struct apc apcs[APCS];
static unsigned apcs_queued, apcs_run;

static const char *const worker_names[WORKERS_MOST] = {"worker 1", "worker 2", "worker 3",
                                                       "worker 4", "worker 5", "worker 6"};

/* A call's own reference on the port behind a handle, NULL if the handle is closed. */
static struct port *scenario__port(int index)
{
    if (!handle_open[index])
        return NULL;
    object_ref(port_object(ports[index]), OBJ_REF_CALL);
    machine_self->held = ports[index];
    return ports[index];
}

static void scenario__done_with(struct port *port)
{
    machine_self->held = NULL;
    model_begin(CALL_OTHER, port);
    object_unref(port_object(port), OBJ_REF_CALL);
    machine_self->call = CALL_NONE;
}

/* The reference of a call that a terminated thread was in. */
static void scenario__forsake(void)
{
    if (machine_self->held)
        object_unref(port_object(machine_self->held), OBJ_REF_CALL);
}

static void scenario__end_apcs(void)
{
    apc_close(&machine_self->thread);
}

static void scenario__post(struct port *port)
{
    struct world_packet *packet = world_packet_new(port);

    packet->inserted = true;
    machine_note("posts", (long)packet->packet.key, 0);
    model_begin(CALL_INSERT, port);
    port_post(port, packet->packet.key, NULL, 0, 0);
    model_end();
}

/* A completion of the thread's own that did not have to wait. */
static void scenario__complete_inline(struct port *port)
{
    struct world_packet *packet = world_packet_new(port);
    bool returning = sched_self.queue && machine_self->port.port == port && sched_self.waits == 0;

    packet->inserted = true;
    machine_note("completes inline", (long)packet->packet.key, 0);
    model_begin(returning ? CALL_INSERT_LATER : CALL_INSERT, port);
    port_insert(port, &packet->packet, true);
    model_end();
}

static void scenario__deliver(struct port *port, const struct port_entry *entries, uint32_t count)
{
    uint32_t place = 0;

    for (uint32_t index = 0; index < count; index++) {
        struct packet named = {.key = entries[index].key};
        struct world_packet *packet = world_packet_of(&named);
        machine_note("got", (long)named.key, (long)count);
        if (packet->delivered || !packet->released || packet->port != port)
            machine_fail("packet %lu is delivered twice, early or by the wrong port",
                         (unsigned long)named.key);
        if (!packet->put_back && packet->place <= place)
            machine_fail("packet %lu is delivered out of order", (unsigned long)named.key);
        place = packet->put_back ? place : packet->place;
        packet->delivered = true;
    }
}

static int64_t scenario__deadline(void)
{
    if (draining || machine_chance(2))
        return CLOCK_FOREVER;
    if (machine_chance(3))
        return 0;
    return machine_now + machine_random(3 * MILLI);
}

/* By one way or the other. */
static NTSTATUS scenario__call_remove(struct port *port, struct port_entry *entries, uint32_t count,
                                      uint32_t *removed, int64_t deadline)
{
    if (count > 1 || machine_self->alertable)
        return port_remove(port, entries, count, removed, deadline, machine_self->alertable);
    NTSTATUS status = port_remove_one(port, entries, deadline);
    *removed = status == STATUS_SUCCESS;
    return status;
}

/* Removes; false if the thread should end, because its port was closed. */
static bool scenario__remove(struct port *port, bool *got)
{
    struct port_entry entries[ENTRIES_MOST];
    uint32_t count = machine_chance(3) ? 1 + machine_random(ENTRIES_MOST) : 1, removed = 0;
    int64_t deadline = scenario__deadline();
    bool was_closed = port->closed;
    unsigned apcs_before = apcs_run;

    machine_self->alertable = machine_chance(3);
    machine_note("removes", (long)count, deadline == CLOCK_FOREVER ? -1 : (long)(deadline / MICRO));
    model_begin(CALL_REMOVE, port);
    NTSTATUS status = scenario__call_remove(port, entries, count, &removed, deadline);
    model_end();
    machine_note("returns", (long)status, (long)removed);
    enum port_thread_state state = machine_self->port.state;
    if (state != THREAD_RUNNING && state != THREAD_BLOCKED)
        machine_fail("came back and is not counted as running, but %d", (int)state);
    if ((status == STATUS_SUCCESS) != (removed != 0) || removed > count)
        machine_fail("%u of %u packets with status %x", removed, count, (unsigned)status);
    if (was_closed && status != STATUS_ABANDONED)
        machine_fail("status %x from a closed port", (unsigned)status);
    if (status == STATUS_ABANDONED && !port->closed)
        machine_fail("abandoned by an open port");
    if (status == STATUS_TIMEOUT && (deadline == CLOCK_FOREVER || machine_now < deadline))
        machine_fail("a timeout before its time");
    if (status == STATUS_USER_APC && (!machine_self->alertable || apcs_run == apcs_before))
        machine_fail("an APC that did not run, or was not asked for");
    machine_self->alertable = false;
    scenario__deliver(port, entries, removed);
    *got = removed != 0;
    return status != STATUS_ABANDONED;
}

static void scenario__block_inside(void)
{
    struct port *port = machine_self->port.port;

    machine_note("blocks", 0, 0);
    model_begin(CALL_BLOCK, port);
    sched_wait_begin();
    model_end();
    if (machine_chance(4)) {
        sched_wait_begin();
        machine_sleep(machine_random(MILLI));
        sched_wait_end();
    }
    if (machine_chance(4))
        scenario__complete_inline(machine_self->held);
    machine_sleep(machine_random(4 * MILLI));
    model_begin(CALL_RESUME, port);
    sched_wait_end();
    model_end();
    machine_note("runs again", 0, 0);
}

/* What a program's thread does between two removals. */
static void scenario__handle(struct port *port)
{
    for (uint32_t work = machine_random(6); work > 0; work--)
        machine_point();
    if (draining)
        return;
    if (blocks_inside && machine_chance(4))
        scenario__block_inside();
    if (blocks_behind && machine_chance(5)) {
        machine_note("blocks unseen", 0, 0);
        machine_sleep(machine_random(8 * MILLI));
        machine_note("goes on", 0, 0);
    }
    if (machine_chance(8) && !port->closed)
        scenario__post(port);
    if (machine_chance(6) && !port->closed)
        scenario__complete_inline(port);
}

static void scenario__work(void *unused)
{
    int mine = (int)machine_random((uint32_t)port_count);
    bool goes_on = true, got;

    (void)unused;
    thread_exit_register(THREAD_EXIT_WAIT, scenario__end_apcs);
    thread_exit_register(THREAD_EXIT_MEMORY, scenario__forsake);
    while (goes_on) {
        int index =
            draining || !machine_chance(6) ? mine : (int)machine_random((uint32_t)port_count);
        struct port *port = scenario__port(index);
        if (!port)
            return;
        goes_on = scenario__remove(port, &got);
        scenario__handle(port);
        scenario__done_with(port);
        if (!draining && exits && machine_chance(24))
            return;
    }
}

static void scenario__produce(void *index)
{
    struct port *port = scenario__port((int)(intptr_t)index);
    bool device = machine_chance(2);

    if (!port) {
        producers--;
        return;
    }
    if (device) {
        model_begin(CALL_OTHER, port);
        port_source(port, world_make_source);
        model_end();
    }
    for (uint32_t count = machine_random(30); count > 0; count--) {
        if (machine_chance(3))
            machine_sleep(machine_random(2 * MILLI));
        if (world_packet_count > WORLD_PACKETS / 2)
            break;
        if (device)
            world_complete(port);
        else
            scenario__post(port);
    }
    producers--;
    scenario__done_with(port);
}

static void scenario__run_apc(struct apc *apc)
{
    (void)apc;
    apcs_run++;
}

/* Suspends, terminates and interrupts workers. */
static void scenario__trouble(void *kind)
{
    for (uint32_t count = machine_random(6); count > 0; count--) {
        struct sim_thread *worker = workers[machine_random((uint32_t)workers_started)];
        machine_sleep(machine_random(2 * MILLI));
        /* Best in the middle of something. */
        for (int tries = machine_chance(2) ? 200 : 0; tries > 0 && worker->call != CALL_INSERT;
             tries--)
            machine_point();
        if (worker->leaving || worker->state == SIM_DONE)
            continue;
        if ((intptr_t)kind == 0) {
            machine_suspend(worker);
            machine_sleep(machine_random(2 * MILLI));
            machine_resume(worker);
        } else if ((intptr_t)kind == 1) {
            machine_kill(worker);
        } else if (apcs_queued < APCS) {
            struct apc *apc = &apcs[apcs_queued++];
            *apc = (struct apc){.run = scenario__run_apc, .drop = scenario__run_apc};
            model_begin(CALL_ALERT, worker->port.port);
            apc_queue(&worker->thread, apc);
            model_end();
        }
    }
    producers--;
}

static void scenario__close(int index)
{
    struct port *port = ports[index];

    if (!handle_open[index])
        return;
    machine_note("closes", index, 0);
    handle_open[index] = false;
    model_begin(CALL_CLOSE, port);
    port_ops.close(port_object(port));
    model_end();
    model_begin(CALL_OTHER, port);
    object_unref(port_object(port), OBJ_REF_HANDLE);
    machine_self->call = CALL_NONE;
}

static void scenario__close_early(void *unused)
{
    (void)unused;
    machine_sleep(machine_random(20 * MILLI));
    scenario__close(0);
    producers--;
}

static void scenario__direct(void *unused)
{
    (void)unused;
    while (producers)
        machine_sleep(MILLI);
    draining = true;
    machine_rest();
    model_check_rest();
    for (int index = 0; index < port_count; index++) {
        struct port *port = scenario__port(index);
        scenario__close(index);
        if (port)
            scenario__done_with(port);
    }
    machine_rest();
    for (int index = 0; index < workers_started; index++)
        if (workers[index]->state != SIM_DONE)
            machine_fail("%s was not woken by the close", workers[index]->name);
    world_drop_completions();
    machine_rest();
    world_stop_service();
}

static void scenario__make_port(void)
{
    struct port *port = port_create(1 + machine_random(3));

    object_relabel(OBJ_REF_CALL, OBJ_REF_HANDLE);
    port->watch.tick = model_tick;
    model_add(port);
    ports[port_count] = port;
    handle_open[port_count++] = true;
}

static void scenario__start_trouble(int kind, uint32_t chance)
{
    if (!machine_chance(chance))
        return;
    producers++;
    machine_start(kind == 0   ? "suspender"
                  : kind == 1 ? "killer"
                              : "alerter",
                  scenario__trouble, (void *)(intptr_t)kind);
}

static void scenario__set_up(void)
{
    port_count = producers = workers_started = 0;
    draining = false;
    apcs_queued = apcs_run = 0;
    blocks_behind = machine_chance(2);
    blocks_inside = machine_chance(2);
    exits = machine_chance(3);
    world_has_proc = !machine_chance(10);
    scenario__make_port();
    if (machine_chance(3))
        scenario__make_port();
    world_start_service();
    uint32_t count = 1 + machine_random(WORKERS_MOST);
    for (uint32_t index = 0; index < count; index++) {
        workers[index] = machine_start(worker_names[index], scenario__work, NULL);
        workers[index]->worker = true;
        workers_started++;
    }
    count = 1 + machine_random(3);
    for (uint32_t index = 0; index < count; index++) {
        producers++;
        machine_start(index == 0   ? "producer 1"
                      : index == 1 ? "producer 2"
                                   : "producer 3",
                      scenario__produce, (void *)(intptr_t)machine_random((uint32_t)port_count));
    }
    scenario__start_trouble(0, 4);
    scenario__start_trouble(1, 4);
    scenario__start_trouble(2, 3);
    if (machine_chance(6)) {
        producers++;
        machine_start("closer", scenario__close_early, NULL);
    }
    machine_start("director", scenario__direct, NULL);
}

void scenario_run(uint64_t seed)
{
    machine_reset(seed);
    world_reset();
    model_reset();
    scenario__set_up();
    machine_run();
    for (int index = 0; index < machine_thread_count; index++) {
        const struct sim_thread *thread = &machine_threads[index];
        if (thread->state != SIM_DONE && strcmp(thread->name, "watchdog") != 0)
            machine_fail("%s stands still for ever, in state %d", thread->name, (int)thread->state);
    }
    for (int index = 0; index < MODEL_PORTS; index++)
        if (model_ports[index].port)
            machine_fail("a port was not destroyed");
    world_check_clean();
}
