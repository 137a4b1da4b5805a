/* SPDX-License-Identifier: MIT
 *
 * Requests through lanes, on each engine: what goes in comes out, in order, once.
 */
#include "unit/engine/rig.h"

#include "base/fault.h"

#include <fcntl.h>
#include <sys/ioctl.h>

enum { WINDOW = 8, LARGEST = 60000, STREAM = RIG_SLOWED ? 1 << 19 : 4 << 20 };

/* One direction of a connection: a window of requests over a known stream of bytes. */
struct flow {
    struct rig_file *file;
    enum engine_lane_index lane;
    struct rig_request requests[WINDOW];
    uint8_t *buffers[WINDOW];
    size_t lengths[WINDOW];
    uint64_t started, ended; /* requests */
    uint64_t position;       /* bytes: started (out), received (in) */
    uint64_t order;
};

/* The buffer of a slot as one piece or, now and then, as several. */
static void flow__describe(struct flow *flow, unsigned slot, size_t length)
{
    struct rig_request *request = &flow->requests[slot];
    unsigned pieces = rig_random(3) ? 0 : 1 + rig_random(7);
    size_t used = 0;

    request->request = (struct engine_request){
        .kind = flow->lane == ENGINE_OUT ? ENGINE_SEND : ENGINE_RECEIVE, .length = length};
    if (!pieces || length < 16) {
        request->request.data = flow->buffers[slot];
        return;
    }
    for (unsigned piece = 0; piece < pieces; piece++) {
        size_t size = piece + 1 == pieces ? length - used : (length - used) / 3;
        request->pieces[piece] = (struct iovec){flow->buffers[slot] + used, size};
        used += size;
    }
    request->request.vector = request->pieces;
    request->request.count = (uint16_t)pieces;
}

static void flow__start(struct flow *flow)
{
    unsigned slot = flow->started++ % WINDOW;
    size_t length = 1 + rig_random(rig_random(2) ? 100 : LARGEST);

    if (flow->lane == ENGINE_OUT) {
        if (length > STREAM - flow->position)
            length = (size_t)(STREAM - flow->position);
        rig_fill(flow->buffers[slot], length, flow->position);
        flow->position += length;
    }
    flow->lengths[slot] = length;
    flow__describe(flow, slot, length);
    rig_start(flow->file, flow->lane, &flow->requests[slot]);
}

/* Takes the oldest if it has ended; returns whether it had. */
static bool flow__take(struct flow *flow)
{
    unsigned slot = flow->ended % WINDOW;
    struct rig_request *request = &flow->requests[slot];

    if (flow->ended == flow->started || !rig_ended(request))
        return false;
    EXPECT_EQUAL(atomic_load(&request->endings), 1);
    EXPECT(request->order >= flow->order);
    flow->order = request->order;
    flow->ended++;
    if (flow->lane == ENGINE_OUT) {
        EXPECT_EQUAL(request->result, flow->lengths[slot]);
        return true;
    }
    EXPECT(request->result >= 0 && (size_t)request->result <= flow->lengths[slot]);
    EXPECT(rig_same(flow->buffers[slot], (size_t)request->result, flow->position));
    flow->position += (uint64_t)request->result;
    return true;
}

static void flow__init(struct flow *flow, struct rig_file *file, enum engine_lane_index lane)
{
    memset(flow, 0, sizeof *flow);
    flow->file = file;
    flow->lane = lane;
    for (int slot = 0; slot < WINDOW; slot++)
        flow->buffers[slot] = malloc(LARGEST + 1);
}

static void flow__finish(struct flow *flow)
{
    for (int slot = 0; slot < WINDOW; slot++)
        free(flow->buffers[slot]);
}

static void stream_of_random_sizes(struct engine_source *source, bool nonblocking)
{
    struct flow in, out;
    int pair[2];
    int64_t deadline = clock_now() + 3 * RIG_PATIENCE;

    rig_pair(pair);
    if (nonblocking) {
        fcntl(pair[0], F_SETFL, O_NONBLOCK);
        fcntl(pair[1], F_SETFL, O_NONBLOCK);
    }
    flow__init(&in, rig_file(pair[0], source), ENGINE_IN);
    flow__init(&out, rig_file(pair[1], source), ENGINE_OUT);
    while (in.position < STREAM && clock_now() < deadline) {
        bool moved = false;
        while (in.started - in.ended < WINDOW)
            flow__start(&in);
        while (out.started - out.ended < WINDOW && out.position < STREAM)
            flow__start(&out);
        while (flow__take(&out))
            moved = true;
        while (flow__take(&in))
            moved = true;
        if (!moved)
            sched_yield();
    }
    EXPECT_EQUAL(in.position, STREAM);
    engine_close(&in.file->engine, ECONNABORTED);
    engine_close(&out.file->engine, ECONNABORTED);
    while (in.ended < in.started)
        if (rig_await(&in.requests[in.ended++ % WINDOW]))
            continue;
    rig_release(in.file);
    rig_release(out.file);
    flow__finish(&in);
    flow__finish(&out);
}

/* Many more receives than fit anything, filled byte by byte in the order they were started. */
static void receives_keep_their_order(struct engine_source *source)
{
    enum { COUNT = 300, SIZE = 7 };
    static struct rig_request requests[COUNT];
    static uint8_t buffers[COUNT][SIZE];
    uint8_t all[COUNT * SIZE];
    int pair[2];
    size_t sent = 0;

    rig_pair(pair);
    struct rig_file *file = rig_file(pair[0], source);
    for (int index = 0; index < COUNT; index++) {
        requests[index].request = (struct engine_request){.kind = ENGINE_RECEIVE,
                                                          .flags = ENGINE_WAIT_ALL,
                                                          .data = buffers[index],
                                                          .length = SIZE};
        rig_start(file, ENGINE_IN, &requests[index]);
    }
    rig_fill(all, sizeof all, 0);
    while (sent < sizeof all) {
        size_t size = 1 + rig_random(40);
        if (size > sizeof all - sent)
            size = sizeof all - sent;
        EXPECT_EQUAL(send(pair[1], all + sent, size, 0), size);
        sent += size;
    }
    for (int index = 0; index < COUNT; index++) {
        if (!rig_await(&requests[index]))
            break;
        EXPECT_EQUAL(requests[index].result, SIZE);
        EXPECT(rig_same(buffers[index], SIZE, (uint64_t)index * SIZE));
        EXPECT(index == 0 || requests[index].order > requests[index - 1].order);
    }
    rig_release(file);
    close(pair[1]);
}

/* Sends that wait for a slow reader, then the end of the stream behind them. */
static void sends_then_shutdown(struct engine_source *source)
{
    enum { COUNT = 40, SIZE = 100000 };
    static struct rig_request requests[COUNT], last;
    static uint8_t buffers[COUNT][SIZE], piece[70000];
    uint64_t position = 0;
    ssize_t got;
    int pair[2];

    rig_pair(pair);
    struct rig_file *file = rig_file(pair[0], source);
    for (int index = 0; index < COUNT; index++) {
        rig_fill(buffers[index], SIZE, (uint64_t)index * SIZE);
        rig_send(file, &requests[index], buffers[index], SIZE);
    }
    last.request = (struct engine_request){.kind = ENGINE_SHUTDOWN};
    rig_start(file, ENGINE_OUT, &last);
    while ((got = recv(pair[1], piece, sizeof piece, 0)) > 0) {
        EXPECT(rig_same(piece, (size_t)got, position));
        position += (uint64_t)got;
    }
    EXPECT_EQUAL(got, 0);
    EXPECT_EQUAL(position, (uint64_t)COUNT * SIZE);
    for (int index = 0; index < COUNT; index++) {
        rig_await(&requests[index]);
        EXPECT_EQUAL(requests[index].result, SIZE);
        EXPECT(index == 0 || requests[index].order > requests[index - 1].order);
    }
    rig_await(&last);
    EXPECT_EQUAL(last.result, 0);
    rig_release(file);
    close(pair[1]);
}

/* Connect with data to send, accept into a place, wait until readable, look, receive, see the end.
 */
static void one_connection_in_full(struct engine_source *source)
{
    struct sockaddr_in address;
    struct rig_request accepted = {0}, connected = {0}, readable = {0}, looked = {0}, taken = {0};
    char first[] = "hello", look[8] = "", data[8] = "";
    struct rig_file *listener = rig_file(rig_listen(&address), source);
    struct rig_file *client = rig_file(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), source);
    int place = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    /* There is no accept that does not wait on a descriptor that does. */
    fcntl(listener->engine.descriptor, F_SETFL, O_NONBLOCK);
    accepted.request = (struct engine_request){.kind = ENGINE_ACCEPT, .length = (size_t)place};
    rig_start(listener, ENGINE_IN, &accepted);
    EXPECT(!rig_ended(&accepted));
    connected.pieces[0] = (struct iovec){&address, sizeof address};
    connected.pieces[1] = (struct iovec){first, 5};
    connected.request = (struct engine_request){
        .kind = ENGINE_CONNECT, .vector = connected.pieces, .count = 2, .length = 5};
    rig_start(client, ENGINE_OUT, &connected);
    rig_await(&connected);
    EXPECT_EQUAL(connected.result, 5);
    rig_await(&accepted);
    EXPECT_EQUAL(accepted.result, 0);
    struct rig_file *server = rig_file(place, source);
    readable.request = (struct engine_request){.kind = ENGINE_READABLE};
    rig_start(server, ENGINE_IN, &readable);
    looked.request = (struct engine_request){
        .kind = ENGINE_RECEIVE, .data = look, .length = 8, .message_flags = MSG_PEEK};
    rig_start(server, ENGINE_IN, &looked);
    rig_await(&readable);
    EXPECT_EQUAL(readable.result, 0);
    rig_await(&looked);
    EXPECT_EQUAL(looked.result, 5);
    for (size_t got = 0; got < 5; got += (size_t)taken.result) {
        rig_receive(server, &taken, data + got, 8 - got);
        if (!rig_await(&taken) || taken.result <= 0)
            break;
    }
    EXPECT(memcmp(data, first, 5) == 0 && memcmp(look, first, 5) == 0);
    rig_receive(server, &taken, data, 8);
    shutdown(client->engine.descriptor, SHUT_WR);
    rig_await(&taken);
    EXPECT_EQUAL(taken.result, 0);
    rig_release(server);
    rig_release(client);
    rig_release(listener);
}

/* Closing ends everything, with the error asked for, and refuses what comes later. */
static void close_with_everything_pending(struct engine_source *source)
{
    enum { EACH = 30, SIZE = 1 << 18 };
    static struct rig_request in[EACH], out[EACH], late;
    static uint8_t buffers[EACH], large[SIZE];
    int pair[2];
    int ended = 0;

    rig_pair(pair);
    struct rig_file *file = rig_file(pair[0], source);
    for (int index = 0; index < EACH; index++) {
        rig_receive(file, &in[index], &buffers[index], 1);
        rig_send(file, &out[index], large, SIZE);
    }
    EXPECT(engine_busy(&file->engine, ENGINE_IN) && engine_busy(&file->engine, ENGINE_OUT));
    engine_close(&file->engine, ENOTSOCK);
    for (int index = 0; index < EACH; index++) {
        rig_await(&in[index]);
        EXPECT_EQUAL(in[index].result, -ENOTSOCK);
        rig_await(&out[index]);
        EXPECT(out[index].result == -ENOTSOCK || (out[index].result == SIZE && ended == index));
        ended += out[index].result == SIZE;
    }
    EXPECT(ended < EACH);
    rig_receive(file, &late, buffers, 1);
    rig_await(&late);
    EXPECT_EQUAL(late.result, -ENOTSOCK);
    rig_release(file);
    close(pair[1]);
}

/* A descriptor that never blocks: waiting for it must not burn the processor. */
static void nonblocking_does_not_spin(struct engine_source *source)
{
    struct rig_request request = {0};
    struct timespec before, after;
    char byte = 0;
    int pair[2];

    rig_pair(pair);
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    struct rig_file *file = rig_file(pair[0], source);
    /* What earlier tests left to be worked off is not this request's. */
    rig_pause((RIG_SLOWED ? 200 : 0) * NANOSECONDS_PER_MILLISECOND);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    rig_receive(file, &request, &byte, 1);
    rig_pause((RIG_SLOWED ? 900 : 300) * NANOSECONDS_PER_MILLISECOND);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    int64_t burnt =
        (after.tv_sec - before.tv_sec) * NANOSECONDS_PER_SECOND + after.tv_nsec - before.tv_nsec;
    EXPECT(burnt < (RIG_SLOWED ? 450 : 100) * NANOSECONDS_PER_MILLISECOND);
    EXPECT(!rig_ended(&request));
    EXPECT_EQUAL(send(pair[1], "x", 1, 0), 1);
    rig_await(&request);
    EXPECT_EQUAL(request.result, 1);
    EXPECT_EQUAL(byte, 'x');
    rig_release(file);
    close(pair[1]);
}

/* 10,000 requests wait at once, on more files than a completion queue has places, while nobody
 * polls; all are made ready; then all end. */
static void ten_thousand_at_once(struct engine_source *source)
{
    enum { FILES = RIG_SLOWED ? 500 : 5000, EACH = 2 };
    static struct rig_request requests[FILES][EACH];
    static uint8_t bytes[FILES][EACH];
    struct rig_file **files = calloc(FILES, sizeof *files);
    int *peers = calloc(FILES, sizeof *peers);
    int64_t deadline = clock_now() + RIG_PATIENCE;
    int ended = 0;

    for (int index = 0; index < FILES; index++) {
        int pair[2] = {-1, -1};
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
            printf("FAIL this test needs %d descriptors: %s\n", 2 * FILES + 50, strerror(errno));
            exit(1);
        }
        files[index] = rig_file(pair[0], source);
        peers[index] = pair[1];
        for (int each = 0; each < EACH; each++)
            rig_receive(files[index], &requests[index][each], &bytes[index][each], 1);
    }
    for (int index = 0; index < FILES; index++)
        EXPECT_EQUAL(send(peers[index], "ab", 2, 0), 2);
    while (ended < FILES * EACH && clock_now() < deadline) {
        engine_source_poll(source, 0, UINT32_MAX);
        while (ended < FILES * EACH && rig_ended(&requests[ended / EACH][ended % EACH]))
            ended++;
    }
    EXPECT_EQUAL(ended, FILES * EACH);
    for (int index = 0; index < FILES; index++) {
        for (int each = 0; each < EACH; each++)
            EXPECT_EQUAL(requests[index][each].result, 1);
        EXPECT(bytes[index][0] == 'a' && bytes[index][1] == 'b');
        rig_release(files[index]);
        close(peers[index]);
    }
    free(files);
    free(peers);
}

/* The library's own source cannot be made: the request that needed it says so, the next succeeds.
 * Has to come before anything else that needs it. */
static void no_descriptor_for_the_service(void)
{
    struct rig_request request = {0};
    char byte;
    int pair[2];

    rig_pair(pair);
    struct rig_file *file = rig_file(pair[0], NULL);
    for (int faults = 1; faults <= 2; faults++) {
        atomic_store(&fault_countdown[FAULT_DESCRIPTOR], faults);
        rig_receive(file, &request, &byte, 1);
        if (!rig_ended(&request)) /* the fake puts off what fails */
            rig_pause(50 * NANOSECONDS_PER_MILLISECOND);
        EXPECT_EQUAL(atomic_load(&fault_countdown[FAULT_DESCRIPTOR]), 0);
        rig_await(&request);
        EXPECT_EQUAL(request.result, -ENOMEM);
    }
    rig_receive(file, &request, &byte, 1);
    EXPECT(!rig_ended(&request));
    EXPECT_EQUAL(send(pair[1], "x", 1, 0), 1);
    rig_await(&request);
    EXPECT_EQUAL(request.result, 1);
    rig_release(file);
    close(pair[1]);
}

static void no_descriptor_for_a_source(void)
{
    atomic_store(&fault_countdown[FAULT_DESCRIPTOR], 1);
    EXPECT(engine_source_create() == NULL);
    if (rig_is("uring"))
        EXPECT_EQUAL(errno, EMFILE);
}

#define RUN(call)                                                                                  \
    do {                                                                                           \
        printf("%s\n", #call);                                                                     \
        call;                                                                                      \
    } while (0)

static void all_with(struct engine_source *source)
{
    RUN(stream_of_random_sizes(source, false));
    RUN(stream_of_random_sizes(source, true));
    RUN(receives_keep_their_order(source));
    RUN(sends_then_shutdown(source));
    RUN(one_connection_in_full(source));
    RUN(close_with_everything_pending(source));
    RUN(nonblocking_does_not_spin(source));
}

int main(int count, char **arguments)
{
    struct rig_poller pollers[2];

    if (!rig_begin(count, arguments))
        return expect_report();
    if (!rig_is("fake"))
        RUN(no_descriptor_for_the_service());
    RUN(no_descriptor_for_a_source());
    struct engine_source *source = rig_source();
    EXPECT(source != NULL);
    RUN(ten_thousand_at_once(source));
    rig_poller_start(&pollers[0], source);
    all_with(source);
    rig_poller_stop(&pollers[0]);
    printf("left to the service\n");
    engine_source_leave(source);
    all_with(source);
    engine_source_take_back(source);
    printf("of no source\n");
    all_with(NULL);
    engine_source_destroy(source);
    rig_end();
    return expect_report();
}
