/* SPDX-License-Identifier: MIT
 *
 * Taking a snapshot: every port that has a handle, described by itself under its own lock, and its
 * devices from the handle table. One port after the other: figures of one port belong together,
 * figures of two may be microseconds apart.
 *
 * Called by one thread at a time, without a lock. Ports are kept by a reference meanwhile.
 */
#include "stats/stats.h"

#include "base/clock.h"
#include "engine/look.h"
#include "io/device.h"
#include "object/handle.h"
#include "port/describe.h"

#include <stdio.h>
#include <string.h>

_Static_assert((int)PORT_THREADS_DESCRIBED == (int)STATS_THREADS, "lists are copied whole");

struct taking {
    struct stats_process *process;
    struct stats_port *ports;
    struct port *held[STATS_PORTS];
    uint32_t wanting; /* ports some of whose devices are still to be found */
};

static int take__find(const struct taking *taking, const struct port *port)
{
    for (uint32_t index = 0; index < taking->process->ports_listed; index++)
        if (taking->held[index] == port)
            return (int)index;
    return -1;
}

static bool take__port(struct object *object, uintptr_t handle, void *context)
{
    struct taking *taking = context;
    struct stats_process *process = taking->process;
    struct port *port = (struct port *)object;

    /* A port with two handles goes by the first. */
    if (object->ops != &port_ops || take__find(taking, port) >= 0)
        return true;
    process->ports++;
    if (process->ports_listed == STATS_PORTS)
        return true;
    object_ref(object, OBJ_REF_CALL);
    taking->ports[process->ports_listed].handle = handle;
    taking->held[process->ports_listed++] = port;
    return true;
}

static void take__threads(struct stats_threads *to, const struct port_threads *from)
{
    to->count = from->count;
    to->listed = from->listed;
    for (uint32_t index = 0; index < from->listed; index++)
        to->list[index] =
            (struct stats_thread){.id = (uint32_t)from->list[index].id,
                                  .flags = (from->list[index].polls ? STATS_THREAD_POLLS : 0u) |
                                           (from->list[index].found ? STATS_THREAD_FOUND : 0u)};
}

static void take__description(struct stats_port *to, struct port *port)
{
    struct port_description from;

    port_describe(port, &from);
    to->packets_in = from.packets_in;
    to->packets_out = from.packets_out;
    to->wakeups = from.wakeups;
    to->replacements = from.replacements;
    to->head_age = from.head_age < 0 ? STATS_AGE_UNKNOWN : (uint64_t)from.head_age;
    to->concurrency = from.limit;
    to->depth = from.depth;
    to->devices = from.devices;
    to->devices_listed = 0;
    take__threads(&to->waiting, &from.waiting);
    take__threads(&to->released, &from.released);
    take__threads(&to->paused, &from.paused);
}

static bool take__is_full(const struct stats_port *port)
{
    return port->devices_listed == STATS_DEVICES || port->devices_listed >= port->devices;
}

static bool take__device(const struct io_device *device, void *context)
{
    struct taking *taking = context;
    int found = take__find(taking, device->port);
    struct stats_port *port = found < 0 ? NULL : &taking->ports[found];

    if (!port || take__is_full(port))
        return true;
    struct stats_device *entry = &port->device[port->devices_listed++];
    *entry = (struct stats_device){
        .handle = device->handle, .key = device->key, .pending = io_device_pending(device)};
    snprintf(entry->kind, sizeof entry->kind, "%s", device->kind);
    /* With a hundred thousand connections the walk ends early. */
    if (take__is_full(port))
        taking->wanting--;
    return taking->wanting != 0;
}

void stats_take(struct stats_process *process, struct stats_port *ports)
{
    struct taking taking = {.process = process, .ports = ports};
    const char *engine = engine_current();
    struct timespec real;

    process->ports = process->ports_listed = 0;
    handle_each(HANDLES_OBJECTS, take__port, &taking);
    for (uint32_t index = 0; index < process->ports_listed; index++) {
        take__description(&ports[index], taking.held[index]);
        taking.wanting += !take__is_full(&ports[index]);
    }
    if (taking.wanting)
        io_each_device(take__device, &taking);
    for (uint32_t index = 0; index < process->ports_listed; index++)
        object_unref(port_object(taking.held[index]), OBJ_REF_CALL);
    snprintf(process->engine, sizeof process->engine, "%s", engine ? engine : "");
    snprintf(process->watcher, sizeof process->watcher, "%s", port_watch_name());
    clock_gettime(CLOCK_REALTIME, &real);
    process->taken_at_real = real.tv_sec * NANOSECONDS_PER_SECOND + real.tv_nsec;
    process->taken_at = clock_now();
}
