/* SPDX-License-Identifier: MIT
 *
 * What the tests of the engines share: files with a count of holders, requests that remember how
 * they ended, threads that poll a source, connected pairs. Requests are checked to end once.
 *
 * The engine is the program's first argument, epoll without one; `uring plain` is that engine
 * without what newer kernels give, `uring nudged` with sources whose threads nobody interrupts.
 */
#ifndef TESTS_UNIT_ENGINE_RIG_H
#define TESTS_UNIT_ENGINE_RIG_H

#include "base/clock.h"
#include "base/compiler.h"
#include "engine/engine.h"
#include "engine/nudge.h"
#include "engine/uring_ring.h"
#include "unit/expect.h"
#include "unit/sanitizers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RIG __attribute__((unused)) static

/* The thread sanitizer makes everything many times slower: there is less of everything then. */
#define RIG_SLOWED UNDER_THREAD_SANITIZER

/* How long something may take that ought to happen. */
#define RIG_PATIENCE (20 * NANOSECONDS_PER_SECOND)

struct rig_file {
    struct engine_file engine;
    _Atomic int holders;
    struct rig_file *next; /* all of them, never freed: notices may be stale */
};

struct rig_request {
    struct engine_request request;
    struct rig_file *file;
    _Atomic int endings;
    long result;
    bool at_once;
    uint64_t order; /* of its ending among all */
    struct iovec pieces[8];
};

static struct rig_file *_Atomic rig_files;
static _Atomic uint64_t rig_endings;
static const char *rig_engine = "epoll";
static bool rig_nudged;

RIG bool rig_is(const char *engine)
{
    return strcmp(rig_engine, engine) == 0;
}

static bool rig__hold(struct engine_file *engine)
{
    struct rig_file *file = CONTAINER_OF(engine, struct rig_file, engine);
    int holders = atomic_load(&file->holders);

    while (holders > 0)
        if (atomic_compare_exchange_weak(&file->holders, &holders, holders + 1))
            return true;
    return false;
}

RIG void rig_release(struct rig_file *file)
{
    if (atomic_fetch_sub(&file->holders, 1) != 1)
        return;
    engine_file_finish(&file->engine);
    close(file->engine.descriptor);
}

static void rig__release(struct engine_file *engine)
{
    rig_release(CONTAINER_OF(engine, struct rig_file, engine));
}

static const struct engine_events rig_events = {.hold = rig__hold, .release = rig__release};

/* Returns false if the engine cannot be had. */
RIG bool rig_begin(int count, char **arguments)
{
    struct rlimit files;

    if (count > 1)
        rig_engine = arguments[1];
    int error = engine_choose(rig_engine);
    EXPECT_EQUAL(error, 0);
    if (error)
        return false;
    EXPECT(strcmp(engine_name(), rig_engine) == 0);
    /* As on the oldest kernel that the engine runs on. */
    if (count > 2 && strcmp(arguments[2], "plain") == 0)
        uring_can = (struct uring_abilities){0};
    rig_nudged = count > 2 && strcmp(arguments[2], "nudged") == 0;
    if (rig_nudged && !uring_can.cooperative) {
        printf("skipped: threads cannot be nudged here\n");
        exit(77);
    }
    engine_set_events(&rig_events);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    setvbuf(stdout, NULL, _IOLBF, 0);
    return true;
}

/* Where threads are nudged, the calling one may submit by itself after having polled. */
RIG struct engine_source *rig_source(void)
{
    if (!rig_nudged)
        return engine_source_create();
    struct engine_source *source = engine_source_create_nudged();
    engine_source_poll(source, 0, UINT32_MAX);
    return source;
}

/* A file with one holder, on the source (NULL: the library's own). */
RIG struct rig_file *rig_file(int descriptor, struct engine_source *source)
{
    struct rig_file *file = calloc(1, sizeof *file);

    engine_file_init(&file->engine, descriptor);
    atomic_store(&file->holders, 1);
    file->next = atomic_load(&rig_files);
    while (!atomic_compare_exchange_weak(&rig_files, &file->next, file))
        ;
    if (source)
        engine_file_move(&file->engine, source);
    return file;
}

static void rig__done(struct engine_request *engine, long result, bool at_once)
{
    struct rig_request *request = CONTAINER_OF(engine, struct rig_request, request);
    struct rig_file *file = request->file;

    request->result = result;
    request->at_once = at_once;
    request->order = atomic_fetch_add(&rig_endings, 1);
    atomic_fetch_add(&request->endings, 1); /* from here on it may be gone */
    rig_release(file);
}

/* Starts it; kind, buffers and flags are set. */
RIG void rig_start(struct rig_file *file, enum engine_lane_index lane, struct rig_request *request)
{
    long result;

    request->request.done = rig__done;
    request->file = file;
    atomic_store(&request->endings, 0);
    atomic_fetch_add(&file->holders, 1);
    engine_start(&file->engine, lane, &request->request, &result);
}

RIG void rig_receive(struct rig_file *file, struct rig_request *request, void *data, size_t length)
{
    request->request =
        (struct engine_request){.kind = ENGINE_RECEIVE, .data = data, .length = length};
    rig_start(file, ENGINE_IN, request);
}

RIG void rig_send(struct rig_file *file, struct rig_request *request, void *data, size_t length)
{
    request->request = (struct engine_request){.kind = ENGINE_SEND, .data = data, .length = length};
    rig_start(file, ENGINE_OUT, request);
}

RIG bool rig_ended(struct rig_request *request)
{
    return atomic_load(&request->endings) != 0;
}

RIG void rig_pause(int64_t nanoseconds)
{
    struct timespec pause = clock_timespec(nanoseconds);

    nanosleep(&pause, NULL);
}

/* Waits for its end; false, and a failure, if that does not come. */
RIG bool rig_await(struct rig_request *request)
{
    int64_t deadline = clock_now() + RIG_PATIENCE;

    for (unsigned turn = 0; !rig_ended(request); turn++) {
        if (clock_now() > deadline) {
            EXPECT(rig_ended(request));
            return false;
        }
        if (turn < 100)
            sched_yield();
        else
            rig_pause(50 * NANOSECONDS_PER_MICROSECOND);
    }
    EXPECT_EQUAL(atomic_load(&request->endings), 1);
    return true;
}

/* A thread that polls a source until it is told to stop. */
struct rig_poller {
    struct engine_source *source;
    pthread_t thread;
    _Atomic bool stop, stopped;
};

static void *rig__poll(void *context)
{
    struct rig_poller *poller = context;

    while (!atomic_load(&poller->stop))
        engine_source_poll(poller->source, CLOCK_FOREVER, UINT32_MAX);
    atomic_store(&poller->stopped, true);
    return NULL;
}

RIG void rig_poller_start(struct rig_poller *poller, struct engine_source *source)
{
    poller->source = source;
    atomic_store(&poller->stop, false);
    atomic_store(&poller->stopped, false);
    EXPECT_EQUAL(pthread_create(&poller->thread, NULL, rig__poll, poller), 0);
}

RIG void rig_poller_stop(struct rig_poller *poller)
{
    atomic_store(&poller->stop, true);
    /* A kick makes one of the polls in progress return, perhaps another thread's. */
    while (!atomic_load(&poller->stopped)) {
        engine_source_kick(poller->source);
        sched_yield();
    }
    pthread_join(poller->thread, NULL);
}

/* Small buffers, so that sends have to wait. */
static int rig__socket(void)
{
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int size = 16384;

    EXPECT(made >= 0);
    setsockopt(made, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    setsockopt(made, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    return made;
}

/* A listening TCP socket on the loopback. */
RIG int rig_listen(struct sockaddr_in *address)
{
    socklen_t length = sizeof *address;
    int listener = rig__socket();

    *address =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    EXPECT_EQUAL(bind(listener, (struct sockaddr *)address, length), 0);
    EXPECT_EQUAL(listen(listener, 128), 0);
    EXPECT_EQUAL(getsockname(listener, (struct sockaddr *)address, &length), 0);
    return listener;
}

/* Two connected TCP sockets. */
RIG void rig_pair(int pair[2])
{
    struct sockaddr_in address;
    int listener = rig_listen(&address);

    pair[0] = rig__socket();
    EXPECT_EQUAL(connect(pair[0], (struct sockaddr *)&address, sizeof address), 0);
    pair[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    EXPECT(pair[1] >= 0);
    close(listener);
}

/* What byte number `position` of every stream is. */
RIG uint8_t rig_byte(uint64_t position)
{
    return (uint8_t)(position * 167 + (position >> 8) * 13 + (position >> 16));
}

RIG void rig_fill(void *data, size_t length, uint64_t position)
{
    for (size_t index = 0; index < length; index++)
        ((uint8_t *)data)[index] = rig_byte(position + index);
}

RIG bool rig_same(const void *data, size_t length, uint64_t position)
{
    for (size_t index = 0; index < length; index++)
        if (((const uint8_t *)data)[index] != rig_byte(position + index))
            return false;
    return true;
}

/* Less than `limit`; the same in every run. */
RIG uint32_t rig_random(uint32_t limit)
{
    static _Atomic uint64_t state = 0x1234567;
    uint64_t value = atomic_fetch_add(&state, 0x9e3779b97f4a7c15ULL);

    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    return (uint32_t)((value ^ (value >> 29)) % limit);
}

RIG void rig_end(void)
{
    for (struct rig_file *file = atomic_load(&rig_files); file; file = file->next)
        EXPECT_EQUAL(atomic_load(&file->holders), 0);
    printf("%s: ", rig_engine);
}

#endif
