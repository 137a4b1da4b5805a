/* SPDX-License-Identifier: MIT
 *
 * The source is as an engine's: a kick is an edge that one of those who poll takes, completions
 * are taken in batches and inserted by the one who took them, and a source that was left is polled
 * by the service thread (engine/service.c), which kicks again if it was taken back meanwhile.
 */
#include "world.h"

#include "model.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/slab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SOURCES = 4, STAT_BASE = 1000, BATCH = 3, REMOVE_MOST = 4, FIRST_KEY = 1 };

struct world_packet world_packets[WORLD_PACKETS];
uint32_t world_packet_count;
unsigned world_lost;
bool world_has_proc;

static struct world_source *sources[SOURCES];
static struct sim_thread *service;
static bool service_ends;
static int open_files, live_pieces;

_Atomic int fault_countdown[FAULT_POINTS];

bool fault__count_down(enum fault_point point)
{
    (void)point;
    return false;
}

void *slab_alloc(struct slab *slab)
{
    live_pieces++;
    void *piece = calloc(1, slab->size);
    if (!piece)
        abort();
    return piece;
}

/* Whoever removes packets gives them back just before they are delivered. */
static void packet__given_back(const struct packet *packet)
{
    struct world_packet *mine = world_packet_of(packet);

    if (mine->released)
        machine_fail("packet %u is given back twice", (unsigned)packet->key);
    mine->released = true;
    mine->thrown_away = machine_self->call != CALL_REMOVE;
    if (mine->thrown_away && !model_is_closed(mine->port))
        machine_fail("packet %u is thrown away on an open port", (unsigned)packet->key);
}

/* Only posted packets and ports come from slabs here. */
void slab_free(struct slab *slab, void *piece)
{
    if (slab->index == SLAB_PACKET)
        packet__given_back(piece);
    else
        model_forget(piece);
    live_pieces--;
    free(piece);
}

void dispatcher_notify(struct dispatcher *dispatcher)
{
    (void)dispatcher;
}

struct thread *thread_known(void)
{
    return &machine_self->thread;
}

struct thread *thread_current(void)
{
    return &machine_self->thread;
}

int world_time(struct timespec *result)
{
    *result = clock_timespec(machine_now);
    return 0;
}

long world_thread_id(void)
{
    return machine_self->id;
}

int world_is_watchdog(void)
{
    return strcmp(machine_self->name, "watchdog") == 0;
}

int world_yield(void)
{
    machine_self->priority = 0;
    machine_point();
    return 0;
}

ssize_t world_read_own_link(char *link, size_t size)
{
    machine_point();
    return world_has_proc ? snprintf(link, size, "%d/task/%ld", getpid(), world_thread_id()) : -1;
}

int world_open_stat(const char *path)
{
    const char *digits = strpbrk(path, "0123456789");

    machine_point();
    if (!world_has_proc || !digits)
        return -1;
    open_files++;
    return STAT_BASE + (int)strtol(digits, NULL, 10);
}

ssize_t world_read_stat(int file, char *text, size_t size)
{
    struct sim_thread *thread = &machine_threads[file - STAT_BASE];

    machine_point();
    if (thread->state == SIM_DONE)
        return -1;
    bool blocked = machine_is_blocked(thread);
    thread->looks = blocked ? thread->looks + 1 : 0;
    machine_note("looks at", thread->id, blocked);
    return snprintf(text, size, "%d (odd) name) %c 1", thread->id, blocked ? 'S' : 'R');
}

int world_close_stat(int file)
{
    (void)file;
    machine_point();
    open_files--;
    return 0;
}

void world_thread_dies(void)
{
    enum sim_call call = machine_self->call;

    /* What it has taken out already goes with it. */
    if (call == CALL_REMOVE && !machine_self->port.waiter)
        world_lost += REMOVE_MOST;
    if (call == CALL_INSERT || call == CALL_INSERT_LATER)
        world_lost++;
}

static void packet__release(struct packet *packet)
{
    packet__given_back(packet);
    /* Nobody may look at it any more. */
    packet->next = (struct packet *)1;
}

struct world_packet *world_packet_new(struct port *port)
{
    struct world_packet *made = &world_packets[world_packet_count];

    if (world_packet_count == WORLD_PACKETS)
        machine_fail("too many packets");
    *made = (struct world_packet){
        .port = port, .packet = {.owner = PACKET_OPERATION, .key = FIRST_KEY + world_packet_count}};
    world_packet_count++;
    return made;
}

struct world_packet *world_packet_of(const struct packet *packet)
{
    if (packet->key - FIRST_KEY >= world_packet_count)
        machine_fail("a packet that nobody made: key %lu", (unsigned long)packet->key);
    return &world_packets[packet->key - FIRST_KEY];
}

struct world_source *world_source_of(struct port *port)
{
    return (struct world_source *)port->source;
}

/* Whoever sleeps in the source looks again. */
static void source__rouse(const struct world_source *source)
{
    for (int index = 0; index < machine_thread_count; index++)
        if (machine_threads[index].state == SIM_SOURCE &&
            machine_threads[index].call_port == source->port)
            machine_rouse(&machine_threads[index]);
    if (source->left && service)
        machine_rouse(service);
}

static void source__kick(struct port_source *base)
{
    struct world_source *source = (struct world_source *)base;

    machine_note("kicks", 0, 0);
    source->edge = true;
    source__rouse(source);
}

/* What was taken out is inserted under the shield: that nothing is lost if the thread is terminated
 * in between is the engine's business, not the port's. */
static void source__poll(struct port_source *base, int64_t deadline, uint32_t most)
{
    struct world_source *source = (struct world_source *)base;
    uint32_t taken[BATCH], count = 0;

    machine_point();
    while (source->first == source->last && !source->edge) {
        if (deadline <= machine_now || machine_chance(32))
            return;
        struct port *before = machine_self->call_port;
        machine_self->call_port = source->port;
        machine_sleep_in_source(deadline);
        machine_self->call_port = before;
    }
    shield_raise();
    source->edge = false;
    while (count < BATCH && count < most && source->first != source->last)
        taken[count++] = source->ready[source->first++ % 64];
    for (uint32_t index = 0; index < count; index++) {
        enum sim_call before = machine_self->call;
        struct port *port_before = machine_self->call_port;
        bool returning =
            sched_self.queue && machine_self->port.port == source->port && sched_self.waits == 0;
        machine_self->call = returning ? CALL_INSERT_LATER : CALL_INSERT;
        machine_self->call_port = source->port;
        machine_note("polls out", (long)taken[index] + FIRST_KEY, 0);
        world_packets[taken[index]].inserted = true;
        port_insert(source->port, &world_packets[taken[index]].packet, true);
        machine_self->call = CALL_OTHER;
        object_unref(port_object(source->port), OBJ_REF_OPERATION);
        machine_self->call = before;
        machine_self->call_port = port_before;
    }
    shield_lower();
}

static bool source__leave(struct port_source *base)
{
    struct world_source *source = (struct world_source *)base;

    if (!service || machine_chance(8))
        return false;
    machine_note("source is left", 0, 0);
    source->left = true;
    source__rouse(source);
    return true;
}

static void source__take_back(struct port_source *base)
{
    machine_note("source is taken back", 0, 0);
    ((struct world_source *)base)->left = false;
}

static void source__unref(struct world_source *source)
{
    if (--source->references)
        return;
    for (int index = 0; index < SOURCES; index++)
        if (sources[index] == source)
            sources[index] = NULL;
    free(source);
}

static void source__destroy(struct port_source *base)
{
    source__take_back(base);
    source__unref((struct world_source *)base);
}

struct port_source *world_make_source(struct port *port)
{
    struct world_source *source = calloc(1, sizeof *source);
    int index = 0;

    while (index < SOURCES - 1 && sources[index])
        index++;
    if (!source)
        abort();
    sources[index] = source;
    *source = (struct world_source){.port = port,
                                    .references = 1,
                                    .source = {.look_in_every = 2,
                                               .poll = source__poll,
                                               .kick = source__kick,
                                               .leave = source__leave,
                                               .take_back = source__take_back,
                                               .destroy = source__destroy}};
    return &source->source;
}

bool world_complete(struct port *port)
{
    struct world_source *source = world_source_of(port);

    if (!source || source->last - source->first == 64)
        return false;
    struct world_packet *packet = world_packet_new(port);
    machine_note("completes", (long)packet->packet.key, 0);
    /* Until it is in the queue it keeps the port, as an operation's file would. */
    object_ref(port_object(port), OBJ_REF_OPERATION);
    source->ready[source->last++ % 64] = (uint32_t)(packet - world_packets);
    source__rouse(source);
    return true;
}

void world_drop_completions(void)
{
    for (int index = 0; index < SOURCES; index++)
        while (sources[index] && sources[index]->first != sources[index]->last) {
            sources[index]->first++;
            /* With the last one the source may go. */
            object_unref(port_object(sources[index]->port), OBJ_REF_OPERATION);
        }
}

/* The source, if any, that was left and has something to poll; with a reference. */
static struct world_source *service__next(void)
{
    for (int index = 0; index < SOURCES; index++) {
        struct world_source *source = sources[index];
        if (source && source->left && (source->edge || source->first != source->last)) {
            source->references++;
            return source;
        }
    }
    return NULL;
}

static void service__run(void *unused)
{
    (void)unused;
    machine_self->leaving = true;
    while (!service_ends) {
        struct world_source *source = service__next();
        if (!source) {
            machine_self->call_port = NULL;
            machine_sleep_in_source(CLOCK_FOREVER);
            continue;
        }
        machine_point();
        model_begin(CALL_OTHER, source->port);
        source->source.poll(&source->source, 0, UINT32_MAX);
        machine_point();
        if (!source->left)
            source->source.kick(&source->source);
        model_end();
        source__unref(source);
    }
}

void world_start_service(void)
{
    service = machine_start("service", service__run, NULL);
}

void world_stop_service(void)
{
    service_ends = true;
    if (service)
        machine_rouse(service);
}

void world_reset(void)
{
    world_packet_count = 0;
    world_lost = 0;
    service = NULL;
    service_ends = false;
    open_files = live_pieces = 0;
    memset(sources, 0, sizeof sources);
    port_set_packet_release(PACKET_OPERATION, packet__release);
}

void world_check_clean(void)
{
    unsigned missing = 0;

    for (uint32_t index = 0; index < world_packet_count; index++) {
        const struct world_packet *packet = &world_packets[index];
        if (packet->inserted && packet->delivered + packet->thrown_away != 1)
            missing++;
        if (packet->inserted && !packet->released)
            machine_fail("packet %u was not given back", index + FIRST_KEY);
        if (packet->delivered && packet->thrown_away)
            machine_fail("packet %u was delivered and thrown away", index + FIRST_KEY);
    }
    if (missing > world_lost)
        machine_fail("%u packets are lost, of which %u may have gone with a killed thread", missing,
                     world_lost);
    if (open_files)
        machine_fail("%d stat files are open", open_files);
    if (live_pieces)
        machine_fail("%d pieces of memory were not given back", live_pieces);
    for (int index = 0; index < SOURCES; index++)
        if (sources[index])
            machine_fail("a source was not given back");
    for (int reason = 0; reason < OBJ_REF_REASONS; reason++) {
        long left = atomic_load(&object_reference_count[reason]);
        if (left != 0)
            machine_fail("%ld references of reason %d were not given back", left, reason);
    }
}
