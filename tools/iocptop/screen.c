/* SPDX-License-Identifier: MIT
 *
 * Draws the view with ncurses and reads keys. What is drawn is view.c's. */
#define _GNU_SOURCE
#include "screen.h"
#include "view.h"

#include <curses.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How long keys may go unread because the process does not answer. */
#define SCREEN_PATIENCE 0.3

struct screen {
    struct source *source;
    const char *name;
    pid_t pid;
    struct snapshot *now, *before;
    bool shown, compared; /* now, before hold something */
    bool colours, paused;
    uint32_t selected;
    struct process_tasks tasks;
    enum exit_code code; /* of the last look */
};

static volatile sig_atomic_t screen_interrupted;

static void screen__interrupt(int unused)
{
    (void)unused;
    screen_interrupted = 1;
}

static void screen__look(void *context, uint32_t thread, struct look *look)
{
    struct screen *screen = context;
    process_look(screen->source->process, &screen->tasks, thread, look);
}

/* A fresh snapshot takes the place of the older one; an old one that of none. */
static void screen__ask(struct screen *screen)
{
    struct snapshot *answer = screen->before;

    screen->code = source_ask(screen->source, answer, SCREEN_PATIENCE);
    if (screen->code == EXIT_SHOWN ||
        (screen->code == EXIT_NO_ANSWER && answer->process.snapshots)) {
        screen->compared = screen->shown && screen->code == EXIT_SHOWN;
        screen->before = screen->now;
        screen->now = answer;
        screen->shown = true;
    } else {
        screen->compared = false; /* its room was written to */
    }
    process_tasks_read(&screen->tasks, screen->source->process);
}

static int screen__attribute(const struct screen *screen, enum view_kind kind)
{
    switch (kind) {
    case VIEW_TITLE:
    case VIEW_HEADING:
        return A_BOLD;
    case VIEW_SELECTED:
        return A_REVERSE;
    case VIEW_WARNING:
        return screen->colours ? COLOR_PAIR(1) | A_BOLD : A_STANDOUT;
    case VIEW_KEYS:
        return screen->colours ? COLOR_PAIR(2) : A_NORMAL;
    default:
        return A_NORMAL;
    }
}

static void screen__draw(struct screen *screen)
{
    struct view view = {0};
    struct view_content content = {
        .pid = screen->pid,
        .name = screen->name,
        .now = screen->shown ? screen->now : NULL,
        .before = screen->compared ? screen->before : NULL,
        .warning = screen->code == EXIT_SHOWN ? NULL : screen->source->message,
        .look = screen__look,
        .context = screen,
    };
    struct view_size size = {.rows = (unsigned)LINES,
                             .columns = (unsigned)COLS,
                             .selected = screen->selected,
                             .paused = screen->paused};

    view_screen(&view, &content, &size);
    erase();
    for (size_t line = 0; line < view.count; line++) {
        attrset(screen__attribute(screen, view.lines[line].kind));
        mvaddnstr((int)line, 0, view.lines[line].text, COLS);
    }
    attrset(A_NORMAL);
    refresh();
    view_free(&view);
}

/* False: the user has had enough. */
static bool screen__key(struct screen *screen, int key, bool *look_now)
{
    uint32_t ports = screen->shown ? screen->now->process.ports_listed : 0;

    switch (key) {
    case 'q':
    case 'Q':
        return false;
    case ' ':
        *look_now = true;
        break;
    case 'p':
    case 'P':
        screen->paused = !screen->paused;
        *look_now = !screen->paused;
        break;
    case KEY_UP:
    case KEY_LEFT:
        if (screen->selected >= ports)
            screen->selected = ports ? ports - 1 : 0;
        screen->selected -= screen->selected > 0;
        break;
    case KEY_DOWN:
    case KEY_RIGHT:
        screen->selected += screen->selected + 1 < ports;
        break;
    default: /* KEY_RESIZE: drawn anew like everything */
        break;
    }
    return true;
}

static double screen__time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void screen__loop(struct screen *screen, double interval)
{
    double due = 0;

    while (!screen_interrupted) {
        bool look_now = false;
        double left = due - screen__time();
        if (left <= 0 && !screen->paused) {
            screen__ask(screen);
            due = screen__time() + interval;
            left = interval;
        }
        screen__draw(screen);
        if (screen->code == EXIT_SYSTEM)
            return;
        timeout(screen->paused ? 1000 : (int)(left * 1000) + 1);
        if (!screen__key(screen, getch(), &look_now))
            return;
        if (look_now) {
            screen__ask(screen);
            due = screen__time() + interval;
        }
    }
}

static bool screen__begin(struct screen *screen, SCREEN **terminal)
{
    const struct sigaction action = {.sa_handler = screen__interrupt};

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return false;
    *terminal = newterm(NULL, stdout, stdin);
    if (!*terminal)
        return false;
    const char *move = tigetstr("cup");
    if (!move || move == (const char *)-1) {
        endwin();
        delscreen(*terminal);
        return false;
    }
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    cbreak();
    noecho();
    keypad(stdscr, TRUE);
    curs_set(0);
    screen->colours = has_colors() && start_color() == OK;
    if (screen->colours) {
        use_default_colors();
        init_pair(1, COLOR_RED, -1);
        init_pair(2, COLOR_CYAN, -1);
    }
    return true;
}

enum exit_code screen_run(struct source *source, const struct options *options, const char *name)
{
    struct screen *screen = calloc(1, sizeof *screen);
    SCREEN *terminal = NULL;
    enum exit_code code = EXIT_SYSTEM;

    if (!screen)
        return EXIT_SYSTEM;
    *screen = (struct screen){.source = source,
                              .name = name,
                              .pid = options->pid,
                              .now = calloc(1, sizeof *screen->now),
                              .before = calloc(1, sizeof *screen->before)};
    if (!screen->now || !screen->before) {
        fprintf(stderr, "iocptop: no memory\n");
    } else if (!screen__begin(screen, &terminal)) {
        fprintf(stderr, "iocptop: no terminal that can be drawn on; try --once\n");
    } else {
        screen__loop(screen, options->interval);
        endwin();
        delscreen(terminal);
        code = screen->code;
        if (code != EXIT_SHOWN)
            fprintf(stderr, "iocptop: %d: %s\n", (int)options->pid, source->message);
    }
    free(screen->now);
    free(screen->before);
    free(screen);
    return code;
}
