/* SPDX-License-Identifier: MIT
 *
 * Registered I/O from several threads at once: datagram sockets and connections whose request
 * queues share one completion queue, threads that start requests, a thread that takes results as
 * the port says, threads that close sockets in the middle. Every request that was accepted has
 * exactly one result; promised room, descriptors and references come back.
 */
#include "stress.h"

enum { SOCKETS = 6, STARTERS = 3, OUTSTANDING = 16, PIECE = 64, TAKEN = 32 };
enum { LIFE_MS = 40, SECONDS = 3, SECONDS_LONG = 60 };

/* One life of one socket: from its request queue's creation to the last of its results. */
struct life {
    SOCKET s;
    int peer; /* the kernel's end of a connection; -1 */
    RIO_RQ requests;
    _Atomic long accepted, results;
    _Atomic unsigned pieces; /* of memory to receive into: a bit for each that is in use */
};

static RIO_EXTENSION_FUNCTION_TABLE rio;
static RIO_CQ queue;
static RIO_BUFFERID buffer;
static HANDLE port;
static OVERLAPPED told;
static char memory[SOCKETS * OUTSTANDING * PIECE + PIECE]; /* the last piece is sent from */
static struct life lives[SOCKETS];
static SRWLOCK locks[SOCKETS]; /* shared by those who start, exclusive for who replaces */
static _Atomic bool stop, drained;
static _Atomic long total, bad;

static void fill_table(void)
{
    GUID id = WSAID_MULTIPLE_RIO;
    DWORD bytes = 0;
    SOCKET s = WSASocketA(AF_INET, SOCK_DGRAM, 0, NULL, 0, WSA_FLAG_REGISTERED_IO);

    EXPECT_EQUAL(WSAIoctl(s, SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &rio,
                          sizeof rio, &bytes, NULL, NULL),
                 0);
    closesocket(s);
}

static struct sockaddr_in loopback_any(void)
{
    struct sockaddr_in address;

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/* A datagram socket that is connected to itself: what it sends it receives. */
static void datagrams_open(struct life *life)
{
    struct sockaddr_in address = loopback_any();
    int length = sizeof address;

    life->s = WSASocketA(AF_INET, SOCK_DGRAM, 0, NULL, 0, WSA_FLAG_REGISTERED_IO);
    life->peer = -1;
    EXPECT_EQUAL(bind(life->s, (struct sockaddr *)&address, sizeof address), 0);
    EXPECT_EQUAL(getsockname(life->s, (struct sockaddr *)&address, &length), 0);
    EXPECT_EQUAL(connect(life->s, (struct sockaddr *)&address, sizeof address), 0);
}

static void connection_open(struct life *life)
{
    struct sockaddr_in address = loopback_any();
    unsigned length = sizeof address;
    int listener = (int)syscall(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    EXPECT_EQUAL(syscall(SYS_bind, listener, &address, sizeof address), 0);
    EXPECT_EQUAL(syscall(SYS_listen, listener, 1), 0);
    EXPECT_EQUAL(syscall(SYS_getsockname, listener, &address, &length), 0);
    life->s = WSASocketA(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_REGISTERED_IO);
    EXPECT_EQUAL(connect(life->s, (struct sockaddr *)&address, sizeof address), 0);
    life->peer = (int)syscall(SYS_accept4, listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    EXPECT(life->peer >= 0);
    close(listener);
}

static void life_open(int index)
{
    struct life *life = &lives[index];

    if (index % 2)
        connection_open(life);
    else
        datagrams_open(life);
    atomic_store(&life->accepted, 0);
    atomic_store(&life->results, 0);
    atomic_store(&life->pieces, 0);
    life->requests =
        rio.RIOCreateRequestQueue(life->s, OUTSTANDING, 1, OUTSTANDING, 1, queue, queue, life);
    EXPECT(life->requests != RIO_INVALID_RQ);
}

/* Closes the socket and waits for what is outstanding. */
static void life_close(int index)
{
    struct life *life = &lives[index];
    double start = stress_seconds();

    EXPECT_EQUAL(closesocket(life->s), 0);
    if (life->peer >= 0)
        close(life->peer);
    while (atomic_load(&life->results) < atomic_load(&life->accepted) &&
           stress_seconds() - start < 20)
        stress_nap(1);
    EXPECT_EQUAL(atomic_load(&life->results), atomic_load(&life->accepted));
    atomic_fetch_add(&total, atomic_load(&life->results));
}

/* Keeps the other end of a connection busy: what comes goes back. */
static void peer_echo(struct life *life)
{
    char data[PIECE * 4];
    ssize_t got = life->peer < 0 ? 0 : read(life->peer, data, sizeof data);

    if (got > 0 && write(life->peer, data, (size_t)got) < 0)
        atomic_fetch_add(&bad, errno != EAGAIN && errno != EPIPE && errno != ECONNRESET);
}

/* A piece of memory that no other receive has; OUTSTANDING: there is none. */
static unsigned piece_take(struct life *life)
{
    for (unsigned piece = 0; piece < OUTSTANDING; piece++)
        if (!(atomic_fetch_or(&life->pieces, 1u << piece) & 1u << piece))
            return piece;
    return OUTSTANDING;
}

static void piece_return(struct life *life, unsigned piece)
{
    if (piece < OUTSTANDING)
        atomic_fetch_and(&life->pieces, ~(1u << piece));
}

static void start_one(int index, uint32_t choice)
{
    struct life *life = &lives[index];
    DWORD flags = (choice >> 8) % 4 == 0 ? RIO_MSG_DEFER : 0;
    bool out = (choice >> 12) % 2, empty = (choice >> 13) % 16 == 0;
    unsigned number = out ? OUTSTANDING : piece_take(life);
    ULONG offset = number < OUTSTANDING ? ((ULONG)index * OUTSTANDING + number) * PIECE
                                        : (ULONG)SOCKETS * OUTSTANDING * PIECE;
    RIO_BUF piece = {buffer, offset, PIECE};
    PVOID context = (PVOID)(uintptr_t)(number + 1000);

    if (!out && number == OUTSTANDING)
        return;
    if ((choice >> 16) % 8 == 0)
        flags |= RIO_MSG_DONT_NOTIFY;
    atomic_fetch_add(&life->accepted, 1);
    BOOL accepted =
        out ? rio.RIOSend(life->requests, empty ? NULL : &piece, !empty, flags, context)
            : rio.RIOReceive(life->requests, empty ? NULL : &piece, !empty, flags, context);
    if (accepted)
        return;
    piece_return(life, number);
    atomic_fetch_sub(&life->accepted, 1);
    atomic_fetch_add(&bad, WSAGetLastError() != WSAENOBUFS);
    if (out)
        rio.RIOSend(life->requests, NULL, 0, RIO_MSG_COMMIT_ONLY, NULL);
    else
        rio.RIOReceive(life->requests, NULL, 0, RIO_MSG_COMMIT_ONLY, NULL);
}

static DWORD WINAPI starter(LPVOID argument)
{
    uint64_t random = (uint64_t)(uintptr_t)argument;

    while (!atomic_load(&stop)) {
        uint32_t choice = stress_random(&random);
        int index = (int)(choice >> 20) % SOCKETS;
        AcquireSRWLockShared(&locks[index]);
        for (int turn = 0; turn < 8; turn++)
            start_one(index, stress_random(&random));
        peer_echo(&lives[index]);
        ReleaseSRWLockShared(&locks[index]);
    }
    return 0;
}

static DWORD WINAPI replacer(LPVOID argument)
{
    uint64_t random = (uint64_t)(uintptr_t)argument;

    while (!atomic_load(&stop)) {
        int index = (int)stress_random(&random) % SOCKETS;
        stress_nap(LIFE_MS / SOCKETS);
        AcquireSRWLockExclusive(&locks[index]);
        life_close(index);
        life_open(index);
        ReleaseSRWLockExclusive(&locks[index]);
    }
    return 0;
}

static ULONG take_results(void)
{
    RIORESULT results[TAKEN];
    ULONG taken = rio.RIODequeueCompletion(queue, results, TAKEN);

    EXPECT(taken != RIO_CORRUPT_CQ);
    for (ULONG index = 0; index < taken; index++) {
        struct life *life = (struct life *)(uintptr_t)results[index].SocketContext;
        LONG status = results[index].Status;
        unsigned piece = (unsigned)results[index].RequestContext - 1000;
        atomic_fetch_add(&bad, piece > OUTSTANDING);
        piece_return(life, piece);
        atomic_fetch_add(&bad, status != 0 && status != WSA_OPERATION_ABORTED &&
                                   status != WSAECONNRESET && status != WSAEMSGSIZE);
        atomic_fetch_add(&life->results, 1);
    }
    return taken;
}

/* Two of them: dequeuing from one queue at once must be safe here. Results that do not tell are
 * found by looking now and then. */
static DWORD WINAPI taker(LPVOID unused)
{
    (void)unused;
    while (!atomic_load(&drained)) {
        OVERLAPPED *overlapped = NULL;
        ULONG_PTR key = 0;
        DWORD bytes = 0;
        INT told_error = rio.RIONotify(queue);
        atomic_fetch_add(&bad, told_error != 0 && told_error != WSAEALREADY);
        if (GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 20))
            atomic_fetch_add(&bad, overlapped != &told || key != 7 || bytes != 0);
        while (take_results())
            ;
    }
    return 0;
}

static void round_run(double seconds, uint64_t seed)
{
    RIO_NOTIFICATION_COMPLETION how = {.Type = RIO_IOCP_COMPLETION,
                                       .Iocp = {.CompletionKey = (PVOID)7, .Overlapped = &told}};
    HANDLE threads[STARTERS + 3];

    port = how.Iocp.IocpHandle = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    queue = rio.RIOCreateCompletionQueue(SOCKETS * 2 * OUTSTANDING, &how);
    buffer = rio.RIORegisterBuffer(memory, sizeof memory);
    EXPECT(queue != RIO_INVALID_CQ && buffer != RIO_INVALID_BUFFERID);
    atomic_store(&stop, false);
    atomic_store(&drained, false);
    for (int index = 0; index < SOCKETS; index++)
        life_open(index);
    for (int index = 0; index < STARTERS; index++)
        threads[index] =
            CreateThread(NULL, 0, starter, (void *)(uintptr_t)(seed + 2u * index), 0, NULL);
    threads[STARTERS] = CreateThread(NULL, 0, replacer, (void *)(uintptr_t)(seed + 99), 0, NULL);
    threads[STARTERS + 1] = CreateThread(NULL, 0, taker, NULL, 0, NULL);
    threads[STARTERS + 2] = CreateThread(NULL, 0, taker, NULL, 0, NULL);
    stress_nap((long)(seconds * 1000));
    atomic_store(&stop, true);
    for (int index = 0; index <= STARTERS; index++)
        WaitForSingleObject(threads[index], INFINITE);
    for (int index = 0; index < SOCKETS; index++)
        life_close(index);
    atomic_store(&drained, true);
    for (int index = STARTERS + 1; index < STARTERS + 3; index++)
        WaitForSingleObject(threads[index], INFINITE);
    for (int index = 0; index < STARTERS + 3; index++)
        CloseHandle(threads[index]);
    /* All promised room has come back. */
    EXPECT(rio.RIOResizeCompletionQueue(queue, 1));
    rio.RIODeregisterBuffer(buffer);
    rio.RIOCloseCompletionQueue(queue);
    EXPECT(CloseHandle(port));
}

/* ---- closing under calls: nobody waits for anybody ---- */

static RIO_RQ _Atomic current;
static RIO_BUFFERID _Atomic current_buffer;
static _Atomic long accepted_all, results_all;

static void judge(BOOL accepted)
{
    int error = WSAGetLastError();

    if (accepted)
        atomic_fetch_add(&accepted_all, 1);
    else
        atomic_fetch_add(&bad, error != WSAENOBUFS && error != WSAEINVAL && error != WSAEFAULT);
}

static DWORD WINAPI caller(LPVOID argument)
{
    uint64_t random = (uint64_t)(uintptr_t)argument;

    while (!atomic_load(&stop)) {
        uint32_t choice = stress_random(&random);
        RIO_RQ requests = atomic_load(&current);
        RIO_BUF piece = {atomic_load(&current_buffer), 0, PIECE};
        DWORD flags = choice % 3 == 0 ? RIO_MSG_DEFER : 0;
        if (choice % 64 == 1)
            rio.RIOResizeRequestQueue(requests, OUTSTANDING + choice / 64 % 8, OUTSTANDING);
        else if (choice % 64 == 2)
            rio.RIOSend(requests, NULL, 0, RIO_MSG_COMMIT_ONLY, NULL);
        else if (choice % 2)
            judge(rio.RIOSend(requests, &piece, 1, flags, NULL));
        else
            judge(rio.RIOReceive(requests, NULL, 0, flags, NULL));
    }
    return 0;
}

static DWORD WINAPI all_taker(LPVOID unused)
{
    RIORESULT results[TAKEN];

    (void)unused;
    while (!atomic_load(&drained)) {
        ULONG taken = rio.RIODequeueCompletion(queue, results, TAKEN);
        for (ULONG index = 0; index < taken; index++)
            atomic_fetch_add(&bad, results[index].Status != 0 &&
                                       results[index].Status != WSA_OPERATION_ABORTED &&
                                       results[index].Status != WSAEMSGSIZE);
        atomic_fetch_add(&results_all, (long)taken);
    }
    return 0;
}

/* Sockets and buffers come and go under the callers; the room of each is there again at once or
 * soon. */
static void replace_often(double seconds)
{
    double until = stress_seconds() + seconds;

    while (stress_seconds() < until) {
        struct life life;
        RIO_RQ requests;
        RIO_BUFFERID registered = rio.RIORegisterBuffer(memory, sizeof memory);
        datagrams_open(&life);
        while ((requests = rio.RIOCreateRequestQueue(life.s, OUTSTANDING, 1, OUTSTANDING, 1, queue,
                                                     queue, NULL)) == RIO_INVALID_RQ)
            EXPECT_EQUAL(WSAGetLastError(), WSAENOBUFS);
        atomic_store(&current, requests);
        RIO_BUFFERID before = atomic_exchange(&current_buffer, registered);
        stress_nap(1);
        rio.RIODeregisterBuffer(before);
        EXPECT_EQUAL(closesocket(life.s), 0);
    }
}

static void closing_run(double seconds, uint64_t seed)
{
    HANDLE threads[STARTERS + 2];
    double start;

    queue = rio.RIOCreateCompletionQueue(16 * OUTSTANDING, NULL);
    atomic_store(&stop, false);
    atomic_store(&drained, false);
    for (int index = 0; index < STARTERS; index++)
        threads[index] =
            CreateThread(NULL, 0, caller, (void *)(uintptr_t)(seed + 7u * index), 0, NULL);
    for (int index = STARTERS; index < STARTERS + 2; index++)
        threads[index] = CreateThread(NULL, 0, all_taker, NULL, 0, NULL);
    replace_often(seconds);
    atomic_store(&stop, true);
    WaitForMultipleObjects(STARTERS, threads, TRUE, INFINITE);
    start = stress_seconds();
    while (atomic_load(&results_all) < atomic_load(&accepted_all) && stress_seconds() - start < 20)
        stress_nap(1);
    atomic_store(&drained, true);
    WaitForMultipleObjects(2, threads + STARTERS, TRUE, INFINITE);
    EXPECT_EQUAL(atomic_load(&results_all), atomic_load(&accepted_all));
    for (int index = 0; index < STARTERS + 2; index++)
        CloseHandle(threads[index]);
    EXPECT(rio.RIOResizeCompletionQueue(queue, 1));
    rio.RIODeregisterBuffer(atomic_load(&current_buffer));
    rio.RIOCloseCompletionQueue(queue);
}

int main(void)
{
    uint64_t seed = stress_seed();
    double seconds = stress_long() ? SECONDS_LONG : SECONDS;

    alarm(stress_long() ? 300 : 120);
    stress_warm_up();
    fill_table();
    round_run(0.3, seed); /* makes what is made once */
    struct stress_balance before = stress_baseline();
    atomic_store(&total, 0);
    round_run(seconds, seed + 1000);
    closing_run(seconds / 2, seed);
    EXPECT_EQUAL(atomic_load(&bad), 0);
    EXPECT(atomic_load(&total) > 100);
    printf("%ld and %ld results on engine %s\n", atomic_load(&total), atomic_load(&results_all),
           iocp_engine());
    stress_expect_balance(&before);
    return expect_report();
}
