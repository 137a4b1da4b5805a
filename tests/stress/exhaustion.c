/* SPDX-License-Identifier: MIT
 *
 * No descriptors left while clients knock: accepting waits or fails, but does not spin, and goes on
 * as soon as descriptors are free again. Nothing is leaked.
 */
#include "stress.h"

#include <fcntl.h>

enum { LIMIT = 64, CLIENTS = 8, WATCHED_MS = 1000 };

/* Less than a fifth of the time watched. */
#define MOST_PROCESSOR 0.2

struct accepting {
    OVERLAPPED overlapped;
    SOCKET s;
    char addresses[2 * STRESS_BLOCK];
};

static HANDLE port;
static SOCKET listener;
static struct sockaddr_in address;
static struct accepting accepts[CLIENTS];
static int fillers[4096], filler_count;

static void limit_set(rlim_t limit)
{
    struct rlimit now;

    getrlimit(RLIMIT_NOFILE, &now);
    now.rlim_cur = limit;
    EXPECT_EQUAL(setrlimit(RLIMIT_NOFILE, &now), 0);
}

/* Takes every descriptor that is left. */
static void fill(void)
{
    int descriptor;

    while (filler_count < 4096 && (descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
        fillers[filler_count++] = descriptor;
    EXPECT_EQUAL(errno, EMFILE);
}

static void unfill(void)
{
    while (filler_count)
        close(fillers[--filler_count]);
}

static void accept_start(struct accepting *accepting)
{
    memset(&accepting->overlapped, 0, sizeof accepting->overlapped);
    BOOL at_once = AcceptEx(listener, accepting->s, accepting->addresses, 0, STRESS_BLOCK,
                            STRESS_BLOCK, NULL, &accepting->overlapped);
    EXPECT(at_once || WSAGetLastError() == WSA_IO_PENDING);
}

/* What servers do: an accept that fails is started again at once. */
static int serve_for(int milliseconds)
{
    double start = stress_seconds();
    int done = 0;

    while (stress_seconds() - start < milliseconds / 1000.0) {
        OVERLAPPED *overlapped = NULL;
        ULONG_PTR key;
        DWORD bytes;
        BOOL succeeded = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 100);
        if (!overlapped)
            continue;
        if (succeeded)
            done++;
        else
            accept_start((struct accepting *)overlapped);
    }
    return done;
}

/* AcceptEx with the accept sockets at hand and the table full. `first`: before the process has ever
 * accepted anything, so that no reserve was put aside. */
static void accept_ex_when_full(bool first)
{
    int clients[CLIENTS];

    for (int index = 0; index < CLIENTS; index++) {
        accepts[index].s = socket(AF_INET, SOCK_STREAM, 0);
        EXPECT(CreateIoCompletionPort((HANDLE)accepts[index].s, port, 1, 0) == port);
        clients[index] = plain_socket(SOCK_NONBLOCK);
    }
    fill();
    for (int index = 0; index < CLIENTS; index++)
        accept_start(&accepts[index]);
    for (int index = 0; index < CLIENTS; index++)
        syscall(SYS_connect, clients[index], &address, sizeof address);
    double before = stress_processor_seconds();
    int done = serve_for(WATCHED_MS);
    double used = stress_processor_seconds() - before;
    printf("AcceptEx%s: %d accepted, %.3f s of processor time in %d ms\n",
           first ? " without a reserve" : "", done, used, WATCHED_MS);
    EXPECT(used < MOST_PROCESSOR);
    unfill();
    done += done < CLIENTS ? serve_for(WATCHED_MS) : 0;
    EXPECT_EQUAL(done, CLIENTS);
    for (int index = 0; index < CLIENTS; index++) {
        EXPECT_EQUAL(closesocket(accepts[index].s), 0);
        close(clients[index]);
    }
    while (serve_for(10))
        ;
}

static DWORD WINAPI accept_loop(LPVOID stop)
{
    DWORD accepted = 0;

    while (!atomic_load((_Atomic bool *)stop)) {
        SOCKET s = accept(listener, NULL, NULL);
        if (s == INVALID_SOCKET) {
            /* A server pauses when it is told so; here the error has to be the right one. */
            EXPECT(WSAGetLastError() == WSAEMFILE || WSAGetLastError() == WSAENOTSOCK ||
                   WSAGetLastError() == WSAEINTR);
            stress_nap(20);
            continue;
        }
        accepted++;
        EXPECT_EQUAL(closesocket(s), 0);
    }
    return accepted;
}

static void accept_when_full(void)
{
    static _Atomic bool stop;
    int clients[CLIENTS];
    DWORD accepted = 0;

    atomic_store(&stop, false);
    HANDLE thread = CreateThread(NULL, 0, accept_loop, &stop, 0, NULL);
    for (int index = 0; index < CLIENTS; index++)
        clients[index] = plain_socket(SOCK_NONBLOCK);
    stress_nap(100);
    fill();
    for (int index = 0; index < CLIENTS; index++)
        syscall(SYS_connect, clients[index], &address, sizeof address);
    double before = stress_processor_seconds();
    stress_nap(WATCHED_MS);
    double used = stress_processor_seconds() - before;
    printf("accept: %.3f s of processor time in %d ms\n", used, WATCHED_MS);
    EXPECT(used < MOST_PROCESSOR);
    unfill();
    stress_nap(300);
    atomic_store(&stop, true);
    int last = plain_connect(&address);
    EXPECT_EQUAL(WaitForSingleObject(thread, 10000), WAIT_OBJECT_0);
    EXPECT(GetExitCodeThread(thread, &accepted));
    EXPECT(accepted >= CLIENTS);
    CloseHandle(thread);
    close(last);
    for (int index = 0; index < CLIENTS; index++)
        close(clients[index]);
}

/* Calls that need a descriptor of their own say so and leave nothing behind. */
static void calls_when_full(void)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    HANDLE copy = NULL, self = GetCurrentProcess();

    fill();
    EXPECT(socket(AF_INET, SOCK_STREAM, 0) == INVALID_SOCKET);
    EXPECT_EQUAL(WSAGetLastError(), WSAEMFILE);
    EXPECT(!DuplicateHandle(self, (HANDLE)s, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
    EXPECT(CreateIoCompletionPort((HANDLE)s, NULL, 1, 0) == NULL);
    unfill();
    HANDLE made = CreateIoCompletionPort((HANDLE)s, NULL, 1, 0);
    EXPECT(made != NULL);
    EXPECT_EQUAL(closesocket(s), 0);
    EXPECT(CloseHandle(made));
}

int main(void)
{
    alarm(120);
    stress_warm_up();
    limit_set(LIMIT);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    listener = stress_listener(&address);
    EXPECT(CreateIoCompletionPort((HANDLE)listener, port, 1, 0) == port);
    accept_ex_when_full(true);
    struct stress_balance balance = stress_baseline();
    accept_ex_when_full(false);
    accept_when_full();
    calls_when_full();
    stress_expect_balance(&balance);
    EXPECT_EQUAL(closesocket(listener), 0);
    EXPECT(CloseHandle(port));
    return expect_report();
}
