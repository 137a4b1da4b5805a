/* SPDX-License-Identifier: MIT
 *
 * fork in a program with busy ports. The child does not hang, whatever locks other threads held; it
 * can exec and exit; every call with a handle, or for a new one, fails; and the parent's ports,
 * sockets and operations are as if nothing had happened.
 */
#include "team.h"

#include <sched.h>
#include <sys/wait.h>

enum { FORKS = 120, WORKERS = 4, WAYS = 4 };

static _Atomic int posted, stopping;
static HANDLE shared_port;
static SOCKET pending;
static OVERLAPPED receive;
static char received;
static CRITICAL_SECTION section;

static void act(ULONG_PTR key)
{
    (void)key;
}

/* The address sanitizer's allocator has locks of its own, of which it does not take care in fork: a
 * child that is made while another thread allocates may hang in it for ever. With it, then, the
 * others pause while the process forks. */
#ifdef __SANITIZE_ADDRESS__
static pthread_mutex_t sanitizer_pause = PTHREAD_MUTEX_INITIALIZER;

static void pause_begin(void)
{
    pthread_mutex_lock(&sanitizer_pause);
}

static void pause_end(void)
{
    pthread_mutex_unlock(&sanitizer_pause);
    sched_yield();
}
#else
static void pause_begin(void)
{
}

static void pause_end(void)
{
}
#endif

/* Keeps the library's locks changing hands. */
static void *make_noise(void *unused)
{
    while (!atomic_load(&stopping)) {
        pause_begin();
        HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
        SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
        EXPECT(CreateIoCompletionPort((HANDLE)s, shared_port, 1, 0) == shared_port);
        EXPECT(PostQueuedCompletionStatus(shared_port, 0, 1, NULL));
        atomic_fetch_add(&posted, 1);
        EXPECT_EQUAL(closesocket(s), 0);
        EXPECT(CloseHandle(event));
        pause_end();
    }
    return unused;
}

static void check_calls_fail(void)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes, flags = 0;
    WSABUF buffer = {1, &received};
    struct iocp_port_state state = {.struct_size = sizeof state};

    EXPECT(!PostQueuedCompletionStatus(shared_port, 0, 1, NULL));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
    EXPECT(!GetQueuedCompletionStatus(shared_port, &bytes, &key, &overlapped, INFINITE));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
    EXPECT_EQUAL(iocp_port_query(shared_port, &state), ERROR_INVALID_HANDLE);
    EXPECT(!CloseHandle(shared_port));
    EXPECT(WSARecv(pending, &buffer, 1, NULL, &flags, &receive, NULL) != 0);
    EXPECT(!CancelIoEx((HANDLE)pending, NULL));
    EXPECT(CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0) == NULL);
    EXPECT(CreateEventA(NULL, TRUE, FALSE, NULL) == NULL);
    EXPECT(socket(AF_INET, SOCK_STREAM, 0) == INVALID_SOCKET);
    EXPECT_EQUAL(WaitForSingleObject(shared_port, 0), WAIT_FAILED);
}

/* Does not return. */
static void in_child(int way)
{
    alarm(20);
    atomic_store(&expect_failures, 0);
    if (way == 0) {
        execl("/bin/true", "true", (char *)NULL);
        _exit(9);
    }
    check_calls_fail();
    Sleep(1);
    EnterCriticalSection(&section);
    LeaveCriticalSection(&section);
    if (way == 1)
        _exit(atomic_load(&expect_failures) != 0);
    if (way == 2)
        EXPECT_EQUAL(closesocket(pending), 0); /* the child's own descriptor only */
    fflush(stdout);
    if (way == 3 && atomic_load(&expect_failures) == 0)
        pthread_exit(NULL); /* runs what the library does when a thread ends */
    exit(atomic_load(&expect_failures) != 0);
}

static void fork_once(int way)
{
    int status = 0;

    fflush(stdout);
    pause_begin();
    pid_t child = fork();
    if (child == 0)
        in_child(way);
    pause_end();
    EXPECT_EQUAL(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        printf("way %d: status %#x\n", way, (unsigned)status);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
    struct sockaddr_in address;
    struct team team;
    WSABUF buffer = {1, &received};
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD flags = 0, bytes;
    pthread_t noise[2];

    alarm(300);
#ifdef __SANITIZE_THREAD__
    printf("skipped: the thread sanitizer does not follow a child of many threads\n");
    return 77;
#endif
    stress_warm_up();
    InitializeCriticalSection(&section);
    team_start(&team, 2, WORKERS, act);
    shared_port = team.port;
    /* The main thread is bound to a port too, with a receive pending there. */
    HANDLE own = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    SOCKET listener = stress_listener(&address);
    int client = plain_connect(&address);
    pending = accept(listener, NULL, NULL);
    EXPECT(CreateIoCompletionPort((HANDLE)pending, own, 1, 0) == own);
    EXPECT(!GetQueuedCompletionStatus(own, &bytes, &key, &overlapped, 0));
    EXPECT(WSARecv(pending, &buffer, 1, NULL, &flags, &receive, NULL) != 0);
    for (int index = 0; index < 2; index++)
        EXPECT_EQUAL(pthread_create(&noise[index], NULL, make_noise, NULL), 0);
    for (int number = 0; number < FORKS; number++)
        fork_once(number % WAYS);
    atomic_store(&stopping, 1);
    for (int index = 0; index < 2; index++)
        pthread_join(noise[index], NULL);
    EXPECT(team_reaches(&team.taken, atomic_load(&posted)));
    EXPECT(!GetQueuedCompletionStatus(own, &bytes, &key, &overlapped, 0));
    EXPECT_EQUAL(write(client, "x", 1), 1);
    EXPECT(GetQueuedCompletionStatus(own, &bytes, &key, &overlapped, TEAM_DEADLINE_MS) &&
           overlapped == &receive && received == 'x');
    team_end(&team);
    closesocket(pending);
    closesocket(listener);
    close(client);
    CloseHandle(own);
    return expect_report();
}
