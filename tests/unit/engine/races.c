/* SPDX-License-Identifier: MIT
 *
 * What threads do to each other through an engine: cancels that race with data, files that move,
 * threads that end or compute while their requests wait, kicks that come before the wait.
 */
#include "unit/engine/rig.h"

#include <poll.h>

/* Nothing comes: the request is done when the cancel returns, at most a moment later. */
static void cancel_of_what_waits(struct engine_source *source)
{
    enum { ROUNDS = 200 };
    struct rig_request request = {0}, behind = {0};
    char byte, other;
    int pair[2], at_once = 0;

    rig_pair(pair);
    struct rig_file *file = rig_file(pair[0], source);
    for (int round = 0; round < ROUNDS; round++) {
        rig_receive(file, &request, &byte, 1);
        rig_receive(file, &behind, &other, 1);
        EXPECT(engine_cancel(&file->engine, NULL, NULL) == 2);
        at_once += rig_ended(&request) && rig_ended(&behind);
        rig_await(&request);
        rig_await(&behind);
        EXPECT_EQUAL(request.result, -ECANCELED);
        EXPECT_EQUAL(behind.result, -ECANCELED);
    }
    printf("  done when the cancel returned: %d of %d\n", at_once, ROUNDS);
    EXPECT(rig_is("fake") || at_once > ROUNDS * 9 / 10);
    EXPECT_EQUAL(engine_cancel(&file->engine, NULL, NULL), 0);
    rig_release(file);
    close(pair[1]);
}

struct sender {
    int descriptor;
    _Atomic int go;
    _Atomic bool stop;
};

static void *send_on_demand(void *context)
{
    struct sender *sender = context;
    int sent = 0;

    while (!atomic_load(&sender->stop))
        if (atomic_load(&sender->go) > sent) {
            uint8_t byte = rig_byte((uint64_t)sent++);
            EXPECT_EQUAL(send(sender->descriptor, &byte, 1, 0), 1);
        }
    return NULL;
}

/* A byte and a cancel at the same time: one ending, and the byte is either in it or in the next. */
static void cancel_against_data(struct engine_source *source)
{
    enum { ROUNDS = 2000 };
    struct rig_request request = {0};
    struct sender sender = {0};
    pthread_t thread;
    int pair[2], received = 0;

    rig_pair(pair);
    struct rig_file *file = rig_file(pair[0], source);
    sender.descriptor = pair[1];
    pthread_create(&thread, NULL, send_on_demand, &sender);
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t byte = 0;
        rig_receive(file, &request, &byte, 1);
        atomic_fetch_add(&sender.go, 1);
        for (uint32_t spin = rig_random(3000); spin; spin--)
            cpu_relax();
        engine_cancel(&file->engine, NULL, NULL);
        if (!rig_await(&request))
            break;
        EXPECT(request.result == 1 || request.result == -ECANCELED);
        if (request.result == 1)
            EXPECT_EQUAL(byte, rig_byte((uint64_t)received++));
    }
    printf("  data won %d of %d\n", received, ROUNDS);
    while (received < ROUNDS) {
        uint8_t byte = 0;
        rig_receive(file, &request, &byte, 1);
        if (!rig_await(&request))
            break;
        EXPECT_EQUAL(request.result, 1);
        EXPECT_EQUAL(byte, rig_byte((uint64_t)received++));
    }
    atomic_store(&sender.stop, true);
    pthread_join(thread, NULL);
    rig_release(file);
    close(pair[1]);
}

static bool is_this(struct engine_request *request, void *wanted)
{
    return request == wanted;
}

/* One of several goes; the others stay, in order, and get the bytes. */
static void cancel_of_one_among_many(struct engine_source *source)
{
    enum { COUNT = 6 };
    struct rig_request requests[COUNT] = {0};
    char bytes[COUNT] = {0};
    int pair[2];

    for (int gone = 0; gone < COUNT; gone++) {
        rig_pair(pair);
        struct rig_file *file = rig_file(pair[0], source);
        for (int index = 0; index < COUNT; index++)
            rig_receive(file, &requests[index], &bytes[index], 1);
        EXPECT_EQUAL(engine_cancel(&file->engine, is_this, &requests[gone].request), 1);
        rig_await(&requests[gone]);
        EXPECT_EQUAL(requests[gone].result, -ECANCELED);
        EXPECT_EQUAL(send(pair[1], "abcde", COUNT - 1, 0), COUNT - 1);
        char next = 'a';
        for (int index = 0; index < COUNT; index++) {
            if (index == gone)
                continue;
            rig_await(&requests[index]);
            EXPECT_EQUAL(requests[index].result, 1);
            EXPECT_EQUAL(bytes[index], next++);
        }
        rig_release(file);
        close(pair[1]);
    }
}

/* A file goes from source to source while a receive waits and data comes. */
static void move_between_sources(struct engine_source *one, struct engine_source *other)
{
    enum { ROUNDS = 500 };
    struct rig_request request = {0};
    struct sender sender = {0};
    pthread_t thread;
    int pair[2];

    rig_pair(pair);
    struct rig_file *file = rig_file(pair[0], one);
    sender.descriptor = pair[1];
    pthread_create(&thread, NULL, send_on_demand, &sender);
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t byte = 0;
        rig_receive(file, &request, &byte, 1);
        if (round % 2)
            atomic_fetch_add(&sender.go, 1);
        engine_file_move(&file->engine, round % 4 < 2 ? other : one);
        if (!(round % 2))
            atomic_fetch_add(&sender.go, 1);
        if (!rig_await(&request))
            break;
        EXPECT_EQUAL(request.result, 1);
        EXPECT_EQUAL(byte, rig_byte((uint64_t)round));
    }
    atomic_store(&sender.stop, true);
    pthread_join(thread, NULL);
    /* Cancelled right after it moved: wherever it is held, it ends. */
    for (int round = 0; round < 100; round++) {
        uint8_t byte = 0;
        rig_receive(file, &request, &byte, 1);
        engine_file_move(&file->engine, round % 2 ? other : one);
        engine_cancel(&file->engine, NULL, NULL);
        rig_await(&request);
        EXPECT_EQUAL(request.result, -ECANCELED);
    }
    rig_release(file);
    close(pair[1]);
}

/* A source goes while a file that has moved away may have left something behind. */
static void source_that_goes(void)
{
    for (int round = 0; round < 50; round++) {
        struct engine_source *source = rig_source();
        struct rig_request request = {0};
        char byte = 0;
        int pair[2];
        rig_pair(pair);
        struct rig_file *file = rig_file(pair[0], source);
        rig_receive(file, &request, &byte, 1);
        engine_file_move(&file->engine, NULL);
        engine_source_destroy(source);
        EXPECT_EQUAL(send(pair[1], "x", 1, 0), 1);
        rig_await(&request);
        EXPECT_EQUAL(request.result, 1);
        rig_release(file);
        close(pair[1]);
    }
}

enum { ORPHANS = 64 };

struct orphans {
    struct rig_file *files[ORPHANS];
    struct rig_request requests[ORPHANS], sends[ORPHANS];
    char bytes[ORPHANS];
    char *large;
    size_t size;
};

static void *start_and_end(void *context)
{
    struct orphans *orphans = context;

    for (int index = 0; index < ORPHANS; index++) {
        rig_receive(orphans->files[index], &orphans->requests[index], &orphans->bytes[index], 1);
        rig_send(orphans->files[index], &orphans->sends[index], orphans->large, orphans->size);
    }
    return NULL;
}

/* Its requests go on when a thread ends, and neither bytes that came nor bytes that went are lost
 * or doubled. */
static void thread_that_ends(struct engine_source *source)
{
    static struct orphans orphans;
    int peers[ORPHANS];
    pthread_t thread;

    orphans.size = 1 << 20;
    orphans.large = malloc(orphans.size);
    rig_fill(orphans.large, orphans.size, 0);
    for (int index = 0; index < ORPHANS; index++) {
        int pair[2];
        rig_pair(pair);
        orphans.files[index] = rig_file(pair[0], source);
        peers[index] = pair[1];
    }
    pthread_create(&thread, NULL, start_and_end, &orphans);
    char piece[65536];
    uint64_t positions[ORPHANS] = {0};
    /* Some are in the middle of being sent when the thread ends. */
    for (int index = 0; index < ORPHANS; index += 2)
        positions[index] = (uint64_t)recv(peers[index], piece, 10000, 0);
    pthread_join(thread, NULL);
    rig_pause(20 * NANOSECONDS_PER_MILLISECOND);
    for (int index = 0; index < ORPHANS; index++) {
        EXPECT(!rig_ended(&orphans.requests[index]));
        EXPECT_EQUAL(send(peers[index], "x", 1, 0), 1);
    }
    for (int index = 0; index < ORPHANS; index++) {
        rig_await(&orphans.requests[index]);
        EXPECT_EQUAL(orphans.requests[index].result, 1);
        EXPECT_EQUAL(orphans.bytes[index], 'x');
        while (positions[index] < orphans.size) {
            struct pollfd waits = {.fd = peers[index], .events = POLLIN};
            if (poll(&waits, 1, 20000) != 1)
                break;
            ssize_t got = recv(peers[index], piece, sizeof piece, 0);
            if (got <= 0)
                break;
            EXPECT(rig_same(piece, (size_t)got, positions[index]));
            positions[index] += (uint64_t)got;
        }
        EXPECT_EQUAL(positions[index], orphans.size);
        rig_await(&orphans.sends[index]);
        EXPECT_EQUAL(orphans.sends[index].result, orphans.size);
        rig_release(orphans.files[index]);
        close(peers[index]);
    }
    free(orphans.large);
}

struct computing {
    struct rig_file *file;
    struct rig_request request;
    char byte;
    _Atomic bool started, stop;
};

static void *start_and_compute(void *context)
{
    struct computing *computing = context;

    rig_receive(computing->file, &computing->request, &computing->byte, 1);
    atomic_store(&computing->started, true);
    while (!atomic_load_explicit(&computing->stop, memory_order_relaxed))
        cpu_relax();
    return NULL;
}

/* The thread that started a request does not enter the kernel again: its completion comes all the
 * same, and soon. */
static void thread_that_computes(struct engine_source *source)
{
    enum { ROUNDS = 20 };
    int64_t times[ROUNDS];

    for (int round = 0; round < ROUNDS; round++) {
        struct computing computing = {0};
        pthread_t thread;
        int pair[2];
        rig_pair(pair);
        computing.file = rig_file(pair[0], source);
        pthread_create(&thread, NULL, start_and_compute, &computing);
        while (!atomic_load(&computing.started))
            sched_yield();
        rig_pause(rig_random(4000) * NANOSECONDS_PER_MICROSECOND);
        int64_t before = clock_now();
        EXPECT_EQUAL(send(pair[1], "x", 1, 0), 1);
        rig_await(&computing.request);
        times[round] = clock_now() - before;
        EXPECT_EQUAL(computing.request.result, 1);
        atomic_store(&computing.stop, true);
        pthread_join(thread, NULL);
        rig_release(computing.file);
        close(pair[1]);
    }
    for (int round = 1; round < ROUNDS; round++)
        for (int place = round; place && times[place] < times[place - 1]; place--) {
            int64_t other = times[place];
            times[place] = times[place - 1];
            times[place - 1] = other;
        }
    printf("  from send to end: median %lld us, longest %lld us\n",
           (long long)(times[ROUNDS / 2] / 1000), (long long)(times[ROUNDS - 1] / 1000));
}

static void kick_before_the_wait(void)
{
    struct engine_source *source = rig_source();

    for (int round = 0; round < 100; round++) {
        engine_source_kick(source);
        int64_t before = clock_now();
        engine_source_poll(source, before + RIG_PATIENCE, UINT32_MAX);
        EXPECT(clock_now() - before < RIG_PATIENCE / 2);
    }
    int64_t before = clock_now();
    engine_source_poll(source, before + 30 * NANOSECONDS_PER_MILLISECOND, UINT32_MAX);
    engine_source_poll(source, before + 30 * NANOSECONDS_PER_MILLISECOND, UINT32_MAX);
    EXPECT(clock_now() - before >= 29 * NANOSECONDS_PER_MILLISECOND);
    engine_source_destroy(source);
}

struct kicked {
    struct engine_source *source;
    _Atomic unsigned polls;
    _Atomic bool stop;
};

static void *poll_for_ever(void *context)
{
    struct kicked *kicked = context;

    while (!atomic_load(&kicked->stop)) {
        engine_source_poll(kicked->source, CLOCK_FOREVER, UINT32_MAX);
        atomic_fetch_add(&kicked->polls, 1);
    }
    return NULL;
}

static void *poll_without_waiting(void *context)
{
    struct kicked *kicked = context;

    while (!atomic_load(&kicked->stop)) {
        engine_source_poll(kicked->source, 0, UINT32_MAX);
        sched_yield();
    }
    return NULL;
}

/* Every kick makes the waiting poll return, also when others look into the source meanwhile. */
static void kicks_from_everywhere(bool thief)
{
    struct kicked kicked = {.source = rig_source()};
    pthread_t waiting, looking;
    unsigned late = 0;

    pthread_create(&waiting, NULL, poll_for_ever, &kicked);
    if (thief)
        pthread_create(&looking, NULL, poll_without_waiting, &kicked);
    for (int round = 0; round < 5000; round++) {
        unsigned before = atomic_load(&kicked.polls);
        int64_t deadline = clock_now() + 2 * NANOSECONDS_PER_SECOND;
        engine_source_kick(kicked.source);
        while (atomic_load(&kicked.polls) == before && clock_now() < deadline)
            sched_yield();
        late += atomic_load(&kicked.polls) == before;
        if (late > 3)
            break;
    }
    printf("  kicks lost: %u\n", late);
    EXPECT(late == 0);
    atomic_store(&kicked.stop, true);
    if (thief)
        pthread_join(looking, NULL);
    engine_source_kick(kicked.source);
    pthread_join(waiting, NULL);
    engine_source_destroy(kicked.source);
}

#define RUN(call)                                                                                  \
    do {                                                                                           \
        printf("%s\n", #call);                                                                     \
        call;                                                                                      \
    } while (0)

int main(int count, char **arguments)
{
    struct rig_poller pollers[3];

    if (!rig_begin(count, arguments))
        return expect_report();
    RUN(kick_before_the_wait());
    RUN(kicks_from_everywhere(false));
    if (rig_is("uring"))
        RUN(kicks_from_everywhere(true));
    struct engine_source *one = rig_source();
    struct engine_source *other = rig_source();
    rig_poller_start(&pollers[0], one);
    rig_poller_start(&pollers[1], one);
    rig_poller_start(&pollers[2], other);
    RUN(cancel_of_what_waits(one));
    RUN(cancel_against_data(one));
    RUN(cancel_of_one_among_many(one));
    RUN(move_between_sources(one, other));
    RUN(move_between_sources(one, NULL));
    RUN(source_that_goes());
    RUN(thread_that_ends(one));
    RUN(thread_that_ends(NULL));
    RUN(thread_that_computes(one));
    rig_poller_stop(&pollers[1]);
    rig_poller_stop(&pollers[0]);
    rig_poller_stop(&pollers[2]);
    if (!rig_is("fake"))
        RUN(cancel_of_what_waits(one)); /* nobody polls */
    engine_source_destroy(one);
    engine_source_destroy(other);
    rig_end();
    return expect_report();
}
