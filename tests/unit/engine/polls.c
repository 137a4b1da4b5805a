/* SPDX-License-Identifier: MIT
 *
 * What watches a descriptor, and what it must not do: keep a connection that is closed or replaced,
 * get lost when the kernel ends it by itself, speak of what is no more, wake for ever. For
 * io_uring, whose polls are all that; the other engines keep the same promises.
 */
#include "unit/engine/rig.h"

#include <fcntl.h>
#include <poll.h>

/* The number of the incoming lane's poll; 0 on engines without. */
static unsigned arming(struct rig_file *file)
{
    return atomic_load(&file->engine.armings[ENGINE_IN]);
}

static struct rig_file *waiting(struct engine_source *source, struct rig_request *request,
                                char *byte, int *peer)
{
    int pair[2];

    rig_pair(pair);
    struct rig_file *file = rig_file(pair[0], source);
    rig_receive(file, request, byte, 1);
    *peer = pair[1];
    return file;
}

static void expect_byte(struct rig_request *request, const char *byte, int peer, char sent)
{
    EXPECT_EQUAL(send(peer, &sent, 1, 0), 1);
    rig_await(request);
    EXPECT_EQUAL(request->result, 1);
    EXPECT_EQUAL(*byte, sent);
}

/* More edges than the completion queue has places while nobody looks: the kernel ends the poll. */
static void more_edges_than_places(void)
{
    struct engine_source *source = rig_source();
    struct rig_request request = {0};
    struct rig_poller poller;
    char byte = 0, other;
    int peer;

    struct rig_file *file = waiting(source, &request, &byte, &peer);
    unsigned first = arming(file);
    for (int round = 0; round < 6000; round++) {
        EXPECT_EQUAL(send(peer, "-", 1, 0), 1);
        EXPECT_EQUAL(recv(file->engine.descriptor, &other, 1, 0), 1);
    }
    rig_poller_start(&poller, source);
    rig_pause(20 * NANOSECONDS_PER_MILLISECOND);
    expect_byte(&request, &byte, peer, 'x');
    EXPECT(!rig_is("uring") || (first && arming(file) != first));
    rig_poller_stop(&poller);
    rig_release(file);
    close(peer);
    engine_source_destroy(source);
}

struct armer {
    struct engine_source *source;
    struct rig_file *file;
    struct rig_request request;
    char byte;
    int peer;
    _Atomic bool armed, stop;
};

static void *arm_and_sleep(void *context)
{
    struct armer *armer = context;

    armer->file = waiting(armer->source, &armer->request, &armer->byte, &armer->peer);
    atomic_store(&armer->armed, true);
    while (!atomic_load(&armer->stop))
        rig_pause(100 * NANOSECONDS_PER_MILLISECOND);
    return NULL;
}

static void armer_start(struct armer *armer, pthread_t *thread, struct engine_source *source)
{
    armer->source = source;
    EXPECT_EQUAL(pthread_create(thread, NULL, arm_and_sleep, armer), 0);
    while (!atomic_load(&armer->armed))
        sched_yield();
}

/* The peer hears of the end at once, also if it was another thread that had the socket watched:
 * when the call returns, or when the thread that polls has been nudged. Else it would hear of it
 * when the other thread wakes up, within 100 ms. */
static void end_is_told(struct engine_source *source, bool replaced)
{
    enum { ROUNDS = 20, SOON_MS = 20 };
    int soon = 0;

    for (int round = 0; round < ROUNDS; round++) {
        struct armer armer = {0};
        pthread_t thread;
        int next[2];
        armer_start(&armer, &thread, source);
        struct pollfd end = {.fd = armer.peer, .events = POLLIN};
        engine_cancel(&armer.file->engine, NULL, NULL);
        rig_await(&armer.request);
        if (replaced) {
            rig_pair(next);
            EXPECT(dup3(next[0], armer.file->engine.descriptor, O_CLOEXEC) >= 0);
            close(next[0]);
            engine_file_renew(&armer.file->engine, false);
        } else {
            rig_release(armer.file);
        }
        soon += poll(&end, 1, SOON_MS) == 1;
        EXPECT_EQUAL(poll(&end, 1, 5000), 1);
        EXPECT_EQUAL(recv(armer.peer, &armer.byte, 1, MSG_DONTWAIT), 0);
        if (replaced) {
            rig_receive(armer.file, &armer.request, &armer.byte, 1);
            expect_byte(&armer.request, &armer.byte, next[1], 'n');
            rig_release(armer.file);
            close(next[1]);
        }
        close(armer.peer);
        atomic_store(&armer.stop, true);
        pthread_join(thread, NULL);
    }
    printf("  told soon: %d of %d\n", soon, ROUNDS);
    EXPECT(rig_is("fake") || soon > ROUNDS / 2);
}

/* What was reported of a file that is gone comes when its memory is another file. */
static void news_of_what_is_gone(void)
{
    struct engine_source *source = rig_source();
    struct rig_request request = {0};
    struct rig_poller poller;
    char byte = 0, other;
    int peer, pair[2];

    struct rig_file *file = waiting(source, &request, &byte, &peer);
    EXPECT_EQUAL(send(peer, "-", 1, 0), 1);
    EXPECT_EQUAL(recv(file->engine.descriptor, &other, 1, 0), 1);
    engine_cancel(&file->engine, NULL, NULL);
    if (rig_is("fake")) { /* holds what is cancelled until it is polled */
        rig_poller_start(&poller, source);
        rig_await(&request);
        rig_poller_stop(&poller);
    }
    rig_release(file);
    close(peer);
    rig_pair(pair);
    engine_file_init(&file->engine, pair[0]);
    atomic_store(&file->holders, 1);
    engine_file_move(&file->engine, source);
    rig_receive(file, &request, &byte, 1);
    unsigned first = arming(file);
    rig_poller_start(&poller, source);
    rig_pause(20 * NANOSECONDS_PER_MILLISECOND);
    EXPECT(!rig_ended(&request));
    EXPECT_EQUAL(arming(file), first);
    expect_byte(&request, &byte, pair[1], 'x');
    rig_poller_stop(&poller);
    rig_release(file);
    close(pair[1]);
    engine_source_destroy(source);
}

/* Whoever polls takes over what a thread armed that sleeps elsewhere. */
static void changes_hands(struct engine_source *source)
{
    struct armer armer = {0};
    pthread_t thread;

    armer_start(&armer, &thread, source);
    unsigned first = arming(armer.file);
    for (int round = 0; round < 50; round++) {
        expect_byte(&armer.request, &armer.byte, armer.peer, (char)('a' + round % 26));
        rig_receive(armer.file, &armer.request, &armer.byte, 1);
    }
    /* Where threads are nudged it was the one that polls who armed from the first. */
    EXPECT(!rig_is("uring") || (first && (arming(armer.file) == first) == rig_nudged));
    atomic_store(&armer.stop, true);
    pthread_join(thread, NULL);
    expect_byte(&armer.request, &armer.byte, armer.peer, 'z');
    rig_release(armer.file);
    close(armer.peer);
}

/* The peer has ended its direction and reads nothing: that is no reason to try again and again. */
static void full_and_half_closed(struct engine_source *source)
{
    static char large[8 << 20], received[1 << 20];
    struct rig_request request = {0};
    struct timespec before, after;
    int pair[2];

    rig_pair(pair);
    struct rig_file *file = rig_file(pair[0], source);
    shutdown(pair[1], SHUT_WR);
    request.pieces[0] = (struct iovec){large, sizeof large / 2};
    request.pieces[1] = (struct iovec){large + sizeof large / 2, sizeof large / 2};
    request.request = (struct engine_request){
        .kind = ENGINE_SEND, .vector = request.pieces, .count = 2, .length = sizeof large};
    rig_start(file, ENGINE_OUT, &request);
    rig_pause((RIG_SLOWED ? 200 : 20) * NANOSECONDS_PER_MILLISECOND);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    rig_pause((RIG_SLOWED ? 900 : 300) * NANOSECONDS_PER_MILLISECOND);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    int64_t burnt =
        (after.tv_sec - before.tv_sec) * NANOSECONDS_PER_SECOND + after.tv_nsec - before.tv_nsec;
    printf("  burnt: %lld us\n", (long long)(burnt / 1000));
    EXPECT(burnt < (RIG_SLOWED ? 450 : 100) * NANOSECONDS_PER_MILLISECOND);
    EXPECT(!rig_ended(&request));
    size_t total = 0;
    for (ssize_t got; total < sizeof large; total += (size_t)got)
        if ((got = recv(pair[1], received, sizeof received, 0)) <= 0)
            break;
    EXPECT_EQUAL(total, sizeof large);
    rig_await(&request);
    EXPECT_EQUAL(request.result, sizeof large);
    rig_release(file);
    close(pair[1]);
}

#define RUN(call)                                                                                  \
    do {                                                                                           \
        printf("%s\n", #call);                                                                     \
        call;                                                                                      \
    } while (0)

int main(int count, char **arguments)
{
    struct rig_poller poller;

    if (!rig_begin(count, arguments))
        return expect_report();
    RUN(more_edges_than_places());
    RUN(news_of_what_is_gone());
    struct engine_source *source = rig_source();
    rig_poller_start(&poller, source);
    RUN(end_is_told(source, false));
    RUN(end_is_told(source, true));
    RUN(changes_hands(source));
    RUN(full_and_half_closed(source));
    rig_poller_stop(&poller);
    engine_source_destroy(source);
    rig_end();
    return expect_report();
}
