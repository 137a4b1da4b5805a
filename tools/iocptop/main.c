/* SPDX-License-Identifier: MIT
 *
 * iocptop: shows the completion ports of a process, once or on a full screen. */
#define _GNU_SOURCE
#include "json.h"
#include "options.h"
#include "screen.h"
#include "source.h"
#include "view.h"

#include <stdlib.h>
#include <time.h>

/* How long --once waits for an answer. */
#define ONCE_PATIENCE 1.0

struct looking {
    const struct source *source;
    struct process_tasks tasks;
};

static void main__look(void *context, uint32_t thread, struct look *look)
{
    const struct looking *looking = context;
    process_look(looking->source->process, &looking->tasks, thread, look);
}

static enum exit_code main__complain(const struct options *options, const struct source *source,
                                     enum exit_code code)
{
    fprintf(stderr, "iocptop: %d: %s\n", (int)options->pid, source->message);
    return code;
}

static void main__print(const struct view_content *content, const struct options *options)
{
    struct view view = {0};

    if (options->json) {
        json_write(stdout, content);
        return;
    }
    view_text(&view, content);
    for (size_t line = 0; line < view.count; line++)
        puts(view.lines[line].text);
    view_free(&view);
}

/* Two snapshots, for the rates; if there is no first one there is no second. */
static enum exit_code main__ask(struct source *source, const struct options *options,
                                struct snapshot *snapshots[2], bool *compared)
{
    enum exit_code code = source_ask(source, snapshots[0], ONCE_PATIENCE);

    *compared = code == EXIT_SHOWN && options->interval > 0;
    if (!*compared)
        return code;
    struct timespec pause = {.tv_sec = (time_t)options->interval};
    pause.tv_nsec = (long)((options->interval - (double)pause.tv_sec) * 1e9);
    nanosleep(&pause, NULL);
    struct snapshot *first = snapshots[0];
    snapshots[0] = snapshots[1];
    snapshots[1] = first;
    code = source_ask(source, snapshots[0], ONCE_PATIENCE);
    *compared = code == EXIT_SHOWN;
    return code;
}

static enum exit_code main__once(struct source *source, const struct options *options,
                                 const char *name)
{
    struct looking *looking = calloc(1, sizeof *looking);
    struct snapshot *snapshots[2] = {calloc(1, sizeof **snapshots), calloc(1, sizeof **snapshots)};
    enum exit_code code = EXIT_SYSTEM;
    bool compared = false;

    if (looking && snapshots[0] && snapshots[1]) {
        looking->source = source;
        code = main__ask(source, options, snapshots, &compared);
        bool any =
            code == EXIT_SHOWN || (code == EXIT_NO_ANSWER && snapshots[0]->process.snapshots);
        if (any) {
            process_tasks_read(&looking->tasks, source->process);
            struct view_content content = {.pid = options->pid,
                                           .name = name,
                                           .now = snapshots[0],
                                           .before = compared ? snapshots[1] : NULL,
                                           .warning = code ? source->message : NULL,
                                           .look = main__look,
                                           .context = looking};
            main__print(&content, options);
        }
        if (code != EXIT_SHOWN)
            main__complain(options, source, code);
    }
    free(looking);
    free(snapshots[0]);
    free(snapshots[1]);
    return code;
}

int main(int argc, char **argv)
{
    struct options options;
    static struct source source;
    char name[32];

    int leave = options_parse(&options, argc, argv);
    if (leave >= 0)
        return leave;
    enum exit_code code = source_open(&source, options.pid);
    if (code != EXIT_SHOWN)
        return main__complain(&options, &source, code);
    process_name(source.process, name, sizeof name);
    code = options.once ? main__once(&source, &options, name) : screen_run(&source, &options, name);
    source_close(&source);
    if (fflush(stdout) != 0 && code == EXIT_SHOWN)
        code = EXIT_SYSTEM;
    return code;
}
