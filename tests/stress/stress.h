/* SPDX-License-Identifier: MIT
 *
 * What the stress programs share: how long to run, random numbers with a printed seed, the kernel's
 * own sockets for the other end of a connection (the library never sees them), and what must be
 * back at its baseline at the end: descriptors, references (debug builds), resident memory.
 *
 * IOCP_STRESS=long runs for minutes; IOCP_SEED repeats a run's choices.
 */
#ifndef IOCP_TESTS_STRESS_H
#define IOCP_TESTS_STRESS_H

#include "../unit/descriptors.h"
#include "../unit/expect.h"
#include "../unit/sanitizers.h"

#include "object/object.h"

#include <winsock2.h>
#include <windows.h>
#include <iocp.h>
#include <mswsock.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Sanitizers keep freed memory for a while: resident memory says nothing under them. */
#define STRESS_SANITIZED (UNDER_ADDRESS_SANITIZER || UNDER_THREAD_SANITIZER)

#define STRESS_BLOCK (sizeof(struct sockaddr_in) + 16)

static inline bool stress_long(void)
{
    const char *wanted = getenv("IOCP_STRESS");

    return wanted && strcmp(wanted, "long") == 0;
}

static inline uint64_t stress_seed(void)
{
    const char *given = getenv("IOCP_SEED");
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t seed = given ? strtoull(given, NULL, 0) : (uint64_t)now.tv_nsec * 2654435761u + 1;
    printf("IOCP_SEED=%llu\n", (unsigned long long)seed);
    fflush(stdout);
    return seed;
}

static inline uint32_t stress_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static inline double stress_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static inline double stress_processor_seconds(void)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
}

static inline void stress_nap(long milliseconds)
{
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000}, NULL);
}

/* ---- what must come back to where it was ---- */

static inline long stress_resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long size = 0, resident = 0;

    if (!file || fscanf(file, "%ld %ld", &size, &resident) != 2)
        resident = 0;
    if (file)
        fclose(file);
    return resident * sysconf(_SC_PAGESIZE);
}

struct stress_balance {
    int descriptors;
    long references[OBJ_REF_REASONS];
};

static inline struct stress_balance stress_balance(void)
{
    struct stress_balance balance = {.descriptors = descriptors_open()};

#ifndef NDEBUG
    for (int reason = 0; reason < OBJ_REF_REASONS; reason++)
        balance.references[reason] = atomic_load(&object_reference_count[reason]);
#endif
    return balance;
}

/* The same once it has come to rest: an ended thread's own references go a moment after its join.
 */
static inline struct stress_balance stress_baseline(void)
{
    struct stress_balance before = stress_balance(), now;

    for (int same = 0; same < 5; before = now) {
        stress_nap(20);
        now = stress_balance();
        same = memcmp(&before, &now, sizeof now) == 0 ? same + 1 : 0;
    }
    return before;
}

/* What they are, for who has to find the one too many. */
static inline void stress_list_descriptors(void)
{
    char path[64], name[256];

    for (int descriptor = 0; descriptor < 4096; descriptor++) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
        ssize_t length = readlink(path, name, sizeof name);
        if (length > 0)
            printf("  %d: %.*s\n", descriptor, (int)length, name);
    }
}

/* A reference may be given back a moment after the last packet was taken: waits for a while. */
static inline void stress_expect_balance(const struct stress_balance *wanted)
{
    struct stress_balance found = stress_balance();

    for (int tries = 0; tries < 200 && memcmp(&found, wanted, sizeof found) != 0; tries++) {
        stress_nap(10);
        found = stress_balance();
    }
    EXPECT_EQUAL(found.descriptors, wanted->descriptors);
    if (found.descriptors != wanted->descriptors)
        stress_list_descriptors();
    for (int reason = 0; reason < OBJ_REF_REASONS; reason++)
        if (found.references[reason] != wanted->references[reason]) {
            printf("references of reason %d:\n", reason);
            EXPECT_EQUAL(found.references[reason], wanted->references[reason]);
        }
}

/* Starts what the library starts once and then keeps: the service thread, its epoll and its
 * source, and leaves this thread bound to a port that nothing happens on. */
static inline void stress_warm_up(void)
{
    static HANDLE neutral;
    WSADATA data;
    OVERLAPPED overlapped, *taken;
    WSABUF buffer;
    OVERLAPPED_ENTRY entry;
    DWORD flags = 0, bytes;
    ULONG_PTR key;
    ULONG count;
    char byte;
    int ends[2];

    if (!neutral) {
        EXPECT_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
        neutral = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
        memset(&overlapped, 0, sizeof overlapped);
        buffer.len = 1;
        buffer.buf = &byte;
        EXPECT_EQUAL(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        EXPECT(WSARecv((SOCKET)ends[0], &buffer, 1, NULL, &flags, &overlapped, NULL) != 0);
        EXPECT_EQUAL(closesocket((SOCKET)ends[0]), 0);
        close(ends[1]);
        printf("engine %s\n", iocp_engine());
    }
    EXPECT(!GetQueuedCompletionStatus(neutral, &bytes, &key, &taken, 0));
    /* Waiting alertably makes the thread's own object. */
    EXPECT(!GetQueuedCompletionStatusEx(neutral, &entry, 1, &count, 0, TRUE));
}

/* ---- sockets of the library's ---- */

static inline struct sockaddr_in stress_loopback(unsigned short number)
{
    struct sockaddr_in address;

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(number);
    return address;
}

static inline SOCKET stress_listener(struct sockaddr_in *address)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    int length = sizeof *address;

    *address = stress_loopback(0);
    EXPECT_EQUAL(bind(s, (struct sockaddr *)address, sizeof *address), 0);
    EXPECT_EQUAL(getsockname(s, (struct sockaddr *)address, &length), 0);
    EXPECT_EQUAL(listen(s, 1024), 0);
    return s;
}

/* ---- the kernel's ---- */

static inline int plain_socket(int flags)
{
    return (int)syscall(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
}

static inline int plain_connect(const struct sockaddr_in *address)
{
    int descriptor = plain_socket(0);

    if (descriptor >= 0 && syscall(SYS_connect, descriptor, address, sizeof *address) < 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

static inline void plain_shutdown(int descriptor)
{
    syscall(SYS_shutdown, descriptor, 1);
}

/* Ends with a reset. */
static inline void plain_reset(int descriptor)
{
    struct linger hard = {1, 0};

    syscall(SYS_setsockopt, descriptor, 1 /* SOL_SOCKET */, 13 /* SO_LINGER */,
            (int[]){hard.l_onoff, hard.l_linger}, 2 * sizeof(int));
    close(descriptor);
}

#endif
