/* SPDX-License-Identifier: MIT
 *
 * Legal and nearly legal calls in any order, from several threads on some tens of sockets, against
 * a peer that misbehaves. A ledger has every accepted operation end exactly once with a status that
 * its history allows; what arrives is what the peer sent, in the order of the receives, and what
 * the peer gets is what was sent, in the order of the sends.
 *
 * The slot's mutex is held around every call on its socket, so that the order of the calls is
 * known; packets are taken without it. A slot is used again when all its operations have ended.
 */
#include "stress.h"

enum {
    SLOTS = 32,
    ACTORS = 4,
    QUEUE = 4, /* operations in one direction at once */
    PIECE = 4096,
    LARGE = 300000,
    TURN = 1000, /* what an actor does before its thread ends and another begins */
};

enum kind { RECEIVE, SEND, ACCEPT, CONNECT, POSTED };

struct operation {
    OVERLAPPED overlapped;
    enum kind kind;
    int slot;
    int state; /* 0 free, 1 started, 2 ended but not yet in its turn */
    DWORD bytes, error;
    uint64_t position; /* of a send's first byte */
    char *data;
    DWORD length;
};

struct slot {
    pthread_mutex_t mutex;
    SOCKET ours;
    int theirs;
    struct operation receives[QUEUE], sends[QUEUE], setup;
    unsigned receive_first, receive_count, send_count;
    int pending;
    bool connected, cancelled, closed, gone, dirty, shut;
    uint64_t in_sent, in_got;   /* stream towards us: written by the peer, verified */
    uint64_t out_sent, out_got; /* stream towards the peer */
    char accept_buffer[2 * STRESS_BLOCK];
};

static struct slot slots[SLOTS];
static HANDLE port;
static SOCKET listener;
static struct sockaddr_in listener_address, plain_address;
static int plain_listener;
static _Atomic uint64_t calls, packets, verified;
static _Atomic bool stopping;
static _Atomic int posted;

/* The other ends whose slot is not known yet, by port number. Those whose slot was closed before it
 * learned of them stay until the number comes again, or the end. */
static int client_of[65536];
static pthread_mutex_t client_mutex = PTHREAD_MUTEX_INITIALIZER;
static LPFN_CONNECTEX connect_ex;

static void client_put(int number, int client)
{
    if (client_of[number])
        close(client_of[number]);
    client_of[number] = client;
}

static int client_take(int number)
{
    int client = client_of[number];

    client_of[number] = 0;
    return client;
}

static char pattern(uint64_t position)
{
    return (char)(position * 2654435761u >> 13);
}

static void complain(const char *what, const struct operation *operation)
{
    atomic_fetch_add(&expect_failures, 1);
    const struct slot *slot = &slots[operation->slot];
    printf("FAIL %s: kind %d slot %d state %d bytes %u error %u; cancelled %d closed %d gone %d "
           "shut %d\n",
           what, operation->kind, operation->slot, operation->state, (unsigned)operation->bytes,
           (unsigned)operation->error, slot->cancelled, slot->closed, slot->gone, slot->shut);
    fflush(stdout);
}

/* ---- what comes back ---- */

static void check_receive(struct slot *slot, struct operation *operation)
{
    for (DWORD index = 0; index < operation->bytes; index++)
        if (operation->data[index] != pattern(slot->in_got + index)) {
            complain("received bytes out of order", operation);
            break;
        }
    slot->in_got += operation->bytes;
    if (slot->in_got > slot->in_sent)
        complain("received more than was sent", operation);
    atomic_fetch_add(&verified, operation->bytes);
}

/* Receives are looked at in the order in which they were started. */
static void receives_advance(struct slot *slot)
{
    while (slot->receive_count) {
        struct operation *operation = &slot->receives[slot->receive_first % QUEUE];
        if (operation->state != 2)
            return;
        check_receive(slot, operation);
        operation->state = 0;
        slot->receive_first++;
        slot->receive_count--;
    }
}

static bool status_allowed(const struct slot *slot, const struct operation *operation)
{
    switch (operation->error) {
    case 0:
        return true;
    case ERROR_OPERATION_ABORTED:
        return slot->cancelled || slot->closed;
    case ERROR_CONNECTION_ABORTED:
        return slot->closed;
    case ERROR_NETNAME_DELETED:
        return slot->gone;
    case ERROR_PIPE_NOT_CONNECTED:
        return slot->shut || slot->gone;
    default:
        return false;
    }
}

static void slot_connected(struct slot *slot, int theirs)
{
    slot->theirs = theirs;
    slot->connected = true;
}

static void accept_ended(struct slot *slot, struct operation *operation)
{
    struct sockaddr_in peer;
    int length = sizeof peer;

    if (operation->error || slot->closed)
        return;
    EXPECT_EQUAL(setsockopt(slot->ours, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                            (const char *)&listener, sizeof listener),
                 0);
    if (getpeername(slot->ours, (struct sockaddr *)&peer, &length) != 0)
        return; /* reset already */
    pthread_mutex_lock(&client_mutex);
    int theirs = client_take(ntohs(peer.sin_port));
    pthread_mutex_unlock(&client_mutex);
    if (theirs)
        slot_connected(slot, theirs);
    else
        complain("accepted a stranger", operation);
}

static void collect_connections(void)
{
    struct sockaddr_in peer;
    unsigned length = sizeof peer;
    int theirs;

    while ((theirs = (int)syscall(SYS_accept4, plain_listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        if (syscall(SYS_getpeername, theirs, &peer, &length) == 0)
            client_put(ntohs(peer.sin_port), theirs);
        else
            close(theirs);
    }
}

/* Whose connection the plain listener has, its port number tells. It may come a moment later. */
static void connect_ended(struct slot *slot, struct operation *operation)
{
    struct sockaddr_in own;
    int length = sizeof own, theirs = 0;

    pthread_mutex_lock(&client_mutex);
    collect_connections();
    if (!operation->error && !slot->closed) {
        EXPECT_EQUAL(getsockname(slot->ours, (struct sockaddr *)&own, &length), 0);
        for (int tries = 0; tries < 100 && !(theirs = client_take(ntohs(own.sin_port))); tries++) {
            stress_nap(1);
            collect_connections();
        }
        if (!theirs)
            complain("connected to nobody", operation);
    }
    pthread_mutex_unlock(&client_mutex);
    if (theirs)
        slot_connected(slot, theirs);
}

static void take_packet(OVERLAPPED *overlapped, DWORD bytes, DWORD error)
{
    struct operation *operation = (struct operation *)overlapped;

    atomic_fetch_add(&packets, 1);
    if (operation->kind == POSTED) {
        atomic_fetch_sub(&posted, 1);
        free(operation);
        return;
    }
    struct slot *slot = &slots[operation->slot];
    pthread_mutex_lock(&slot->mutex);
    operation->bytes = bytes;
    operation->error = error;
    if (operation->state != 1)
        complain("a packet of an operation that is not under way", operation);
    if (!status_allowed(slot, operation))
        complain("a status that nothing explains", operation);
    if (error && bytes && operation->kind == RECEIVE)
        complain("bytes and an error", operation);
    operation->state = operation->kind == RECEIVE ? 2 : 0;
    slot->pending--;
    if (operation->kind == RECEIVE) {
        receives_advance(slot);
    } else if (operation->kind == SEND) {
        slot->send_count--;
        if (!error && bytes != operation->length)
            complain("a send that is not whole", operation);
        if (error)
            slot->dirty = true;
        free(operation->data);
    } else if (operation->kind == ACCEPT) {
        accept_ended(slot, operation);
    } else {
        connect_ended(slot, operation);
    }
    pthread_mutex_unlock(&slot->mutex);
}

/* Takes what is there, one way or the other; false if nothing was. */
static bool take_some(uint64_t *random, DWORD patience)
{
    OVERLAPPED_ENTRY entries[8];
    OVERLAPPED *overlapped = NULL;
    ULONG_PTR key;
    ULONG count = 0;
    DWORD bytes;

    if (stress_random(random) % 2) {
        BOOL succeeded = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, patience);
        DWORD error = succeeded ? 0 : GetLastError();
        if (overlapped)
            take_packet(overlapped, bytes, error);
        return overlapped != NULL;
    }
    if (!GetQueuedCompletionStatusEx(port, entries, 8, &count, patience, stress_random(random) % 2))
        return false;
    for (ULONG index = 0; index < count; index++) {
        DWORD error = 0, ignored;
        if (entries[index].lpOverlapped->Internal &&
            ((struct operation *)entries[index].lpOverlapped)->kind != POSTED &&
            !GetOverlappedResult((HANDLE)listener, entries[index].lpOverlapped, &ignored, FALSE))
            error = GetLastError();
        take_packet(entries[index].lpOverlapped, entries[index].dwNumberOfBytesTransferred, error);
    }
    return true;
}

/* ---- what is done; the slot's mutex is held ---- */

static bool refusal_allowed(const struct slot *slot, DWORD error)
{
    switch (error) {
    case WSAECONNRESET:
    case WSAECONNABORTED:
        return slot->gone;
    case WSAESHUTDOWN:
        return slot->shut;
    default:
        return false;
    }
}

/* Books a started operation, or takes it back. */
static void book(struct slot *slot, struct operation *operation, bool succeeded)
{
    DWORD error = GetLastError();

    if (succeeded || error == WSA_IO_PENDING) {
        slot->pending++;
        if (operation->kind == RECEIVE)
            slot->receive_count++;
        if (operation->kind == SEND) {
            slot->send_count++;
            slot->out_sent += operation->length;
        }
        return;
    }
    operation->error = error;
    operation->state = 0;
    if (!refusal_allowed(slot, error))
        complain("refused", operation);
    if (operation->kind == SEND)
        free(operation->data);
}

static void do_receive(struct slot *slot, uint64_t *random)
{
    if (slot->receive_count == QUEUE)
        return;
    unsigned place = (slot->receive_first + slot->receive_count) % QUEUE;
    struct operation *operation = &slot->receives[place];
    DWORD length = stress_random(random) % PIECE, flags = 0;
    DWORD cut = length ? stress_random(random) % length : 0;
    WSABUF two[2] = {{cut, operation->data}, {length - cut, operation->data + cut}};
    WSABUF one = {length, operation->data};
    bool split = stress_random(random) % 4 == 0;

    memset(&operation->overlapped, 0, sizeof operation->overlapped);
    operation->state = 1;
    book(slot, operation,
         WSARecv(slot->ours, split ? two : &one, split ? 2 : 1, NULL, &flags,
                 &operation->overlapped, NULL) == 0);
}

static void do_send(struct slot *slot, uint64_t *random)
{
    struct operation *operation = NULL;

    for (int index = 0; index < QUEUE && !operation; index++)
        if (slot->sends[index].state == 0)
            operation = &slot->sends[index];
    if (!operation)
        return;
    DWORD length = 1 + stress_random(random) % (stress_random(random) % 16 ? PIECE : LARGE);
    WSABUF one = {length, malloc(length)};
    memset(&operation->overlapped, 0, sizeof operation->overlapped);
    operation->data = one.buf;
    operation->length = length;
    operation->state = 1;
    for (DWORD index = 0; index < length; index++)
        one.buf[index] = pattern(slot->out_sent + index);
    book(slot, operation, WSASend(slot->ours, &one, 1, NULL, 0, &operation->overlapped, NULL) == 0);
}

static void do_cancel(struct slot *slot, uint64_t *random)
{
    slot->cancelled = true;
    switch (stress_random(random) % 4) {
    case 0:
        slot->dirty = true;
        CancelIoEx((HANDLE)slot->ours, NULL);
        break;
    case 1:
        slot->dirty = true;
        CancelIo((HANDLE)slot->ours);
        break;
    default:
        CancelIoEx((HANDLE)slot->ours, &slot->receives[stress_random(random) % QUEUE].overlapped);
    }
}

static void do_close(struct slot *slot)
{
    slot->closed = true;
    EXPECT_EQUAL(closesocket(slot->ours), 0);
    slot->ours = INVALID_SOCKET;
}

/* A slot whose operations have all ended begins anew. */
static void slot_clear(struct slot *slot)
{
    if (slot->theirs)
        close(slot->theirs);
    slot->theirs = 0;
    slot->receive_first = slot->receive_count = slot->send_count = 0;
    slot->connected = slot->cancelled = slot->closed = false;
    slot->gone = slot->dirty = slot->shut = false;
    slot->in_sent = slot->in_got = slot->out_sent = slot->out_got = 0;
}

static void begin_accept(struct slot *slot)
{
    struct sockaddr_in own;
    unsigned length = sizeof own;
    int client = plain_socket(SOCK_NONBLOCK);

    slot->setup.kind = ACCEPT;
    book(slot, &slot->setup,
         AcceptEx(listener, slot->ours, slot->accept_buffer, 0, STRESS_BLOCK, STRESS_BLOCK, NULL,
                  &slot->setup.overlapped));
    /* Bound first: the accept may end before connect has returned. */
    own = stress_loopback(0);
    pthread_mutex_lock(&client_mutex);
    if (syscall(SYS_bind, client, &own, sizeof own) == 0 &&
        syscall(SYS_getsockname, client, &own, &length) == 0)
        client_put(ntohs(own.sin_port), client);
    else
        close(client);
    pthread_mutex_unlock(&client_mutex);
    syscall(SYS_connect, client, &listener_address, sizeof listener_address);
}

static void begin_connect(struct slot *slot)
{
    struct sockaddr_in own = stress_loopback(0);

    EXPECT_EQUAL(bind(slot->ours, (struct sockaddr *)&own, sizeof own), 0);
    slot->setup.kind = CONNECT;
    book(slot, &slot->setup,
         connect_ex(slot->ours, (struct sockaddr *)&plain_address, sizeof plain_address, NULL, 0,
                    NULL, &slot->setup.overlapped));
}

static void slot_begin(struct slot *slot, uint64_t *random)
{
    slot_clear(slot);
    slot->ours = socket(AF_INET, SOCK_STREAM, 0);
    EXPECT(slot->ours != INVALID_SOCKET);
    EXPECT(CreateIoCompletionPort((HANDLE)slot->ours, port, 1, 0) == port);
    memset(&slot->setup.overlapped, 0, sizeof slot->setup.overlapped);
    slot->setup.state = 1;
    if (stress_random(random) % 2)
        begin_accept(slot);
    else
        begin_connect(slot);
}

/* Calls that must fail and leave no trace. */
static void do_wrong(uint64_t *random)
{
    OVERLAPPED overlapped;
    SOCKET wild = (SOCKET)0x10000000 + 0x400000 + 4 * (stress_random(random) % 100000);
    DWORD flags = 0;
    char byte;
    WSABUF one = {1, &byte};

    memset(&overlapped, 0, sizeof overlapped);
    EXPECT(WSARecv(wild, &one, 1, NULL, &flags, &overlapped, NULL) != 0);
    EXPECT(WSARecv(listener, &one, 1, NULL, &flags, &overlapped, NULL) != 0);
    EXPECT(!CancelIoEx((HANDLE)wild, NULL));
    EXPECT(closesocket(wild) != 0);
    EXPECT(CreateIoCompletionPort((HANDLE)listener, port, 1, 0) == NULL);
    EXPECT(!AcceptEx(listener, listener, &byte, 0, STRESS_BLOCK, STRESS_BLOCK, NULL, &overlapped));
}

static void do_post(void)
{
    struct operation *operation = calloc(1, sizeof *operation);

    operation->kind = POSTED;
    atomic_fetch_add(&posted, 1);
    EXPECT(PostQueuedCompletionStatus(port, 0, 0, &operation->overlapped));
}

static void act_on(struct slot *slot, uint64_t *random)
{
    uint32_t choice = stress_random(random) % 256;

    if (slot->ours == INVALID_SOCKET) {
        if (slot->pending == 0 && !atomic_load(&stopping))
            slot_begin(slot, random);
    } else if (!slot->connected) {
        if (choice < 2 || (slot->setup.state == 0 && slot->pending == 0))
            do_close(slot);
        else if (choice < 4)
            do_cancel(slot, random);
    } else if (choice < 110) {
        do_receive(slot, random);
    } else if (choice < 230) {
        do_send(slot, random);
    } else if (choice < 240) {
        do_cancel(slot, random);
    } else if (choice < 242) {
        slot->shut = true;
        shutdown(slot->ours, SD_SEND);
    } else if (choice < 247) {
        do_close(slot);
    }
    atomic_fetch_add(&calls, 1);
}

static DWORD WINAPI actor(LPVOID seed)
{
    uint64_t random = (uint64_t)(ULONG_PTR)seed;

    for (int turn = 0; turn < TURN && !atomic_load(&stopping); turn++) {
        struct slot *slot = &slots[stress_random(&random) % SLOTS];
        pthread_mutex_lock(&slot->mutex);
        act_on(slot, &random);
        pthread_mutex_unlock(&slot->mutex);
        if (stress_random(&random) % 64 == 0)
            do_wrong(&random);
        if (stress_random(&random) % 16 == 0)
            do_post();
        for (int more = 0; more < 4 && take_some(&random, turn % 8 ? 0 : 1); more++)
            ;
    }
    return 0;
}

/* ---- the peer ---- */

static void peer_read(struct slot *slot)
{
    static char data[65536];
    ssize_t got = read(slot->theirs, data, sizeof data);

    for (ssize_t index = 0; index < got && !slot->dirty; index++)
        if (data[index] != pattern(slot->out_got + (uint64_t)index)) {
            complain("the peer got bytes out of order", &slot->sends[0]);
            slot->dirty = true;
        }
    if (got > 0)
        slot->out_got += (uint64_t)got;
    if (got < 0 && errno != EAGAIN)
        slot->gone = true;
}

static void peer_write(struct slot *slot, uint64_t *random)
{
    char data[PIECE];
    size_t length = 1 + stress_random(random) % PIECE;

    for (size_t index = 0; index < length; index++)
        data[index] = pattern(slot->in_sent + index);
    ssize_t put =
        syscall(SYS_sendto, slot->theirs, data, length, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
    if (put > 0)
        slot->in_sent += (uint64_t)put;
}

static void peer_end(struct slot *slot, bool hard)
{
    slot->gone = true;
    if (hard)
        plain_reset(slot->theirs);
    else
        close(slot->theirs);
    slot->theirs = 0;
}

static void *peer(void *seed)
{
    uint64_t random = (uint64_t)(uintptr_t)seed;

    while (!atomic_load(&stopping)) {
        struct slot *slot = &slots[stress_random(&random) % SLOTS];
        uint32_t choice = stress_random(&random) % 512;
        pthread_mutex_lock(&slot->mutex);
        if (slot->connected && slot->theirs) {
            if (choice < 250)
                peer_read(slot);
            else if (choice < 500)
                peer_write(slot, &random);
            else if (choice < 503)
                plain_shutdown(slot->theirs);
            else if (choice < 507)
                peer_end(slot, choice % 2);
        }
        pthread_mutex_unlock(&slot->mutex);
        if (choice % 32 == 0)
            stress_nap(1);
    }
    return NULL;
}

/* ---- the whole ---- */

static void slots_make(void)
{
    for (int index = 0; index < SLOTS; index++) {
        struct slot *slot = &slots[index];
        pthread_mutex_init(&slot->mutex, NULL);
        slot->ours = INVALID_SOCKET;
        slot->setup.slot = index;
        for (int place = 0; place < QUEUE; place++) {
            slot->receives[place].slot = slot->sends[place].slot = index;
            slot->receives[place].kind = RECEIVE;
            slot->sends[place].kind = SEND;
            if (!slot->receives[place].data)
                slot->receives[place].data = malloc(PIECE);
        }
    }
}

static void sockets_make(void)
{
    GUID id = WSAID_CONNECTEX;
    DWORD bytes;
    unsigned length = sizeof plain_address;

    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 2);
    listener = stress_listener(&listener_address);
    EXPECT(CreateIoCompletionPort((HANDLE)listener, port, 2, 0) == port);
    EXPECT_EQUAL(WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &connect_ex,
                          sizeof connect_ex, &bytes, NULL, NULL),
                 0);
    plain_listener = plain_socket(SOCK_NONBLOCK);
    plain_address = stress_loopback(0);
    EXPECT_EQUAL(syscall(SYS_bind, plain_listener, &plain_address, sizeof plain_address), 0);
    EXPECT_EQUAL(syscall(SYS_listen, plain_listener, 1024), 0);
    EXPECT_EQUAL(syscall(SYS_getsockname, plain_listener, &plain_address, &length), 0);
}

/* Everything is closed, and then everything has ended. */
static void wind_up(uint64_t *random)
{
    double start = stress_seconds();
    int left = 0;

    EXPECT_EQUAL(closesocket(listener), 0);
    for (int index = 0; index < SLOTS; index++)
        if (slots[index].ours != INVALID_SOCKET)
            do_close(&slots[index]);
    do {
        while (take_some(random, 10))
            ;
        left = atomic_load(&posted);
        for (int index = 0; index < SLOTS; index++)
            left += slots[index].pending;
    } while (left && stress_seconds() - start < 10);
    EXPECT_EQUAL(left, 0);
    for (int index = 0; index < SLOTS; index++) {
        if (slots[index].pending)
            complain("never ended", &slots[index].setup);
        slot_clear(&slots[index]);
    }
    for (int number = 0; number < 65536; number++)
        if (client_of[number])
            close(client_of[number]);
    memset(client_of, 0, sizeof client_of);
    close(plain_listener);
    EXPECT(CloseHandle(port));
}

static void run(uint64_t seed, double seconds, uint64_t most)
{
    HANDLE threads[ACTORS] = {NULL};
    uint64_t random = seed, number = 0;
    pthread_t peer_thread;

    slots_make();
    sockets_make();
    atomic_store(&stopping, false);
    pthread_create(&peer_thread, NULL, peer, (void *)(uintptr_t)(seed ^ 0x9E3779B9));
    double start = stress_seconds();
    uint64_t before = atomic_load(&calls);
    while (stress_seconds() - start < seconds && atomic_load(&calls) - before < most &&
           !atomic_load(&expect_failures)) {
        for (int index = 0; index < ACTORS; index++)
            threads[index] =
                CreateThread(NULL, 0, actor, (void *)(ULONG_PTR)(seed + ++number), 0, NULL);
        for (int index = 0; index < ACTORS; index++) {
            EXPECT_EQUAL(WaitForSingleObject(threads[index], 60000), WAIT_OBJECT_0);
            CloseHandle(threads[index]);
        }
    }
    atomic_store(&stopping, true);
    pthread_join(peer_thread, NULL);
    wind_up(&random);
    stress_warm_up();
}

int main(void)
{
    uint64_t seed = stress_seed();

    alarm(stress_long() ? 900 : 90);
    stress_warm_up();
    run(seed, 0.2, 1000);
    struct stress_balance balance = stress_baseline();
    run(seed + 1000003, stress_long() ? 120 : 3, stress_long() ? UINT64_MAX : 100000);
    stress_expect_balance(&balance);
    printf("%llu calls, %llu packets, %llu bytes verified\n", (unsigned long long)calls,
           (unsigned long long)packets, (unsigned long long)verified);
    EXPECT(atomic_load(&packets) > 1000);
    for (int index = 0; index < SLOTS; index++)
        for (int place = 0; place < QUEUE; place++)
            free(slots[index].receives[place].data);
    return expect_report();
}
