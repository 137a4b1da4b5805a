/* SPDX-License-Identifier: MIT
 *
 * No thread wakes up in an idle process: the context switches of every thread but the main one,
 * counted over two seconds in which nothing happens. With waiting threads, sockets that wait for
 * data, sockets left to the service thread, threads blocked where the library cannot see it, and
 * packets that nobody takes; before any activity and after it.
 */
#include "team.h"

#include <fcntl.h>

enum { IDLE_MS = 2000, COMING_TO_REST_MS = 1500, SOCKETS = 20, ROUNDS = 2000 };

static int ends[2];
static struct {
    SOCKET ours;
    int theirs;
    OVERLAPPED overlapped;
    char byte;
} sockets[SOCKETS];

static void act(ULONG_PTR key)
{
    char byte;

    if (key == 2)
        EXPECT_EQUAL(read(ends[0], &byte, 1), 1);
}

/* Context switches of one thread so far, and its name. */
static long switches_of(const char *thread, char name[64])
{
    char path[300], line[256];
    long sum = 0, count;

    snprintf(path, sizeof path, "/proc/self/task/%s/status", thread);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "voluntary_ctxt_switches: %ld", &count) == 1 ||
            sscanf(line, "nonvoluntary_ctxt_switches: %ld", &count) == 1)
            sum += count;
        sscanf(line, "Name: %63[^\n]", name);
    }
    if (file)
        fclose(file);
    return sum;
}

/* Of all threads but this one, by id; returns how many there are. */
static int switches_now(long counts[], char names[][64], int most)
{
    DIR *directory = opendir("/proc/self/task");
    struct dirent *entry;
    int found = 0;

    while ((entry = readdir(directory)) && found < most)
        if (entry->d_name[0] != '.' && strtol(entry->d_name, NULL, 10) != getpid()) {
            names[found][0] = 0;
            counts[found] = switches_of(entry->d_name, names[found]);
            found++;
        }
    closedir(directory);
    return found;
}

static void expect_idle(const char *when)
{
    enum { MOST = 64 };
    static long before[MOST], after[MOST];
    static char names[MOST][64];

    stress_nap(COMING_TO_REST_MS);
    int count = switches_now(before, names, MOST);
    stress_nap(IDLE_MS);
    EXPECT_EQUAL(switches_now(after, names, MOST), count);
    for (int index = 0; index < count; index++) {
        if (after[index] != before[index])
            printf("%s: %ld switches of '%s'\n", when, after[index] - before[index], names[index]);
        EXPECT_EQUAL(after[index], before[index]);
    }
    printf("%s: %d threads\n", when, count);
    fflush(stdout);
}

static void receive_start(int index)
{
    WSABUF buffer = {1, &sockets[index].byte};
    DWORD flags = 0;

    memset(&sockets[index].overlapped, 0, sizeof sockets[index].overlapped);
    EXPECT(WSARecv(sockets[index].ours, &buffer, 1, NULL, &flags, &sockets[index].overlapped,
                   NULL) != 0);
}

static void sockets_open(HANDLE port)
{
    struct sockaddr_in address;
    SOCKET listener = stress_listener(&address);

    for (int index = 0; index < SOCKETS; index++) {
        sockets[index].theirs = plain_connect(&address);
        sockets[index].ours = accept(listener, NULL, NULL);
        EXPECT(CreateIoCompletionPort((HANDLE)sockets[index].ours, port, 1, 0) == port);
        receive_start(index);
    }
    EXPECT_EQUAL(closesocket(listener), 0);
}

static void sockets_close(void)
{
    for (int index = 0; index < SOCKETS; index++) {
        EXPECT_EQUAL(closesocket(sockets[index].ours), 0);
        close(sockets[index].theirs);
    }
}

static void bursts(struct team *team)
{
    for (int round = 0; round < ROUNDS; round++) {
        int index = round % SOCKETS, taken = atomic_load(&team->taken);
        EXPECT_EQUAL(write(sockets[index].theirs, "x", 1), 1);
        team_post(team, 1);
        EXPECT(team_reaches(&team->taken, taken + 2));
        receive_start(index);
    }
}

static void with_waiting_threads(void)
{
    struct team team;

    team_start(&team, 2, 4, act);
    sockets_open(team.port);
    expect_idle("threads wait, sockets pend");
    bursts(&team);
    expect_idle("after activity");
    /* One thread blocked for good, another that replaced it and is back. */
    EXPECT_EQUAL(pipe2(ends, O_CLOEXEC), 0);
    for (int times = 0; times < 3; times++)
        team_post(&team, 2);
    for (int times = 0; times < 3; times++)
        team_post(&team, 1);
    EXPECT(team_settles(&team, 1, 0, 3));
    expect_idle("three threads blocked elsewhere");
    EXPECT_EQUAL(write(ends[1], "xxx", 3), 3);
    EXPECT(team_settles(&team, 4, 0, 0));
    sockets_close();
    stress_nap(50);
    team_end(&team);
    close(ends[0]);
    close(ends[1]);
}

/* The main thread is the only one of its port, and is elsewhere. */
static void with_nobody_waiting(void)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    EXPECT(!GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 0));
    sockets_open(port);
    expect_idle("nobody waits, sockets pend");
    for (int index = 0; index < SOCKETS; index++)
        EXPECT_EQUAL(write(sockets[index].theirs, "x", 1), 1);
    expect_idle("packets lie that nobody takes");
    for (int index = 0; index < SOCKETS; index++)
        EXPECT(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 1000));
    EXPECT(PostQueuedCompletionStatus(port, 0, 1, NULL));
    expect_idle("a posted packet lies");
    EXPECT(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 0));
    sockets_close();
    EXPECT(CloseHandle(port));
    stress_warm_up();
}

/* The slot is held by a blocked thread, a packet and a waiter are there, and nobody may look. */
static void with_the_watcher_off(void)
{
    struct team team;

    EXPECT_EQUAL(iocp_watch_set("off"), 0);
    EXPECT_EQUAL(pipe2(ends, O_CLOEXEC), 0);
    team_start(&team, 1, 2, act);
    team_post(&team, 2);
    EXPECT(team_settles(&team, 1, 1, 0));
    team_post(&team, 1);
    expect_idle("blocked with the watcher off");
    EXPECT_EQUAL(iocp_watch_set(NULL), 0);
    EXPECT_EQUAL(write(ends[1], "x", 1), 1);
    EXPECT(team_reaches(&team.done, 2));
    team_end(&team);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    alarm(120);
    unsetenv("IOCP_WATCH");
#ifdef __SANITIZE_THREAD__
    printf("skipped: the thread sanitizer has a thread of its own that wakes up\n");
    return 77;
#endif
    stress_warm_up();
    if (strcmp(iocp_watch(), "proc") != 0) {
        printf("skipped: /proc cannot be read\n");
        return 77;
    }
    expect_idle("before anything");
    with_waiting_threads();
    with_nobody_waiting();
    with_the_watcher_off();
    expect_idle("after everything");
    return expect_report();
}
