/* SPDX-License-Identifier: MIT
 *
 * What iocptop makes of a snapshot: numbers, rates, lists, and what is left of them on small
 * terminals.
 */
#include "json.h"
#include "unit/expect.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

static struct snapshot now, before;

static void fake_look(void *unused, uint32_t thread, struct look *look)
{
    (void)unused;
    *look = (struct look){.state = thread == 9 ? 'R' : 'S'};
    snprintf(look->name, sizeof look->name, "worker \"%u\"", thread);
    snprintf(look->call, sizeof look->call, "%s", thread == 9 ? "running" : "flock");
}

static void prepare(uint32_t ports)
{
    memset(&now, 0, sizeof now);
    now.fresh = true;
    now.process = (struct stats_process){.snapshots = 3,
                                         .taken_at = 5000000000,
                                         .ports = ports,
                                         .ports_listed = ports,
                                         .engine = "epoll",
                                         .watcher = "proc"};
    for (uint32_t index = 0; index < ports; index++) {
        struct stats_port *port = &now.port[index];
        port->handle = 0x10000000 + 4 * index;
        port->concurrency = 2;
        port->packets_in = 1000;
        port->packets_out = 400;
        port->wakeups = 30;
        port->depth = 600;
        port->head_age = 12300000;
        port->waiting = (struct stats_threads){
            .count = 500, .listed = 2, .list = {{.id = 7, .flags = STATS_THREAD_POLLS}, {.id = 8}}};
        port->released = (struct stats_threads){.count = 1, .listed = 1, .list = {{.id = 9}}};
        port->paused = (struct stats_threads){
            .count = 1, .listed = 1, .list = {{.id = 10, .flags = STATS_THREAD_FOUND}}};
        port->devices = 70;
        port->devices_listed = 1;
        port->device[0] =
            (struct stats_device){.handle = 5, .key = UINT64_MAX, .pending = 3, .kind = "socket"};
    }
    before = now;
    before.process.taken_at -= 2000000000;
    before.port[0].packets_in = 0;
    before.port[0].packets_out = 390;
    before.port[0].wakeups = 29;
}

static struct view_content content_of(void)
{
    return (struct view_content){
        .pid = 4711, .name = "server", .now = &now, .before = &before, .look = fake_look};
}

static bool has(const struct view *view, const char *text)
{
    for (size_t line = 0; line < view->count; line++)
        if (strstr(view->lines[line].text, text))
            return true;
    printf("not shown: %s\n", text);
    return false;
}

static void text(void)
{
    struct view_content content = content_of();
    struct view view = {0};

    prepare(1);
    view_text(&view, &content);
    EXPECT(has(&view, "process 4711 (server), engine epoll, watcher proc, 1 port"));
    EXPECT(has(&view, "0x10000000    2      70     600  12.3 ms   500     1      1      500 "
                      "     5.0     0.5       0"));
    EXPECT(has(&view, "Completion queue: 600, the oldest for 12.3 ms"));
    EXPECT(has(&view, " 7* 8"));
    EXPECT(has(&view, "and 498 more") && has(&view, "and 69 more"));
    EXPECT(has(&view, "R  running") && has(&view, "flock, found blocked by the watcher"));
    EXPECT(has(&view, "0xffffffffffffffff"));
    view_free(&view);
    content.warning = "no answer";
    now.age = 7300;
    view_text(&view, &content);
    EXPECT(has(&view, "no answer; what is shown is 2 h old"));
    view_free(&view);
    content.now = NULL;
    view_text(&view, &content);
    EXPECT_EQUAL(view.count, 2);
    view_free(&view);
}

static void rates(void)
{
    struct rates found;

    prepare(1);
    EXPECT(snapshot_rates(&now, &before, 0, &found));
    EXPECT(found.packets_in == 500 && found.packets_out == 5 && found.wakeups == 0.5);
    EXPECT(!snapshot_rates(&now, NULL, 0, &found));
    EXPECT(!snapshot_rates(&before, &now, 0, &found)); /* time runs the other way */
    before.port[0].packets_in = 2000;                  /* another port of the same number */
    EXPECT(!snapshot_rates(&now, &before, 0, &found));
    before.port[0].handle = 1;
    EXPECT(!snapshot_rates(&now, &before, 0, &found));
}

static void ages(void)
{
    const struct {
        double seconds;
        const char *text;
    } cases[] = {{0.0004, "0.4 ms"}, {0.9, "900.0 ms"}, {1, "1.0 s"},
                 {119, "119.0 s"},   {300, "5 min"},    {86400, "24 h"}};
    char text[32];

    for (size_t index = 0; index < sizeof cases / sizeof *cases; index++) {
        view_age(cases[index].seconds, text, sizeof text);
        EXPECT(strcmp(text, cases[index].text) == 0);
    }
}

static void sizes(void)
{
    const struct view_content content = content_of();

    prepare(40);
    for (unsigned rows = 0; rows < 100; rows++)
        for (unsigned columns = 0; columns < 200; columns += 7) {
            const struct view_size size = {.rows = rows, .columns = columns, .selected = rows};
            struct view view = {0};
            view_screen(&view, &content, &size);
            EXPECT(view.count <= rows);
            bool selected = false;
            for (size_t line = 0; line < view.count; line++) {
                EXPECT(strlen(view.lines[line].text) <= columns);
                selected |= view.lines[line].kind == VIEW_SELECTED;
            }
            EXPECT(selected || rows < 5);
            EXPECT(rows == 0 || view.lines[view.count - 1].kind == VIEW_KEYS);
            view_free(&view);
        }
}

static void json(void)
{
    const struct view_content content = content_of();
    char *written = NULL;
    size_t length = 0;

    prepare(2);
    FILE *file = open_memstream(&written, &length);
    json_write(file, &content);
    fclose(file);
    EXPECT(strstr(written, "\"name\": \"worker \\\"9\\\"\""));
    EXPECT(strstr(written, "\"key\": \"0xffffffffffffffff\""));
    EXPECT(strstr(written, "\"head_age_ms\": 12.300"));
    EXPECT(strstr(written, "\"packets_in\": 500.000"));
    free(written);
}

static void calls(void)
{
    EXPECT(strcmp(call_name(SYS_read), "read") == 0);
    EXPECT(strcmp(call_name(SYS_clock_nanosleep), "clock_nanosleep") == 0);
    EXPECT(strcmp(call_name(SYS_futex), "futex") == 0);
    EXPECT(call_name(-1) == NULL && call_name(100000) == NULL);
}

int main(void)
{
    text();
    rates();
    ages();
    sizes();
    json();
    calls();
    return expect_report();
}
