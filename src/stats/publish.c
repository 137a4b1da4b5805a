/* SPDX-License-Identifier: MIT
 *
 * The memory that readers see, and the thread that fills it when one of them asks.
 *
 * The memory is a memfd that only the same user (or root) can find, through /proc/PID/fd. Whoever
 * may open it may also write to it, so nothing but the request is ever read back from it: what the
 * library writes comes from memory of its own.
 *
 * stats_lock, a leaf, guards starting. The thread holds it never.
 *
 * The thread looks at the request, finds it answered and falls asleep on the value it saw; a
 * reader adds one first and wakes then. So it either sees the new request or is woken.
 */
#include "stats/stats.h"

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/fault.h"
#include "base/fork.h"
#include "base/futex.h"
#include "base/lock.h"
#include "base/own_thread.h"
#include "port/describe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8u
#endif

/* Readers that ask all the time get no more than fifty snapshots in a second. */
enum { REST_MS = 20 };

struct publisher {
    struct stats_memory *shared;
    /* The snapshot being taken; of the same size. */
    struct stats_process process;
    struct stats_port ports[STATS_PORTS];
};

static struct lock stats_lock;
static bool stats_started;
static struct publisher *stats_publisher;
static _Atomic uint32_t stats_rest; /* nobody ever changes it */

/* The words that both sides sleep on lie in shared memory: base/futex.h knows private ones only. */
static bool stats__sleep_on(uint32_t *word, uint32_t expected)
{
    return syscall(SYS_futex, word, FUTEX_WAIT, expected, NULL, NULL, 0) == 0 || errno == EAGAIN ||
           errno == EINTR;
}

/* Release stores: a reader that sees any of them sees the odd sequence that came before. */
static void stats__copy(void *to, const void *from, size_t bytes)
{
    uint64_t *target = to;
    const uint64_t *source = from;

    for (size_t word = 0; word < bytes / sizeof *target; word++)
        __atomic_store_n(&target[word], source[word], __ATOMIC_RELEASE);
}

static void stats__publish(struct publisher *publisher, uint32_t sequence)
{
    struct stats_memory *shared = publisher->shared;

    __atomic_store_n(&shared->control.sequence, sequence - 1, __ATOMIC_RELAXED);
    stats__copy(&shared->process, &publisher->process, sizeof shared->process);
    stats__copy(shared->port, publisher->ports,
                publisher->process.ports_listed * sizeof *shared->port);
    __atomic_store_n(&shared->control.sequence, sequence, __ATOMIC_RELEASE);
}

static void *stats__run(void *unused)
{
    struct publisher *publisher = stats_publisher;
    struct stats_control *control = &publisher->shared->control;
    uint32_t answered = 0, sequence = 0;

    (void)unused;
    prctl(PR_SET_NAME, "iocp-stats");
    for (;;) {
        uint32_t request = __atomic_load_n(&control->request, __ATOMIC_ACQUIRE);
        if (request == answered) {
            if (!stats__sleep_on(&control->request, request))
                return NULL;
            continue;
        }
        publisher->process.snapshots++;
        stats_take(&publisher->process, publisher->ports);
        sequence += 2;
        stats__publish(publisher, sequence);
        answered = request;
        __atomic_store_n(&control->answered, answered, __ATOMIC_RELEASE);
        syscall(SYS_futex, &control->answered, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
        int64_t until = clock_now() + REST_MS * NANOSECONDS_PER_MILLISECOND;
        while (futex_wait(&stats_rest, 0, until))
            ;
    }
}

/* A descriptor of the memory, sealed; or a negative errno. */
static int stats__open(void)
{
    const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;

    if (fault_hit(FAULT_DESCRIPTOR))
        return -EMFILE;
    int made = memfd_create(STATS_MEMORY_NAME, flags | MFD_NOEXEC_SEAL);
    if (made < 0 && errno == EINVAL)
        made = memfd_create(STATS_MEMORY_NAME, flags);
    if (made < 0)
        return -errno;
    int error, descriptor = descriptor_above_standard(made);
    if (descriptor < 0)
        return -errno;
    if (fchmod(descriptor, S_IRUSR | S_IWUSR) < 0 ||
        ftruncate(descriptor, sizeof(struct stats_memory)) < 0 ||
        fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) {
        error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

/* The memory, mapped and with its head filled in. */
static int stats__map(int descriptor, struct publisher *publisher)
{
    struct stats_memory *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);

    if (shared == MAP_FAILED)
        return errno;
    shared->control = (struct stats_control){.magic = STATS_MAGIC,
                                             .version = STATS_VERSION,
                                             .size = sizeof *shared,
                                             .process_id = (uint32_t)getpid()};
    publisher->shared = shared;
    return 0;
}

static int stats__start(void)
{
    pthread_t thread;
    int descriptor = -1, error = 0;

    lock_assert_held(&stats_lock);
    struct publisher *publisher = fault_calloc(1, sizeof *publisher);
    if (!publisher)
        return ENOMEM;
    descriptor = stats__open();
    error = descriptor < 0 ? -descriptor : stats__map(descriptor, publisher);
    if (error)
        goto no_memory;
    stats_publisher = publisher; /* the thread looks there first; a child's predecessor is lost */
    if (own_thread_start(&thread, stats__run))
        return 0;
    stats_publisher = NULL;
    error = EAGAIN;
    munmap(publisher->shared, sizeof *publisher->shared);
no_memory:
    if (descriptor >= 0)
        close(descriptor);
    free(publisher);
    return error;
}

int stats_start(void)
{
    int error = 0;

    if (atomic_load_explicit(&fork_is_orphan, memory_order_relaxed))
        return ENOTSUP;
    lock_take(&stats_lock);
    if (!stats_started) {
        error = stats__start();
        if (error == 0) {
            stats_started = true;
            port_stamp_packets();
        }
    }
    lock_drop(&stats_lock);
    return error;
}

/* The environment is looked at once: a program may change it from another thread later. */
void stats_start_if_asked(void)
{
    static _Atomic int known; /* 1: not asked, 2: asked */
    int now = atomic_load_explicit(&known, memory_order_relaxed);

    if (now == 0) {
        const char *wish = getenv("IOCP_STATS");
        now = wish && strcmp(wish, "1") == 0 ? 2 : 1;
        atomic_store_explicit(&known, now, memory_order_relaxed);
    }
    if (now == 2)
        (void)stats_start();
}
