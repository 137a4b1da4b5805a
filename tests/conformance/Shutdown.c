/* SPDX-License-Identifier: MIT
 *
 * Ending a server: exit packets, their order, closing the port instead, and what a worker can
 * tell from a packet. Work is posted here; closing sockets with pending work is tested elsewhere.
 */
#include "support.h"

enum { KEY_WORK = 1, KEY_EXIT = 2, MOST = 8 };

struct hall {
    HANDLE port;
    volatile LONG handled, ended, begun;
    HANDLE threads[MOST];
};

/* Exit codes: 0 after an exit packet, else the error of the call that failed. */
static DWORD WINAPI work(void *argument)
{
    struct hall *hall = argument;
    DWORD code;
    counter_add(&hall->begun);
    for (;;) {
        struct packet p = port_take(hall->port, 2 * DEADLINE_MS);
        code = p.ok ? 0 : p.error;
        if (!p.ok || p.key == KEY_EXIT)
            break;
        counter_add(&hall->handled);
    }
    counter_add(&hall->ended);
    return code;
}

static void open_hall(struct hall *hall, DWORD concurrency, int workers)
{
    memset(hall, 0, sizeof *hall);
    hall->port = port_make(concurrency);
    for (int i = 0; i < workers; i++)
        hall->threads[i] = thread_start(work, hall);
    REQUIRE(counter_reaches(&hall->begun, workers));
    support_settle();
}

static void post(struct hall *hall, ULONG_PTR key, int count)
{
    for (int i = 0; i < count; i++)
        port_post(hall->port, 0, key, NULL);
}

static void the_recipe(DWORD concurrency)
{
    struct hall hall;
    open_hall(&hall, concurrency, 4);
    post(&hall, KEY_WORK, 500);
    REQUIRE(counter_reaches(&hall.handled, 500));
    post(&hall, KEY_EXIT, 4);
    for (int i = 0; i < 4; i++)
        CHECK("DOWN-1", thread_join(hall.threads[i]) == 0, "worker %d leaves", i);
    CHECK("DOWN-1", hall.handled == 500, "all work was done");
    CHECK("DOWN-1", port_is_empty(hall.port), "nothing is left");
    CHECK("DOWN-1", CloseHandle(hall.port), "the port closes");
}

static void recipe_ends(void)
{
    the_recipe(1);
    the_recipe(2);
    the_recipe(0);
}

static void one_packet_one_worker(void)
{
    struct hall hall;
    open_hall(&hall, 1, 4);
    post(&hall, KEY_EXIT, 1);
    CHECK("DOWN-3", counter_reaches(&hall.ended, 1), "an exit packet ends a worker");
    CHECK("DOWN-3", counter_stays(&hall.ended, 1), "and only one");
    post(&hall, KEY_WORK, 50);
    CHECK("DOWN-3", counter_reaches(&hall.handled, 50), "the others go on");
    post(&hall, KEY_EXIT, 3);
    CHECK("DOWN-3", counter_reaches(&hall.ended, 4), "three more end them, though the limit is 1");
    for (int i = 0; i < 4; i++)
        CHECK("DOWN-3", thread_join(hall.threads[i]) == 0, "worker %d left", i);
    CloseHandle(hall.port);
}

static void exit_before_the_rest(void)
{
    HANDLE port = port_make(1);
    struct hall hall;
    struct packet p;
    memset(&hall, 0, sizeof hall);
    hall.port = port;
    port_post(port, 0, KEY_WORK, NULL);
    port_post(port, 0, KEY_WORK, NULL);
    port_post(port, 0, KEY_EXIT, NULL);
    port_post(port, 5, KEY_WORK, NULL);
    CHECK("DOWN-4", thread_join(thread_start(work, &hall)) == 0, "the only worker leaves");
    CHECK("DOWN-4", hall.handled == 2, "after what was posted before: %d", (int)hall.handled);
    p = port_take(port, DEADLINE_MS);
    CHECK("DOWN-4", p.ok && p.bytes == 5, "what was posted behind is still there");
    CloseHandle(port);
}

static void close_instead(void)
{
    struct hall hall;
    if (WINE_CANNOT("DOWN-5", "Wine does not wake the waiters of a closed port"))
        return;
    open_hall(&hall, 0, 4);
    post(&hall, KEY_WORK, 20);
    REQUIRE(counter_reaches(&hall.handled, 20));
    support_settle();
    CloseHandle(hall.port);
    for (int i = 0; i < 4; i++) {
        DWORD error = thread_join(hall.threads[i]);
        CHECK("DOWN-5", error == ERROR_ABANDONED_WAIT_0, "blocked worker %d: error %u", i,
              (unsigned)error);
    }
}

struct busy {
    HANDLE port, gate;
    volatile LONG working;
};

static DWORD WINAPI work_past_the_close(void *argument)
{
    struct busy *busy = argument;
    struct packet p = port_take(busy->port, DEADLINE_MS);
    if (!p.ok)
        return p.error;
    counter_add(&busy->working);
    WaitForSingleObject(busy->gate, DEADLINE_MS);
    return port_take(busy->port, DEADLINE_MS).error;
}

static void close_under_a_busy_worker(void)
{
    struct busy busy = {port_make(1), event_make(TRUE, FALSE), 0};
    HANDLE thread = thread_start(work_past_the_close, &busy);
    DWORD error;
    port_post(busy.port, 0, KEY_WORK, NULL);
    REQUIRE(counter_reaches(&busy.working, 1));
    CloseHandle(busy.port);
    SetEvent(busy.gate);
    error = thread_join(thread);
    CHECK("DOWN-5", error == ERROR_INVALID_HANDLE, "its next call fails with error %u",
          (unsigned)error);
    CloseHandle(busy.gate);
}

struct request {
    int number;
    OVERLAPPED overlapped;
    char text[16];
};

static void pointers_come_back(void)
{
    HANDLE port = port_make(0);
    struct request requests[3] = {{.number = 10}, {.number = 11}, {.number = 12}};
    for (int i = 0; i < 3; i++)
        port_post(port, 0, 0, &requests[i].overlapped);
    for (int i = 0; i < 3; i++) {
        struct packet p = port_take(port, DEADLINE_MS);
        struct request *r = CONTAINING_RECORD(p.overlapped, struct request, overlapped);
        CHECK("DOWN-8", p.ok && r == &requests[i] && r->number == 10 + i,
              "the structure around OVERLAPPED %d is found", i);
    }
    CloseHandle(port);
}

static void what_a_worker_can_tell(void)
{
    HANDLE port = port_make(0), closed = port_make(0);
    OVERLAPPED ov;
    struct packet p;
    CloseHandle(closed);
    p = port_take(closed, 0);
    CHECK("DOWN-7", !p.ok && !p.overlapped, "a dead port: FALSE and NULL");
    p = port_take(port, 0);
    CHECK("DOWN-7", !p.ok && !p.overlapped, "a timeout: FALSE and NULL");
    port_post(port, 0, KEY_WORK, &ov);
    p = port_take(port, 0);
    CHECK("DOWN-7", p.ok && p.overlapped && p.bytes == 0, "0 bytes: TRUE and the pointer");
    port_post(port, 0, KEY_EXIT, NULL);
    p = port_take(port, 0);
    CHECK("DOWN-7", p.ok && !p.overlapped && p.key == KEY_EXIT, "exit: TRUE, NULL and its key");
    CloseHandle(port);
}

int main(void)
{
    RUN(recipe_ends);
    RUN(one_packet_one_worker);
    RUN(exit_before_the_rest);
    RUN(close_instead);
    RUN(close_under_a_busy_worker);
    RUN(pointers_come_back);
    RUN(what_a_worker_can_tell);
    return check_report();
}
