/* SPDX-License-Identifier: MIT
 *
 * The progress line. */
#define _GNU_SOURCE
#include "progress.h"
#include "connection.h"

#include <stdio.h>
#include <unistd.h>

void progress_begin(struct progress *progress, bool forced)
{
    *progress = (struct progress){.terminal = isatty(STDERR_FILENO)};
    progress->on = progress->terminal || forced;
}

static bool progress__due(struct progress *progress, const char *what)
{
    uint64_t now = connection_clock();
    uint64_t pause = progress->terminal ? 100000000 : 1000000000;
    if (what != progress->what) {
        progress->what = what;
        progress->since = now;
        progress->shown = now;
        return false;
    }
    if (now - progress->shown < pause)
        return false;
    progress->shown = now;
    return true;
}

void progress_show(struct progress *progress, const char *what, uint64_t done, uint64_t total)
{
    if (!progress->on || !total || !progress__due(progress, what))
        return;
    double seconds = (double)(progress->shown - progress->since) / 1e9;
    double rate = (double)done / seconds;
    fprintf(stderr, "%s%s: %3.0f %%  %llu of %llu, %.0f a second", progress->terminal ? "\r" : "",
            what, 100.0 * (double)done / (double)total, (unsigned long long)done,
            (unsigned long long)total, rate);
    if (rate > 0)
        fprintf(stderr, ", %.0f s to go", (double)(total - done) / rate);
    fputs(progress->terminal ? "\033[K" : "\n", stderr);
    progress->line_open = progress->terminal;
}

void progress_end(struct progress *progress)
{
    if (progress->line_open)
        fputs("\r\033[K", stderr);
    progress->line_open = false;
}
