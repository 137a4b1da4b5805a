/* SPDX-License-Identifier: MIT
 *
 * A thread has begun receives and computes, without a system call, for 50 ms. What arrives for them
 * meanwhile goes to the threads that are free, within a millisecond or so: whether the one that
 * computes is the port's, never had to do with it, has just waited for something else, or serves
 * another port by now; and if no thread is free, to who waits for the operation's event.
 *
 * What the machine's other work does to it does not count: a thread that has lost its processor
 * puts nothing into any queue, and what arrives while that is so for the one that computes is left
 * out. The median of what remains counts; what waited for the kernel's tick would be 2 ms late in
 * the median at 250 ticks a second.
 */
#include "../expect.h"

#include <winsock2.h>
#include <windows.h>

#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTIONS = 10,
    WORKERS = 3,
    SAMPLES = 40, /* that count */
    ENOUGH = 8,   /* of them, on a machine so busy that most do not */
    ROUNDS = 60,
    COMPUTING_MS = 50,
    GAP_US = 100,    /* without a look at the clock: it had no processor */
    LIMIT_US = 1000, /* of the median */
};

enum key { KEY_QUIT = 1, KEY_COMPUTE, KEY_CONNECTION };

struct connection {
    SOCKET socket;
    int peer;
    OVERLAPPED overlapped;
    char byte;
    int64_t sent;
    _Atomic int64_t got;
};

struct gap {
    int64_t from, until;
};

struct scene {
    HANDLE port;
    struct connection connections[CONNECTIONS];
    struct gap gaps[COMPUTING_MS * 1000 / GAP_US]; /* in its computing */
    int gap_count;
    int64_t took[SAMPLES];
    int samples;
    void (*before)(struct scene *scene);  /* arming; NULL: nothing */
    void (*between)(struct scene *scene); /* arming and computing; NULL: nothing */
    HANDLE other;                         /* another port */
    bool events;                          /* arrivals show as events, not as packets */
    _Atomic bool begun, computing;
};

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void pause_us(long microseconds)
{
    struct timespec pause = {.tv_nsec = microseconds * 1000};

    nanosleep(&pause, NULL);
}

static void arm(struct scene *scene)
{
    for (int index = 0; index < CONNECTIONS; index++) {
        struct connection *connection = &scene->connections[index];
        WSABUF buffer = {.len = 1, .buf = &connection->byte};
        DWORD flags = 0;
        EXPECT_EQUAL(
            WSARecv(connection->socket, &buffer, 1, NULL, &flags, &connection->overlapped, NULL),
            SOCKET_ERROR);
        EXPECT_EQUAL(WSAGetLastError(), WSA_IO_PENDING);
    }
}

/* The processor of who computes, and of all others, so that nobody takes it from under him. */
static cpu_set_t apart, others;

static void choose_processors(void)
{
    cpu_set_t all;
    int last = 0;

    EXPECT_EQUAL(sched_getaffinity(0, sizeof all, &all), 0);
    for (int index = 0; index < CPU_SETSIZE; index++)
        if (CPU_ISSET(index, &all))
            last = index;
    CPU_ZERO(&apart);
    CPU_SET(last, &apart);
    others = all;
    if (CPU_COUNT(&all) > 1)
        CPU_CLR(last, &others);
    EXPECT_EQUAL(sched_setaffinity(0, sizeof others, &others), 0);
}

static void arm_and_compute(struct scene *scene)
{
    if (scene->before)
        scene->before(scene);
    arm(scene);
    if (scene->between)
        scene->between(scene);
    EXPECT_EQUAL(sched_setaffinity(0, sizeof apart, &apart), 0);
    int64_t last = now_us(), until = last + COMPUTING_MS * 1000;
    scene->gap_count = 0;
    atomic_store(&scene->computing, true);
    atomic_store(&scene->begun, true);
    while (last < until) {
        int64_t now = now_us();
        if (now - last >= GAP_US)
            scene->gaps[scene->gap_count++] = (struct gap){last, now};
        last = now;
    }
    atomic_store(&scene->computing, false);
    EXPECT_EQUAL(sched_setaffinity(0, sizeof others, &others), 0);
}

static DWORD WINAPI work(LPVOID context)
{
    struct scene *scene = context;
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    for (;;) {
        GetQueuedCompletionStatus(scene->port, &bytes, &key, &overlapped, INFINITE);
        if (key == KEY_QUIT)
            return 0;
        if (key == KEY_COMPUTE)
            arm_and_compute(scene);
        else if (!scene->events)
            atomic_store(&scene->connections[key - KEY_CONNECTION].got, now_us());
    }
}

static DWORD WINAPI await_event(LPVOID context)
{
    struct connection *connection = context;

    EXPECT_EQUAL(WaitForSingleObject(connection->overlapped.hEvent, 10000), WAIT_OBJECT_0);
    atomic_store(&connection->got, now_us());
    return 0;
}

/* Sends to one connection after the other while somebody computes. */
static DWORD WINAPI send_all(LPVOID context)
{
    struct scene *scene = context;

    while (!atomic_load(&scene->begun))
        pause_us(100);
    for (int index = 0; index < CONNECTIONS; index++) {
        pause_us(3700);
        scene->connections[index].sent = now_us();
        EXPECT_EQUAL(write(scene->connections[index].peer, "x", 1), 1);
    }
    return 0;
}

/* New ones for each round: who polled takes over what others began. */
static void open_connections(struct scene *scene)
{
    int pair[2];

    for (int index = 0; index < CONNECTIONS; index++) {
        struct connection *connection = &scene->connections[index];
        EXPECT_EQUAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
        connection->socket = (SOCKET)pair[0];
        connection->peer = pair[1];
        EXPECT(CreateIoCompletionPort((HANDLE)connection->socket, scene->port,
                                      KEY_CONNECTION + (ULONG_PTR)index, 0) == scene->port);
        if (scene->events)
            connection->overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    }
}

static void close_connections(struct scene *scene)
{
    for (int index = 0; index < CONNECTIONS; index++) {
        struct connection *connection = &scene->connections[index];
        closesocket(connection->socket);
        close(connection->peer);
        if (scene->events)
            CloseHandle(connection->overlapped.hEvent);
    }
}

static int compare(const void *left, const void *right)
{
    int64_t difference = *(const int64_t *)left - *(const int64_t *)right;

    return difference < 0 ? -1 : difference > 0;
}

/* Whether who computes did so all the time in which it should have arrived. */
static bool had_processor(const struct scene *scene, int64_t sent)
{
    for (int index = 0; index < scene->gap_count; index++)
        if (sent < scene->gaps[index].until && sent + LIMIT_US > scene->gaps[index].from)
            return false;
    return true;
}

/* Waits for all arrivals and the end of computing, and keeps what counts. */
static void collect(struct scene *scene)
{
    for (int tries = 0; tries < 10000 && atomic_load(&scene->computing); tries++)
        pause_us(1000);
    for (int index = 0; index < CONNECTIONS; index++) {
        struct connection *connection = &scene->connections[index];
        for (int tries = 0; tries < 3000 && !atomic_load(&connection->got); tries++)
            pause_us(1000);
        int64_t got = atomic_exchange(&connection->got, 0);
        EXPECT(got != 0);
        if (got && scene->samples < SAMPLES && had_processor(scene, connection->sent))
            scene->took[scene->samples++] = got - connection->sent;
    }
}

/* One thread computes, by `compute` or, NULL, one of the workers that it is posted to. */
static void one_round(struct scene *scene, LPTHREAD_START_ROUTINE compute)
{
    HANDLE computer = NULL, watchers[CONNECTIONS];

    open_connections(scene);
    HANDLE sender = CreateThread(NULL, 0, send_all, scene, 0, NULL);
    for (int index = 0; index < CONNECTIONS && scene->events; index++) {
        watchers[index] = CreateThread(NULL, 0, await_event, &scene->connections[index], 0, NULL);
    }
    if (compute)
        computer = CreateThread(NULL, 0, compute, scene, 0, NULL);
    else
        PostQueuedCompletionStatus(scene->port, 0, KEY_COMPUTE, NULL);
    EXPECT_EQUAL(WaitForSingleObject(sender, 10000), WAIT_OBJECT_0);
    CloseHandle(sender);
    collect(scene);
    for (int index = 0; index < CONNECTIONS && scene->events; index++) {
        EXPECT_EQUAL(WaitForSingleObject(watchers[index], 10000), WAIT_OBJECT_0);
        CloseHandle(watchers[index]);
    }
    if (computer) {
        EXPECT_EQUAL(WaitForSingleObject(computer, 10000), WAIT_OBJECT_0);
        CloseHandle(computer);
    }
    atomic_store(&scene->begun, false);
    pause_us(5000);
    close_connections(scene);
}

static void play(const char *name, struct scene *scene, int workers, LPTHREAD_START_ROUTINE compute)
{
    HANDLE threads[WORKERS];
    int rounds;

    scene->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, WORKERS + 1);
    scene->other = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    for (int index = 0; index < workers; index++)
        threads[index] = CreateThread(NULL, 0, work, scene, 0, NULL);
    Sleep(20);
    for (rounds = 0; rounds < ROUNDS && scene->samples < SAMPLES; rounds++)
        one_round(scene, compute);
    qsort(scene->took, (size_t)scene->samples, sizeof scene->took[0], compare);
    int64_t median = scene->samples ? scene->took[scene->samples / 2] : 0;
    int64_t most = scene->samples ? scene->took[scene->samples - 1] : 0;
    printf("%s: %lld us in the median, at most %lld (%d samples of %d rounds)\n", name,
           (long long)median, (long long)most, scene->samples, rounds);
    EXPECT(scene->samples >= ENOUGH);
    EXPECT(median <= LIMIT_US);
    for (int index = 0; index < workers; index++)
        PostQueuedCompletionStatus(scene->port, 0, KEY_QUIT, NULL);
    for (int index = 0; index < workers; index++) {
        EXPECT_EQUAL(WaitForSingleObject(threads[index], 10000), WAIT_OBJECT_0);
        CloseHandle(threads[index]);
    }
    CloseHandle(scene->port);
    CloseHandle(scene->other);
}

static DWORD WINAPI compute_as_stranger(LPVOID context)
{
    arm_and_compute(context);
    return 0;
}

/* What a thread has polled for it may begin itself; on a port that has come to rest the newest
 * polls. */
static void poll_first(struct scene *scene)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    pause_us(10000);
    EXPECT(!GetQueuedCompletionStatus(scene->port, &bytes, &key, &overlapped, 10));
    EXPECT_EQUAL(GetLastError(), WAIT_TIMEOUT);
}

static void wait_a_little(struct scene *scene)
{
    (void)scene;
    EXPECT_EQUAL(WaitForSingleObject(GetCurrentThread(), 5), WAIT_TIMEOUT);
}

/* Serves the first port, so that what it begins there is its own, then the other. */
static void go_elsewhere(struct scene *scene)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key = 0;
    DWORD bytes;

    PostQueuedCompletionStatus(scene->other, 0, KEY_COMPUTE, NULL);
    EXPECT(GetQueuedCompletionStatus(scene->other, &bytes, &key, &overlapped, 1000));
    EXPECT_EQUAL(key, KEY_COMPUTE);
}

int main(void)
{
    struct scene own = {.before = poll_first}, stranger = {0},
                 waited = {.before = poll_first, .between = wait_a_little},
                 moved = {.before = poll_first, .between = go_elsewhere},
                 alone = {.before = poll_first, .events = true};
    WSADATA data;

    setvbuf(stdout, NULL, _IOLBF, 0);
    choose_processors();
    EXPECT_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
    play("a thread of the port", &own, WORKERS, NULL);
    play("a thread that never waited there", &stranger, WORKERS, compute_as_stranger);
    play("after another wait", &waited, WORKERS, NULL);
    play("for another port", &moved, WORKERS, NULL);
    play("the only thread, of who waits for events", &alone, 1, NULL);
    WSACleanup();
    return expect_report();
}
