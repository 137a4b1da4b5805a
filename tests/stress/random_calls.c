/* SPDX-License-Identifier: MIT
 *
 * Legal and nearly legal calls in any order, from several threads, on tens of sockets whose peers
 * misbehave. Every accepted operation ends exactly once with an outcome that its history allows,
 * streams are checked byte by byte, and nothing is left in the end.
 *
 * usage: random_calls [--seed N] [--operations N]     (or IOCP_SEED; IOCP_STRESS=long)
 * Counted are operations that were accepted; of calls there are some four times as many.
 * The seed repeats the choices of a run; threads interleave as they like. IOCP_ENGINE chooses the
 * engine. `random_calls/` holds the parts, model.h says what they know.
 */
#include "random_calls/model.h"

enum {
    CALLERS = 4,
    PEERS = 2,
    OPERATIONS_SHORT = 400000,
    OPERATIONS_SANITIZED = 20000,
    OPERATIONS_LONG = 10000000
};

HANDLE port;
SOCKET listener;
struct sockaddr_in listener_address, plain_address, dead_address;
int plain_listener;
struct slot slots[SLOTS];
pthread_rwlock_t numbers;
_Atomic long calls_made, operations_accepted, operations_done, connections_made;
_Atomic bool stopping;
_Atomic long failures;

static long operations_wanted;

static DWORD WINAPI caller(void *argument)
{
    uint64_t random = *(uint64_t *)argument;

    while (atomic_load(&operations_accepted) < operations_wanted && !atomic_load(&failures)) {
        struct slot *slot = &slots[stress_random(&random) % SLOTS];
        int state = atomic_load(&slot->state);
        if (state == OPEN && stress_random(&random) % 256 == 0)
            slot_close(slot, &random);
        else if (state == OPEN)
            slot_move(slot, &random);
        else if (state == OPENING && stress_random(&random) % 8 == 0)
            slot_hurry(slot, &random, stress_random(&random) % 8 == 0);
        else if (state == FREE && atomic_compare_exchange_strong(&slot->state, &state, BUSY))
            slot_open(slot, &random);
        if (stress_random(&random) % 2 || operations_pending() > OPERATIONS / 2)
            packets_take(&random, operations_pending() > OPERATIONS / 2 ? 1 : 0);
    }
    return 0;
}

static void plain_listen(void)
{
    socklen_t length = sizeof plain_address;

    plain_address = stress_loopback(0);
    plain_listener = plain_socket(O_NONBLOCK);
    EXPECT_EQUAL(syscall(SYS_bind, plain_listener, &plain_address, sizeof plain_address), 0);
    EXPECT_EQUAL(syscall(SYS_getsockname, plain_listener, &plain_address, &length), 0);
    EXPECT_EQUAL(syscall(SYS_listen, plain_listener, 1024), 0);
    /* Bound and not listening: connecting there is refused. */
    SOCKET dead = socket(AF_INET, SOCK_STREAM, 0);
    int size = sizeof dead_address;
    dead_address = stress_loopback(0);
    EXPECT_EQUAL(bind(dead, (struct sockaddr *)&dead_address, sizeof dead_address), 0);
    EXPECT_EQUAL(getsockname(dead, (struct sockaddr *)&dead_address, &size), 0);
    closesocket(dead);
}

/* Closes what is open and takes packets until none can be left. */
static void wind_up(uint64_t *random)
{
    double start = stress_seconds();
    bool busy = true;

    while (busy && stress_seconds() - start < 30) {
        busy = operations_pending() > 0;
        for (int i = 0; i < SLOTS; i++) {
            int state = atomic_load(&slots[i].state);
            if (state == OPEN)
                slot_close(&slots[i], random);
            else if (state == OPENING)
                slot_hurry(&slots[i], random, true);
            busy |= state != FREE;
        }
        packets_take(random, 1);
    }
    if (operations_pending())
        FAIL("%ld operations never ended", operations_pending());
    if (operations_pending() || atomic_load(&failures))
        operations_print();
    stress_nap(20);
    if (packets_take(random, 20))
        FAIL("packets are left when all operations have ended");
}

static void run(long wanted, uint64_t seed)
{
    uint64_t seeds[CALLERS + PEERS];
    HANDLE threads[CALLERS + PEERS];
    u_long on = 1;
    double start = stress_seconds();

    operations_wanted = atomic_load(&operations_accepted) + wanted;
    atomic_store(&stopping, false);
    /* Callers rarely wait: with fewer slots than threads none would get a packet (SCHED-5). */
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 2 * CALLERS);
    listener = stress_listener(&listener_address);
    EXPECT_EQUAL(ioctlsocket(listener, FIONBIO, &on), 0);
    EXPECT(CreateIoCompletionPort((HANDLE)listener, port, 1, 0) == port);
    plain_listen();
    open_init();
    for (int i = 0; i < CALLERS + PEERS; i++) {
        seeds[i] = seed + (uint64_t)i * 0x9E3779B97F4A7C15u;
        threads[i] = CreateThread(NULL, 0, i < CALLERS ? caller : peer_thread, &seeds[i], 0, NULL);
    }
    for (int i = 0; i < CALLERS; i++)
        EXPECT_EQUAL(WaitForSingleObject(threads[i], INFINITE), WAIT_OBJECT_0);
    wind_up(&seed);
    atomic_store(&stopping, true);
    for (int i = CALLERS; i < CALLERS + PEERS; i++)
        EXPECT_EQUAL(WaitForSingleObject(threads[i], INFINITE), WAIT_OBJECT_0);
    for (int i = 0; i < CALLERS + PEERS; i++)
        CloseHandle(threads[i]);
    peer_close_all();
    close(plain_listener);
    EXPECT_EQUAL(closesocket(listener), 0);
    EXPECT(CloseHandle(port));
    open_end();
    stress_warm_up(); /* this thread leaves the port */
    printf("%ld calls, %ld operations, %ld connections in %.1f s\n", atomic_load(&calls_made),
           atomic_load(&operations_done), atomic_load(&connections_made), stress_seconds() - start);
    fflush(stdout);
}

int main(int count, char **arguments)
{
#if STRESS_SANITIZED
    long wanted = OPERATIONS_SANITIZED;
#else
    long wanted = stress_long() ? OPERATIONS_LONG : OPERATIONS_SHORT;
#endif

    for (int i = 1; i + 1 < count; i += 2) {
        if (strcmp(arguments[i], "--seed") == 0)
            setenv("IOCP_SEED", arguments[i + 1], 1);
        else if (strcmp(arguments[i], "--operations") == 0)
            wanted = strtol(arguments[i + 1], NULL, 0);
    }
    uint64_t seed = stress_seed();
    pthread_rwlockattr_t kind;
    pthread_rwlockattr_init(&kind);
    pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&numbers, &kind);
    connections_init();
    stress_warm_up();
    run(wanted / 10 < 10000 ? wanted / 10 : 10000, seed ^ 1);
    struct stress_balance balance = stress_baseline();
    long resident = stress_resident_bytes();
    if (!atomic_load(&failures))
        run(wanted, seed);
    stress_expect_balance(&balance);
    long grown = stress_resident_bytes() - resident;
    printf("%ld bytes grown after the first run\n", grown);
    operations_print();
#if !STRESS_SANITIZED
    EXPECT(grown < 32 << 20);
#endif
    EXPECT_EQUAL(atomic_load(&failures), 0);
    return expect_report();
}
