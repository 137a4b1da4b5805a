/* SPDX-License-Identifier: MIT
 *
 * SCHED-19: a thread that blocks in a call which the library does not make is replaced, whatever
 * the call is, and counts again when it runs again; one that computes, or that is kept from
 * computing by others, is not. With the packet queued before the block and after it, with packets
 * of I/O, and with a waiter that comes late.
 */
#include "team.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/userfaultfd.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>

static int pipe_ends[2];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static bool signalled;
static sem_t semaphore;
static uint32_t futex_word;
static int lock_files[2];
static int full_listener, full_client[8];
static struct sockaddr_in full_address;
static int faults;
static volatile char *fault_page;
static pid_t child;

static _Atomic int blocking; /* the act is about to block */
static _Atomic int woken;    /* it has come back */
static _Atomic int stop;     /* those that compute may end */

/* ---- ways to block, and how the main thread ends each ---- */

static void read_begin(void)
{
    EXPECT_EQUAL(pipe2(pipe_ends, O_CLOEXEC), 0);
}

static void read_block(void)
{
    char byte;
    EXPECT_EQUAL(read(pipe_ends[0], &byte, 1), 1);
}

static void read_end(void)
{
    EXPECT_EQUAL(write(pipe_ends[1], "x", 1), 1);
}

static void pipe_over(void)
{
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

static void poll_block(void)
{
    struct pollfd polled = {.fd = pipe_ends[0], .events = POLLIN};
    EXPECT_EQUAL(poll(&polled, 1, -1), 1);
}

static void epoll_block(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    int set = epoll_create1(EPOLL_CLOEXEC);
    EXPECT_EQUAL(epoll_ctl(set, EPOLL_CTL_ADD, pipe_ends[0], &event), 0);
    EXPECT_EQUAL(epoll_wait(set, &event, 1, -1), 1);
    close(set);
}

static void nanosleep_block(void)
{
    nanosleep(&(struct timespec){0, 600000000}, NULL);
}

static void mutex_begin(void)
{
    pthread_mutex_lock(&mutex);
}

static void mutex_block(void)
{
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
}

static void mutex_end(void)
{
    pthread_mutex_unlock(&mutex);
}

static void condition_begin(void)
{
    signalled = false;
}

static void condition_block(void)
{
    pthread_mutex_lock(&mutex);
    while (!signalled)
        pthread_cond_wait(&condition, &mutex);
    pthread_mutex_unlock(&mutex);
}

static void condition_end(void)
{
    pthread_mutex_lock(&mutex);
    signalled = true;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&mutex);
}

static void semaphore_begin(void)
{
    EXPECT_EQUAL(sem_init(&semaphore, 0, 0), 0);
}

static void semaphore_block(void)
{
    while (sem_wait(&semaphore) != 0)
        continue;
}

static void semaphore_end(void)
{
    sem_post(&semaphore);
}

static void futex_block(void)
{
    while (__atomic_load_n(&futex_word, __ATOMIC_ACQUIRE) == 0)
        syscall(SYS_futex, &futex_word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    __atomic_store_n(&futex_word, 0, __ATOMIC_RELEASE);
}

static void futex_end(void)
{
    __atomic_store_n(&futex_word, 1, __ATOMIC_RELEASE);
    syscall(SYS_futex, &futex_word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void flock_begin(void)
{
    char name[] = "/tmp/iocp-watcher-XXXXXX", again[64];
    lock_files[0] = mkostemp(name, O_CLOEXEC);
    snprintf(again, sizeof again, "/proc/self/fd/%d", lock_files[0]);
    lock_files[1] = open(again, O_RDWR | O_CLOEXEC);
    unlink(name);
    EXPECT_EQUAL(flock(lock_files[0], LOCK_EX), 0);
}

static void flock_block(void)
{
    EXPECT_EQUAL(flock(lock_files[1], LOCK_EX), 0);
}

static void flock_end(void)
{
    flock(lock_files[0], LOCK_UN);
}

static void flock_over(void)
{
    close(lock_files[0]);
    close(lock_files[1]);
}

/* A listener whose backlog is full answers no more: connecting to it blocks, as it does to an
 * address that swallows everything. A look-up of a name blocks in the same way, in poll. */
static void connect_begin(void)
{
    socklen_t length = sizeof full_address;
    full_address = stress_loopback(0);
    full_listener = plain_socket(0);
    syscall(SYS_bind, full_listener, &full_address, sizeof full_address);
    syscall(SYS_getsockname, full_listener, &full_address, &length);
    syscall(SYS_listen, full_listener, 0);
    for (int index = 0; index < 8; index++) {
        full_client[index] = plain_socket(SOCK_NONBLOCK);
        syscall(SYS_connect, full_client[index], &full_address, sizeof full_address);
    }
    stress_nap(20);
}

static void connect_block(void)
{
    int descriptor = plain_socket(0);
    syscall(SYS_connect, descriptor, &full_address, sizeof full_address);
    close(descriptor);
}

static void connect_end(void)
{
    close(
        full_listener); /* the next attempt of the kernel's, within a second or three, is refused */
    for (int index = 0; index < 8; index++)
        close(full_client[index]);
}

/* A page that comes when the main thread brings it, as one from a slow disk does. */
static bool fault_possible(void)
{
    struct uffdio_api api = {.api = UFFD_API};
    int made = (int)syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
    bool possible = made >= 0 && ioctl(made, UFFDIO_API, &api) == 0;
    if (made >= 0)
        close(made);
    return possible;
}

static void fault_begin(void)
{
    struct uffdio_api api = {.api = UFFD_API};
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
    EXPECT_EQUAL(ioctl(faults, UFFDIO_API, &api), 0);
    fault_page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct uffdio_register range = {.range = {(uintptr_t)fault_page, size},
                                    .mode = UFFDIO_REGISTER_MODE_MISSING};
    EXPECT_EQUAL(ioctl(faults, UFFDIO_REGISTER, &range), 0);
}

static void fault_block(void)
{
    EXPECT_EQUAL(*fault_page, 0);
}

static void fault_end(void)
{
    struct uffdio_zeropage zero = {.range = {(uintptr_t)fault_page, (size_t)sysconf(_SC_PAGESIZE)}};
    EXPECT_EQUAL(ioctl(faults, UFFDIO_ZEROPAGE, &zero), 0);
}

static void fault_over(void)
{
    munmap((void *)fault_page, (size_t)sysconf(_SC_PAGESIZE));
    close(faults);
}

static void waitpid_begin(void)
{
    child = fork();
    if (child == 0) {
        alarm(60);
        pause();
        _exit(0);
    }
}

static void waitpid_block(void)
{
    EXPECT_EQUAL(waitpid(child, NULL, 0), child);
}

static void waitpid_end(void)
{
    kill(child, SIGKILL);
}

static const struct way {
    const char *name;
    void (*begin)(void); /* main thread, before */
    void (*block)(void); /* the thread of the port */
    void (*end)(void);   /* main thread: lets it go on; NULL if it ends by itself */
    void (*over)(void);
    bool (*possible)(void);
} ways[] = {
    {"read of a pipe", read_begin, read_block, read_end, pipe_over, NULL},
    {"poll", read_begin, poll_block, read_end, pipe_over, NULL},
    {"epoll_wait", read_begin, epoll_block, read_end, pipe_over, NULL},
    {"nanosleep", NULL, nanosleep_block, NULL, NULL, NULL},
    {"pthread_mutex_lock", mutex_begin, mutex_block, mutex_end, NULL, NULL},
    {"pthread_cond_wait", condition_begin, condition_block, condition_end, NULL, NULL},
    {"sem_wait", semaphore_begin, semaphore_block, semaphore_end, NULL, NULL},
    {"futex", NULL, futex_block, futex_end, NULL, NULL},
    {"flock", flock_begin, flock_block, flock_end, flock_over, NULL},
    {"connect to nobody", connect_begin, connect_block, connect_end, NULL, NULL},
    {"a page fault", fault_begin, fault_block, fault_end, fault_over, fault_possible},
    {"waitpid", waitpid_begin, waitpid_block, waitpid_end, NULL, NULL},
};
enum { WAYS = sizeof ways / sizeof ways[0], COMPUTE = WAYS + 1 };

static void act(ULONG_PTR key)
{
    if (key <= WAYS) {
        atomic_store(&blocking, 1);
        ways[key - 1].block();
        atomic_store(&woken, 1);
    }
    team_compute(&stop); /* it holds its slot, or takes it again */
}

static void calm(void)
{
    atomic_store(&stop, 0);
    atomic_store(&blocking, 0);
    atomic_store(&woken, 0);
}

/* Limit 1, three threads: one blocks, one replaces it, one must stay out. */
static void one_way(ULONG_PTR key, bool queued_before)
{
    const struct way *way = &ways[key - 1];
    struct team team;

    calm();
    if (way->begin)
        way->begin();
    team_start(&team, 1, 3, act);
    team_post(&team, key);
    if (queued_before)
        team_post(&team, COMPUTE);
    EXPECT(team_reaches(&blocking, 1));
    if (!queued_before) {
        stress_nap(20);
        team_post(&team, COMPUTE);
    }
    EXPECT(team_reaches(&team.taken, 2));
    EXPECT_EQUAL(atomic_load(&woken), 0);
    EXPECT(team_settles(&team, 1, 1, 1));
    team_post(&team, COMPUTE);
    if (way->end)
        way->end();
    EXPECT(team_reaches(&woken, 1));
    /* It counts again, above the limit, and nobody else is let in. */
    EXPECT(team_settles(&team, 1, 2, 0));
    EXPECT(team_stays(&team.taken, 2));
    atomic_store(&stop, 1);
    EXPECT(team_reaches(&team.taken, 3));
    team_end(&team);
    if (way->over)
        way->over();
}

static void all_ways(void)
{
    for (ULONG_PTR key = 1; key <= WAYS; key++) {
        const struct way *way = &ways[key - 1];
        unsigned before = atomic_load(&expect_failures);
        if (way->possible && !way->possible()) {
            printf("left out: %s (%s)\n", way->name, strerror(errno));
            continue;
        }
        one_way(key, true);
        one_way(key, false);
        printf("%s %s\n", atomic_load(&expect_failures) == before ? "ok" : "FAIL", way->name);
        fflush(stdout);
    }
}

/* Computing, with the processors to itself and with more hogs than processors. */
static void computing_is_not_blocked(int hogs)
{
    pid_t pids[16];
    struct team team;

    for (int index = 0; index < hogs; index++) {
        pids[index] = fork();
        if (pids[index] == 0) {
            alarm(60);
            for (volatile unsigned long turns = 0;;)
                turns = turns + 1;
        }
    }
    calm();
    team_start(&team, 1, 2, act);
    team_post(&team, COMPUTE);
    team_post(&team, COMPUTE);
    EXPECT(team_reaches(&team.taken, 1));
    for (int times = 0; times < 8; times++)
        EXPECT(team_stays(&team.taken, 1));
    EXPECT(team_settles(&team, 1, 1, 0));
    atomic_store(&stop, 1);
    for (int index = 0; index < hogs; index++) {
        kill(pids[index], SIGKILL);
        waitpid(pids[index], NULL, 0);
    }
    team_end(&team);
}

/* The packet is there and the slot is taken by a blocked thread before anybody waits. */
static void the_waiter_comes_last(void)
{
    struct team team;

    calm();
    read_begin();
    team_start(&team, 1, 1, act);
    team_post(&team, 1);
    EXPECT(team_reaches(&blocking, 1));
    team_post(&team, COMPUTE);
    stress_nap(50);
    team.threads[team.size++] = CreateThread(NULL, 0, team_run, &team, 0, NULL);
    EXPECT(team_reaches(&team.taken, 2));
    read_end();
    atomic_store(&stop, 1);
    team_end(&team);
    pipe_over();
}

/* The packet is a completion that nobody polls for while the slot is taken. */
static void the_packet_is_of_a_socket(void)
{
    struct sockaddr_in address;
    struct team team;
    char byte;
    WSABUF buffer = {1, &byte};
    OVERLAPPED overlapped;
    DWORD flags = 0;

    calm();
    memset(&overlapped, 0, sizeof overlapped);
    read_begin();
    SOCKET listener = stress_listener(&address);
    int client = plain_connect(&address);
    SOCKET s = accept(listener, NULL, NULL);
    team_start(&team, 1, 2, act);
    EXPECT(CreateIoCompletionPort((HANDLE)s, team.port, COMPUTE, 0) == team.port);
    EXPECT(WSARecv(s, &buffer, 1, NULL, &flags, &overlapped, NULL) != 0);
    team_post(&team, 1);
    EXPECT(team_reaches(&blocking, 1));
    stress_nap(100);
    EXPECT_EQUAL(write(client, "x", 1), 1);
    EXPECT(team_reaches(&team.taken, 2));
    EXPECT_EQUAL(atomic_load(&woken), 0);
    read_end();
    atomic_store(&stop, 1);
    team_end(&team);
    pipe_over();
    closesocket(s);
    closesocket(listener);
    close(client);
}

/* A packet lies in the queue and the only thread waits for an operation's event instead. */
static void an_event_behind_a_packet(void)
{
    struct sockaddr_in address;
    char byte;
    WSABUF buffer = {1, &byte};
    OVERLAPPED overlapped;
    DWORD flags = 0, bytes = 0;
    OVERLAPPED *taken;
    ULONG_PTR key;
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);

    memset(&overlapped, 0, sizeof overlapped);
    overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    SOCKET listener = stress_listener(&address);
    int client = plain_connect(&address);
    SOCKET s = accept(listener, NULL, NULL);
    EXPECT(CreateIoCompletionPort((HANDLE)s, port, 1, 0) == port);
    EXPECT(!GetQueuedCompletionStatus(port, &bytes, &key, &taken, 0));
    EXPECT(PostQueuedCompletionStatus(port, 0, 7, NULL));
    EXPECT(WSARecv(s, &buffer, 1, NULL, &flags, &overlapped, NULL) != 0);
    stress_nap(50);
    EXPECT_EQUAL(write(client, "x", 1), 1);
    EXPECT_EQUAL(WaitForSingleObject(overlapped.hEvent, TEAM_DEADLINE_MS), WAIT_OBJECT_0);
    EXPECT(GetQueuedCompletionStatus(port, &bytes, &key, &taken, 0) && key == 7);
    EXPECT(GetQueuedCompletionStatus(port, &bytes, &key, &taken, TEAM_DEADLINE_MS) &&
           taken == &overlapped);
    CloseHandle(overlapped.hEvent);
    closesocket(s);
    closesocket(listener);
    close(client);
    CloseHandle(port);
}

/* Blocked for so long that the port rests; then what happens finds true counts all the same. */
static void after_a_long_rest(void)
{
    struct team team;

    calm();
    read_begin();
    team_start(&team, 1, 3, act);
    team_post(&team, 1);
    team_post(&team, COMPUTE);
    EXPECT(team_reaches(&team.taken, 2));
    atomic_store(&stop, 1); /* the replacement goes back to wait */
    EXPECT(team_settles(&team, 2, 0, 1));
    stress_nap(500);
    atomic_store(&stop, 0);
    read_end();
    EXPECT(team_reaches(&woken, 1));
    team_post(&team, COMPUTE);
    EXPECT(team_stays(&team.taken, 2)); /* the thread that woke is the one that runs */
    EXPECT(team_settles(&team, 2, 1, 0));
    atomic_store(&stop, 1);
    EXPECT(team_reaches(&team.taken, 3));
    team_end(&team);
    pipe_over();
}

static void turned_off_and_on(void)
{
    struct team team;

    EXPECT_EQUAL(iocp_watch_set("nonsense"), ERROR_INVALID_PARAMETER);
    EXPECT_EQUAL(iocp_watch_set("off"), 0);
    EXPECT_EQUAL(strcmp(iocp_watch(), "off"), 0);
    calm();
    read_begin();
    team_start(&team, 1, 2, act);
    team_post(&team, 1);
    EXPECT(team_reaches(&blocking, 1));
    team_post(&team, COMPUTE);
    EXPECT(team_stays(&team.taken, 1));
    EXPECT_EQUAL(iocp_watch_set("proc"), 0);
    EXPECT_EQUAL(strcmp(iocp_watch(), "proc"), 0);
    team_post(&team, COMPUTE);
    EXPECT(team_reaches(&team.taken, 2));
    EXPECT(team_settles(&team, 0, 1, 1));
    EXPECT_EQUAL(iocp_watch_set("off"), 0);
    team_post(&team, COMPUTE);
    EXPECT(team_settles(&team, 0, 2, 0)); /* whoever was found blocked counts again */
    read_end();
    atomic_store(&stop, 1);
    team_end(&team);
    pipe_over();
    EXPECT_EQUAL(iocp_watch_set(NULL), 0);
    EXPECT_EQUAL(strcmp(iocp_watch(), "proc"), 0);
}

int main(void)
{
    alarm(600);
    unsetenv("IOCP_WATCH");
    stress_warm_up();
    if (strcmp(iocp_watch(), "proc") != 0) {
        printf("skipped: the watcher in force is '%s', /proc cannot be read\n", iocp_watch());
        return 77;
    }
    an_event_behind_a_packet(); /* makes what this thread keeps for blocking calls */
    stress_warm_up();
    struct stress_balance before = stress_baseline();
    all_ways();
    computing_is_not_blocked(0);
    computing_is_not_blocked(6);
    the_waiter_comes_last();
    the_packet_is_of_a_socket();
    an_event_behind_a_packet();
    after_a_long_rest();
    turned_off_and_on();
    stress_warm_up();
    stress_expect_balance(&before);
    return expect_report();
}
