/* SPDX-License-Identifier: MIT
 *
 * Writes JSON. All texts were made printable before; quotes and backslashes are left to escape.
 * Handles and keys are strings: they may exceed what a JSON reader takes for a number. */
#include "json.h"

#include <inttypes.h>

static void json__text(FILE *file, const char *name, const char *text)
{
    fprintf(file, "\"%s\": \"", name);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            putc('\\', file);
        putc(*text, file);
    }
    putc('"', file);
}

static void json__waiting(FILE *file, const struct stats_threads *threads)
{
    fprintf(file, "     \"waiting\": {\"count\": %u, \"threads\": [", threads->count);
    for (uint32_t index = 0; index < threads->listed; index++)
        fprintf(file, "%s{\"id\": %u, \"polls\": %s}", index ? ", " : "", threads->list[index].id,
                threads->list[index].flags & STATS_THREAD_POLLS ? "true" : "false");
    fputs("]},\n", file);
}

static void json__bound(FILE *file, const char *name, const struct view_content *content,
                        const struct stats_threads *threads, bool paused)
{
    fprintf(file, "     \"%s\": {\"count\": %u, \"threads\": [", name, threads->count);
    for (uint32_t index = 0; index < threads->listed; index++) {
        const struct stats_thread *thread = &threads->list[index];
        struct look look;
        content->look(content->context, thread->id, &look);
        fprintf(file, "%s\n       {\"id\": %u, ", index ? "," : "", thread->id);
        json__text(file, "name", look.name);
        fputs(", ", file);
        json__text(file, "state", (char[]){look.state, 0});
        fputs(", ", file);
        json__text(file, "call", look.call);
        if (paused)
            fprintf(file, ", \"paused_by\": \"%s\"",
                    thread->flags & STATS_THREAD_FOUND ? "watcher" : "library");
        putc('}', file);
    }
    fputs("]},\n", file);
}

static void json__devices(FILE *file, const struct stats_port *port)
{
    fprintf(file, "     \"devices\": {\"count\": %u, \"listed\": [", port->devices);
    for (uint32_t index = 0; index < port->devices_listed; index++) {
        const struct stats_device *device = &port->device[index];
        fprintf(file, "%s\n       {\"handle\": \"0x%" PRIx64 "\", ", index ? "," : "",
                device->handle);
        json__text(file, "kind", device->kind);
        fprintf(file, ", \"key\": \"0x%" PRIx64 "\", \"pending\": %u}", device->key,
                device->pending);
    }
    fputs("]},\n", file);
}

static void json__port(FILE *file, const struct view_content *content, uint32_t index)
{
    const struct stats_port *port = &content->now->port[index];
    struct rates rates;

    fprintf(file, "    {\"handle\": \"0x%" PRIx64 "\", \"concurrency\": %u,\n", port->handle,
            port->concurrency);
    fprintf(file, "     \"queue\": {\"depth\": %u, \"head_age_ms\": ", port->depth);
    if (port->depth && port->head_age != STATS_AGE_UNKNOWN)
        fprintf(file, "%.3f},\n", (double)port->head_age / 1e6);
    else
        fputs("null},\n", file);
    json__waiting(file, &port->waiting);
    json__bound(file, "released", content, &port->released, false);
    json__bound(file, "paused", content, &port->paused, true);
    json__devices(file, port);
    fprintf(file,
            "     \"counters\": {\"packets_in\": %" PRIu64 ", \"packets_out\": %" PRIu64
            ", \"wakeups\": %" PRIu64 ", \"replacements\": %" PRIu64 "},\n     \"per_second\": ",
            port->packets_in, port->packets_out, port->wakeups, port->replacements);
    if (snapshot_rates(content->now, content->before, index, &rates))
        fprintf(file,
                "{\"packets_in\": %.3f, \"packets_out\": %.3f, \"wakeups\": %.3f, "
                "\"replacements\": %.3f}}",
                rates.packets_in, rates.packets_out, rates.wakeups, rates.replacements);
    else
        fputs("null}", file);
}

void json_write(FILE *file, const struct view_content *content)
{
    const struct snapshot *now = content->now;

    fprintf(file, "{\n  \"process\": {\"id\": %d, ", (int)content->pid);
    json__text(file, "name", content->name);
    fputs("},\n  ", file);
    json__text(file, "engine", now->process.engine);
    fputs(", ", file);
    json__text(file, "watcher", now->process.watcher);
    fprintf(file, ",\n  \"fresh\": %s, \"age_seconds\": %.3f,\n", now->fresh ? "true" : "false",
            now->fresh ? 0.0 : now->age);
    fprintf(file, "  \"port_count\": %u,\n  \"ports\": [", now->process.ports);
    for (uint32_t index = 0; index < now->process.ports_listed; index++) {
        fputs(index ? ",\n" : "\n", file);
        json__port(file, content, index);
    }
    fputs("\n  ]\n}\n", file);
}
