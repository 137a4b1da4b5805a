/* SPDX-License-Identifier: MIT
 *
 * Thousands of connections opened, used and closed in batches over one port, half of them through
 * AcceptEx and half through an accept loop: every packet is counted, descriptors are back at the
 * baseline, and after the second round memory does not grow any more.
 */
#include "stress.h"

enum { BATCH = 250, ROUNDS = 20, ROUNDS_LONG = 400, WORKERS = 3, MESSAGE = 64 };

enum kind { ACCEPT, RECEIVE, SEND };

struct connection {
    OVERLAPPED overlapped;
    enum kind kind;
    SOCKET s;
    char data[MESSAGE];
    char addresses[2 * STRESS_BLOCK];
};

static HANDLE port;
static SOCKET listener_ex, listener_loop;
static struct sockaddr_in address_ex, address_loop;
static struct connection connections[2 * BATCH];
static _Atomic long accepted, received, echoed, ended, failed;

static void start_receive(struct connection *connection)
{
    WSABUF buffer = {MESSAGE, connection->data};
    DWORD flags = 0;

    connection->kind = RECEIVE;
    memset(&connection->overlapped, 0, sizeof connection->overlapped);
    if (WSARecv(connection->s, &buffer, 1, NULL, &flags, &connection->overlapped, NULL) != 0 &&
        WSAGetLastError() != WSA_IO_PENDING)
        atomic_fetch_add(&failed, 1);
}

static void start_send(struct connection *connection, DWORD length)
{
    WSABUF buffer = {length, connection->data};

    connection->kind = SEND;
    memset(&connection->overlapped, 0, sizeof connection->overlapped);
    if (WSASend(connection->s, &buffer, 1, NULL, 0, &connection->overlapped, NULL) != 0 &&
        WSAGetLastError() != WSA_IO_PENDING)
        atomic_fetch_add(&failed, 1);
}

static void serve(struct connection *connection, DWORD bytes)
{
    switch (connection->kind) {
    case ACCEPT:
        atomic_fetch_add(&accepted, 1);
        start_receive(connection);
        break;
    case RECEIVE:
        if (bytes) {
            atomic_fetch_add(&received, 1);
            start_send(connection, bytes);
        } else {
            EXPECT_EQUAL(closesocket(connection->s), 0);
            atomic_fetch_add(&ended, 1);
        }
        break;
    case SEND:
        atomic_fetch_add(&echoed, 1);
        start_receive(connection);
    }
}

static DWORD WINAPI worker(LPVOID unused)
{
    (void)unused;
    for (;;) {
        OVERLAPPED *overlapped = NULL;
        ULONG_PTR key = 0;
        DWORD bytes = 0;
        BOOL succeeded = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
        if (!overlapped)
            return 0;
        if (!succeeded)
            atomic_fetch_add(&failed, 1);
        serve((struct connection *)overlapped, bytes);
    }
}

static void expect_count(_Atomic long *counter, long wanted)
{
    for (int tries = 0; tries < 3000 && atomic_load(counter) < wanted; tries++)
        stress_nap(5);
    EXPECT_EQUAL(atomic_load(counter), wanted);
}

static void post_accepts(void)
{
    for (int index = 0; index < BATCH; index++) {
        struct connection *connection = &connections[index];
        memset(connection, 0, sizeof *connection);
        connection->kind = ACCEPT;
        connection->s = socket(AF_INET, SOCK_STREAM, 0);
        EXPECT(CreateIoCompletionPort((HANDLE)connection->s, port, 1, 0) == port);
        BOOL at_once = AcceptEx(listener_ex, connection->s, connection->addresses, 0, STRESS_BLOCK,
                                STRESS_BLOCK, NULL, &connection->overlapped);
        EXPECT(at_once || WSAGetLastError() == WSA_IO_PENDING);
    }
}

static void accept_loop(void)
{
    for (int index = BATCH; index < 2 * BATCH; index++) {
        struct connection *connection = &connections[index];
        memset(connection, 0, sizeof *connection);
        connection->s = accept(listener_loop, NULL, NULL);
        EXPECT(connection->s != INVALID_SOCKET);
        EXPECT(CreateIoCompletionPort((HANDLE)connection->s, port, 1, 0) == port);
        atomic_fetch_add(&accepted, 1);
        start_receive(connection);
    }
}

static void use(const int *clients)
{
    char out[MESSAGE], in[MESSAGE];

    for (int index = 0; index < 2 * BATCH; index++) {
        memset(out, 'a' + index % 26, sizeof out);
        EXPECT_EQUAL(write(clients[index], out, sizeof out), MESSAGE);
    }
    for (int index = 0; index < 2 * BATCH; index++) {
        ssize_t got = 0, more;
        while (got < MESSAGE && (more = read(clients[index], in + got, MESSAGE - (size_t)got)) > 0)
            got += more;
        EXPECT_EQUAL(got, MESSAGE);
        memset(out, 'a' + index % 26, sizeof out);
        EXPECT_EQUAL(memcmp(in, out, MESSAGE), 0);
    }
}

static void round_trip(long number)
{
    int clients[2 * BATCH];

    post_accepts();
    for (int index = 0; index < 2 * BATCH; index++)
        clients[index] = plain_connect(index < BATCH ? &address_ex : &address_loop);
    accept_loop();
    use(clients);
    for (int index = 0; index < 2 * BATCH; index++)
        close(clients[index]);
    expect_count(&ended, number * 2 * BATCH);
    expect_count(&accepted, number * 2 * BATCH);
    expect_count(&received, number * 2 * BATCH);
    expect_count(&echoed, number * 2 * BATCH);
}

static void start(HANDLE *threads)
{
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 2);
    listener_ex = stress_listener(&address_ex);
    listener_loop = stress_listener(&address_loop);
    EXPECT(CreateIoCompletionPort((HANDLE)listener_ex, port, 0, 0) == port);
    for (int index = 0; index < WORKERS; index++)
        threads[index] = CreateThread(NULL, 0, worker, NULL, 0, NULL);
}

static void stop(HANDLE *threads)
{
    for (int index = 0; index < WORKERS; index++)
        EXPECT(PostQueuedCompletionStatus(port, 0, 0, NULL));
    for (int index = 0; index < WORKERS; index++) {
        EXPECT_EQUAL(WaitForSingleObject(threads[index], 10000), WAIT_OBJECT_0);
        CloseHandle(threads[index]);
    }
    EXPECT_EQUAL(closesocket(listener_ex), 0);
    EXPECT_EQUAL(closesocket(listener_loop), 0);
    EXPECT(CloseHandle(port));
}

int main(void)
{
    HANDLE threads[WORKERS];
    long rounds = stress_long() ? ROUNDS_LONG : ROUNDS;
    long settled = 0, grown;

    alarm(stress_long() ? 900 : 120);
    stress_warm_up();
    start(threads);
    round_trip(1);
    stop(threads);
    struct stress_balance balance = stress_baseline();
    start(threads);
    for (long number = 2; number <= rounds + 1 && !atomic_load(&expect_failures); number++) {
        round_trip(number);
        if (number == 3)
            settled = stress_resident_bytes();
    }
    grown = stress_resident_bytes() - settled;
    stop(threads);
    stress_expect_balance(&balance);
    EXPECT_EQUAL(atomic_load(&failed), 0);
    printf("%ld connections; %ld bytes grown after the second round\n", rounds * 2 * BATCH, grown);
#if !STRESS_SANITIZED
    EXPECT(grown < 512 * 1024);
#endif
    return expect_report();
}
