/* SPDX-License-Identifier: MIT
 *
 * Makes a copy harmless, and compares two. */
#include "snapshot.h"

static uint32_t tame__listed(uint32_t listed, uint32_t most, uint32_t *count)
{
    if (listed > most)
        listed = most;
    if (*count < listed)
        *count = listed;
    return listed;
}

static void tame__threads(struct stats_threads *threads)
{
    threads->listed = tame__listed(threads->listed, STATS_THREADS, &threads->count);
}

void snapshot_tame_text(char *text, size_t room)
{
    size_t at = 0;

    for (; at + 1 < room && text[at]; at++)
        if (text[at] < ' ' || text[at] > '~')
            text[at] = '?';
    text[at] = 0;
}

void snapshot_tame(struct snapshot *snapshot)
{
    struct stats_process *process = &snapshot->process;

    process->ports_listed = tame__listed(process->ports_listed, STATS_PORTS, &process->ports);
    snapshot_tame_text(process->engine, sizeof process->engine);
    snapshot_tame_text(process->watcher, sizeof process->watcher);
    for (uint32_t index = 0; index < process->ports_listed; index++) {
        struct stats_port *port = &snapshot->port[index];
        tame__threads(&port->waiting);
        tame__threads(&port->released);
        tame__threads(&port->paused);
        port->devices_listed = tame__listed(port->devices_listed, STATS_DEVICES, &port->devices);
        for (uint32_t device = 0; device < port->devices_listed; device++)
            snapshot_tame_text(port->device[device].kind, sizeof port->device[device].kind);
    }
}

static const struct stats_port *rates__find(const struct snapshot *snapshot, uint64_t handle)
{
    for (uint32_t index = 0; index < snapshot->process.ports_listed; index++)
        if (snapshot->port[index].handle == handle)
            return &snapshot->port[index];
    return NULL;
}

static double rates__of(uint64_t now, uint64_t before, double seconds)
{
    return now > before ? (double)(now - before) / seconds : 0;
}

bool snapshot_rates(const struct snapshot *now, const struct snapshot *before, uint32_t index,
                    struct rates *rates)
{
    const struct stats_port *port = &now->port[index];
    const struct stats_port *past = before ? rates__find(before, port->handle) : NULL;

    if (!past || now->process.taken_at <= before->process.taken_at)
        return false;
    double seconds = ((double)now->process.taken_at - (double)before->process.taken_at) / 1e9;
    /* Another port that has got the number of a closed one starts anew. */
    if (port->packets_in < past->packets_in)
        return false;
    rates->packets_in = rates__of(port->packets_in, past->packets_in, seconds);
    rates->packets_out = rates__of(port->packets_out, past->packets_out, seconds);
    rates->wakeups = rates__of(port->wakeups, past->wakeups, seconds);
    rates->replacements = rates__of(port->replacements, past->replacements, seconds);
    return true;
}
