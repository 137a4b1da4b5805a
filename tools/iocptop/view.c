/* SPDX-License-Identifier: MIT
 *
 * Composes the lines. A line that memory is missing for is left out. */
#include "view.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of one port; who wants all takes JSON. */
enum { DEVICES_IN_TEXT = 16 };

__attribute__((format(printf, 3, 4))) static void view__add(struct view *view, enum view_kind kind,
                                                            const char *format, ...)
{
    va_list arguments;

    if (view->count == view->room) {
        size_t room = view->room ? 2 * view->room : 64;
        struct view_line *lines = realloc(view->lines, room * sizeof *lines);
        if (!lines)
            return;
        view->lines = lines;
        view->room = room;
    }
    struct view_line *line = &view->lines[view->count++];
    line->kind = kind;
    va_start(arguments, format);
    vsnprintf(line->text, sizeof line->text, format, arguments);
    va_end(arguments);
}

void view_free(struct view *view)
{
    free(view->lines);
    *view = (struct view){0};
}

void view_age(double seconds, char *text, size_t room)
{
    if (seconds < 1)
        snprintf(text, room, "%.1f ms", seconds * 1000);
    else if (seconds < 120)
        snprintf(text, room, "%.1f s", seconds);
    else if (seconds < 7200)
        snprintf(text, room, "%.0f min", seconds / 60);
    else
        snprintf(text, room, "%.0f h", seconds / 3600);
}

static void view__head_age(const struct stats_port *port, char *text, size_t room)
{
    if (port->depth == 0 || port->head_age == STATS_AGE_UNKNOWN)
        snprintf(text, room, "-");
    else if (port->head_age == 0)
        snprintf(text, room, "<0.3 ms"); /* a stamp's grain */
    else
        view_age((double)port->head_age / 1e9, text, room);
}

static void view__rate(bool known, double rate, char *text, size_t room)
{
    if (!known)
        snprintf(text, room, "-");
    else if (rate > 0 && rate < 9.95)
        snprintf(text, room, "%.1f", rate);
    else if (rate < 1e6)
        snprintf(text, room, "%.0f", rate);
    else
        snprintf(text, room, "%.4gM", rate / 1e6);
}

/* ---- the parts ---- */

static void view__title(struct view *view, const struct view_content *content, const char *more)
{
    const struct snapshot *now = content->now;

    if (!now) {
        view__add(view, VIEW_TITLE, "process %d (%s)%s", (int)content->pid, content->name, more);
    } else {
        const struct stats_process *process = &now->process;
        view__add(view, VIEW_TITLE, "process %d (%s), engine %s, watcher %s, %u port%s%s",
                  (int)content->pid, content->name,
                  process->engine[0] ? process->engine : "not chosen yet", process->watcher,
                  process->ports, process->ports == 1 ? "" : "s", more);
    }
    if (content->warning && now) {
        char age[32];
        view_age(now->age, age, sizeof age);
        view__add(view, VIEW_WARNING, "%s; what is shown is %s old", content->warning, age);
    } else if (content->warning) {
        view__add(view, VIEW_WARNING, "%s", content->warning);
    }
}

static void view__table_heading(struct view *view)
{
    view__add(view, VIEW_HEADING, "%-10s %4s %7s %7s %8s %5s %5s %6s %8s %8s %7s %7s", "PORT",
              "CONC", "DEVICES", "QUEUED", "HEAD", "WAIT", "RUN", "PAUSED", "IN/S", "OUT/S",
              "WAKE/S", "REPL/S");
}

static void view__table_row(struct view *view, const struct view_content *content, uint32_t index,
                            enum view_kind kind)
{
    const struct stats_port *port = &content->now->port[index];
    char age[32], in[32], out[32], wakeups[32], replacements[32];
    struct rates rates = {0};

    bool known = snapshot_rates(content->now, content->before, index, &rates);
    view__head_age(port, age, sizeof age);
    view__rate(known, rates.packets_in, in, sizeof in);
    view__rate(known, rates.packets_out, out, sizeof out);
    view__rate(known, rates.wakeups, wakeups, sizeof wakeups);
    view__rate(known, rates.replacements, replacements, sizeof replacements);
    view__add(view, kind, "0x%08" PRIx64 " %4u %7u %7u %8s %5u %5u %6u %8s %8s %7s %7s",
              port->handle, port->concurrency, port->devices, port->depth, age, port->waiting.count,
              port->released.count, port->paused.count, in, out, wakeups, replacements);
}

static void view__more(struct view *view, uint32_t count, uint32_t listed)
{
    if (count > listed)
        view__add(view, VIEW_PLAIN, "    and %u more", count - listed);
}

/* The stack on as few lines as it takes. */
static void view__waiting(struct view *view, const struct stats_threads *waiting)
{
    char line[96];
    size_t length = 0;
    bool polls = false;

    view__add(view, VIEW_HEADING, "  Waiting threads, newest first: %u", waiting->count);
    for (uint32_t index = 0; index < waiting->listed; index++) {
        bool marked = waiting->list[index].flags & STATS_THREAD_POLLS;
        polls |= marked;
        length += (size_t)snprintf(line + length, sizeof line - length, " %u%s",
                                   waiting->list[index].id, marked ? "*" : "");
        if (length > 72 || index + 1 == waiting->listed) {
            view__add(view, VIEW_PLAIN, "   %s", line);
            length = 0;
        }
    }
    view__more(view, waiting->count, waiting->listed);
    if (polls)
        view__add(view, VIEW_PLAIN, "    * polls for completions meanwhile");
}

static void view__bound(struct view *view, const struct view_content *content, const char *heading,
                        const struct stats_threads *threads, bool paused)
{
    view__add(view, VIEW_HEADING, "  %s: %u", heading, threads->count);
    for (uint32_t index = 0; index < threads->listed; index++) {
        const struct stats_thread *thread = &threads->list[index];
        struct look look;
        content->look(content->context, thread->id, &look);
        view__add(view, VIEW_PLAIN, "    %-8u %-16s %c  %s%s", thread->id, look.name, look.state,
                  look.call,
                  !paused                              ? ""
                  : thread->flags & STATS_THREAD_FOUND ? ", found blocked by the watcher"
                                                       : ", in a wait of the library's");
    }
    view__more(view, threads->count, threads->listed);
}

static void view__devices(struct view *view, const struct stats_port *port, uint32_t most)
{
    uint32_t listed = port->devices_listed < most ? port->devices_listed : most;

    view__add(view, VIEW_HEADING, "  Devices: %u", port->devices);
    if (listed)
        view__add(view, VIEW_PLAIN, "    %-10s %-8s %-18s %s", "handle", "kind", "key", "pending");
    for (uint32_t index = 0; index < listed; index++) {
        const struct stats_device *device = &port->device[index];
        view__add(view, VIEW_PLAIN, "    0x%-8" PRIx64 " %-8s 0x%-16" PRIx64 " %u", device->handle,
                  device->kind, device->key, device->pending);
    }
    view__more(view, port->devices, listed);
}

static void view__port(struct view *view, const struct view_content *content, uint32_t index,
                       uint32_t devices)
{
    const struct stats_port *port = &content->now->port[index];
    char age[32];

    view__head_age(port, age, sizeof age);
    view__add(view, VIEW_HEADING, "Port 0x%08" PRIx64 ", concurrency %u", port->handle,
              port->concurrency);
    view__add(view, VIEW_HEADING, "  Completion queue: %u%s%s", port->depth,
              port->depth ? ", the oldest for " : "", port->depth ? age : "");
    view__waiting(view, &port->waiting);
    view__bound(view, content, "Released threads", &port->released, false);
    view__bound(view, content, "Paused threads", &port->paused, true);
    view__devices(view, port, devices);
    view__add(view, VIEW_PLAIN,
              "  Since it was made: %" PRIu64 " packets in, %" PRIu64 " out, %" PRIu64
              " wake-ups, %" PRIu64 " replacements",
              port->packets_in, port->packets_out, port->wakeups, port->replacements);
}

/* ---- the whole ---- */

void view_text(struct view *view, const struct view_content *content)
{
    view__title(view, content, "");
    if (!content->now || content->now->process.ports_listed == 0)
        return;
    const struct stats_process *process = &content->now->process;
    view__add(view, VIEW_PLAIN, "%s", "");
    view__table_heading(view);
    for (uint32_t index = 0; index < process->ports_listed; index++)
        view__table_row(view, content, index, VIEW_PLAIN);
    view__more(view, process->ports, process->ports_listed);
    for (uint32_t index = 0; index < process->ports_listed; index++) {
        view__add(view, VIEW_PLAIN, "%s", "");
        view__port(view, content, index, DEVICES_IN_TEXT);
    }
}

/* The rows of the table that fit, the selected one among them. */
static void view__table_part(struct view *view, const struct view_content *content,
                             uint32_t selected, uint32_t most)
{
    uint32_t count = content->now->process.ports_listed;
    uint32_t shown = count < most ? count : most;
    uint32_t first = selected < shown ? 0 : selected - shown + 1;

    for (uint32_t index = first; index < first + shown; index++)
        view__table_row(view, content, index, index == selected ? VIEW_SELECTED : VIEW_PLAIN);
}

static void view__cut(struct view *view, const struct view_size *size, size_t rows)
{
    if (view->count > rows) {
        size_t lost = view->count - rows + 1;
        view->count = rows;
        if (rows > 0) {
            view->count--;
            view__add(view, VIEW_PLAIN, "    ... %zu more lines: a taller terminal shows them",
                      lost);
        }
    }
    for (size_t line = 0; size->columns < VIEW_COLUMNS && line < view->count; line++)
        view->lines[line].text[size->columns] = 0;
}

void view_screen(struct view *view, const struct view_content *content,
                 const struct view_size *size)
{
    const struct snapshot *now = content->now;
    struct view_size cut = *size;

    view__title(view, content, size->paused ? ", PAUSED" : "");
    if (now && now->process.ports_listed) {
        uint32_t last = now->process.ports_listed - 1;
        uint32_t selected = size->selected < last ? size->selected : last;
        uint32_t most = size->rows / 3 ? size->rows / 3 : 1;
        view__table_heading(view);
        view__table_part(view, content, selected, most);
        view__add(view, VIEW_PLAIN, "%s", "");
        view__port(view, content, selected, STATS_DEVICES);
    }
    view__cut(view, &cut, size->rows ? size->rows - 1 : 0);
    if (size->rows) {
        view__add(view, VIEW_KEYS, "q quit  up/down port  p %s  space now",
                  size->paused ? "go on" : "pause");
        view__cut(view, &cut, size->rows);
    }
}
