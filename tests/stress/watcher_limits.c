/* SPDX-License-Identifier: MIT
 *
 * The watcher where the system gives it little: no /proc, a /proc that hides other users' processes
 * or counts in another process space, no descriptor left, and far more threads than it keeps files
 * open for. The library's own waits are exact in all of these.
 *
 * Each case runs in a child of its own, made before the library is first used. Those that need a
 * mount take a user name space where the program is not root, and are left out, with the reason
 * printed, where there is neither.
 */
#include "team.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { LEFT_OUT = 77, RAW = 1, LIBRARY = 2, COMPUTE = 3, NAP = 4, THREADS = 2000 };

static _Atomic int blocking, stop;
static int ends[2];

static void act(ULONG_PTR key)
{
    char byte;

    if (key == RAW) {
        atomic_store(&blocking, 1);
        EXPECT_EQUAL(read(ends[0], &byte, 1), 1);
    } else if (key == LIBRARY) {
        Sleep(300);
    } else if (key == NAP) {
        stress_nap(2);
    } else {
        team_compute(&stop);
    }
}

/* One thread blocks in a call of this kind; whether it is replaced must be as expected. */
static void blocked_in(ULONG_PTR key, bool replaced)
{
    struct team team;

    atomic_store(&stop, 0);
    atomic_store(&blocking, 0);
    EXPECT_EQUAL(pipe2(ends, O_CLOEXEC), 0);
    team_start(&team, 1, 2, act);
    team_post(&team, key);
    team_post(&team, COMPUTE);
    if (replaced)
        EXPECT(team_reaches(&team.taken, 2));
    else
        EXPECT(team_reaches(&blocking, 1) && team_stays(&team.taken, 1));
    EXPECT_EQUAL(atomic_load(&team.done), 0);
    EXPECT_EQUAL(write(ends[1], "x", 1), 1);
    atomic_store(&stop, 1);
    team_end(&team);
    close(ends[0]);
    close(ends[1]);
}

static void expect_watch(const char *wanted)
{
    if (strcmp(iocp_watch(), wanted) != 0)
        printf("the watcher in force is '%s'\n", iocp_watch());
    EXPECT_EQUAL(strcmp(iocp_watch(), wanted), 0);
}

static void nothing_to_see(void)
{
    expect_watch("none");
    EXPECT_EQUAL(iocp_watch_set("proc"), ERROR_NOT_SUPPORTED);
    blocked_in(LIBRARY, true);
    blocked_in(RAW, false);
    expect_watch("none");
}

/* ---- the places ---- */

static int left_out(const char *what)
{
    printf("left out: %s: %s\n", what, strerror(errno));
    return LEFT_OUT;
}

static bool own_namespaces(int which)
{
    int unprivileged = geteuid() == 0 ? 0 : CLONE_NEWUSER;

    return unshare(which | unprivileged) == 0;
}

static int without_proc(void)
{
    char place[] = "/tmp/iocp-empty-XXXXXX";

    if (!mkdtemp(place) || !own_namespaces(CLONE_NEWNS))
        return left_out("unshare");
    int above = open("/tmp", O_DIRECTORY | O_CLOEXEC);
    bool moved = chroot(place) == 0 && chdir("/") == 0;
    if (moved)
        nothing_to_see();
    EXPECT(unlinkat(above, place + sizeof "/tmp", AT_REMOVEDIR) == 0);
    close(above);
    return moved ? expect_report() : left_out("chroot");
}

/* The program is number one of a process space, and /proc was mounted outside of it. */
static int in_another_process_space(void)
{
    int status;

    if (!own_namespaces(CLONE_NEWPID))
        return left_out("unshare");
    fflush(stdout);
    pid_t inner = fork();
    if (inner == 0) {
        alarm(60);
        nothing_to_see();
        int failed = expect_report();
        fflush(stdout);
        _exit(failed);
    }
    waitpid(inner, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int with_others_hidden(void)
{
    if (!own_namespaces(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return left_out("unshare");
    if (mount("proc", "/proc", "proc", 0, "hidepid=2") != 0)
        return left_out("mount");
    if (geteuid() == 0 && (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534)))
        return left_out("setresuid");
    expect_watch("proc");
    blocked_in(RAW, true);
    return expect_report();
}

/* All descriptors are taken, then given back. */
static int without_descriptors(void)
{
    struct rlimit limit;

    blocked_in(RAW, true); /* all that the library itself needs is there */
    EXPECT_EQUAL(getrlimit(RLIMIT_NOFILE, &limit), 0);
    struct rlimit tight = limit;
    struct team team;
    EXPECT_EQUAL(pipe2(ends, O_CLOEXEC), 0);
    atomic_store(&stop, 0);
    atomic_store(&blocking, 0);
    team_start(&team, 1, 3, act);
    int next = dup(0);
    close(next);
    tight.rlim_cur = (rlim_t)next;
    EXPECT_EQUAL(setrlimit(RLIMIT_NOFILE, &tight), 0);
    /* Threads that ended give back what their port had open for them a little later. */
    stress_nap(100);
    while (dup(0) >= 0)
        ;
    expect_watch("none");
    EXPECT_EQUAL(iocp_watch_set("proc"), ERROR_TOO_MANY_OPEN_FILES);
    team_post(&team, LIBRARY);
    team_post(&team, RAW);
    team_post(&team, COMPUTE);
    EXPECT(team_reaches(&blocking, 1));  /* Sleep let it in */
    EXPECT(team_reaches(&team.done, 1)); /* and is over */
    EXPECT(team_stays(&team.taken, 2));  /* the read is not seen */
    EXPECT_EQUAL(setrlimit(RLIMIT_NOFILE, &limit), 0);
    EXPECT(team_reaches(&team.taken, 3)); /* now it is */
    expect_watch("proc");
    EXPECT_EQUAL(write(ends[1], "x", 1), 1);
    atomic_store(&stop, 1);
    team_end(&team);
    close(ends[0]);
    close(ends[1]);
    return expect_report();
}

/* ---- thousands of threads ---- */

static struct team many;
static pthread_t many_threads[THREADS];

static void *many_run(void *unused)
{
    team_run(&many);
    return unused;
}

/* Every handler blocks, so all threads come to be looked at; descriptors stay bounded. */
static int with_many_threads(void)
{
    int before, most = 0, count = 0;
    pthread_attr_t attributes;

    blocked_in(RAW, true);
    before = stress_baseline().descriptors;
    many.port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 100);
    many.act = act;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 128 * 1024);
    while (count < THREADS &&
           pthread_create(&many_threads[count], &attributes, many_run, NULL) == 0)
        count++;
    EXPECT(team_settles(&many, (unsigned)count, 0, 0));
    for (int packet = 0; packet < 10 * count; packet++)
        team_post(&many, NAP);
    for (int tries = 0; tries < 30000 && atomic_load(&many.done) < 10 * count; tries++) {
        int now = descriptors_open();
        most = now > most ? now : most;
        stress_nap(1);
    }
    EXPECT_EQUAL(atomic_load(&many.done), 10 * count);
    printf("%d threads, at most %d descriptors more\n", count, most - before);
    EXPECT(count >= 100 && most - before <= 64 + 8);
    for (int index = 0; index < count; index++)
        team_post(&many, 0);
    for (int index = 0; index < count; index++)
        pthread_join(many_threads[index], NULL);
    EXPECT(CloseHandle(many.port));
    for (int tries = 0; tries < 200 && descriptors_open() != before; tries++)
        stress_nap(10);
    EXPECT_EQUAL(descriptors_open(), before);
    return expect_report();
}

/* Threads that end while they are looked at: by themselves and terminated. */
static int with_threads_that_end(void)
{
    struct team team;

#if UNDER_THREAD_SANITIZER
    printf("left out: a thread terminated inside the thread sanitizer keeps its locks\n");
    return LEFT_OUT;
#endif
    for (int times = 0; times < 50; times++) {
        atomic_store(&stop, 0);
        atomic_store(&blocking, 0);
        EXPECT_EQUAL(pipe2(ends, O_CLOEXEC), 0);
        team_start(&team, 1, 3, act);
        team_post(&team, times % 2 ? RAW : LIBRARY);
        team_post(&team, COMPUTE);
        EXPECT(team_reaches(&team.taken, 2));
        for (int index = 0; index < 3; index++)
            EXPECT(TerminateThread(team.threads[index], 5));
        for (int index = 0; index < 3; index++) {
            EXPECT_EQUAL(WaitForSingleObject(team.threads[index], TEAM_DEADLINE_MS), WAIT_OBJECT_0);
            CloseHandle(team.threads[index]);
        }
        EXPECT(team_settles(&team, 0, 0, 0));
        EXPECT(CloseHandle(team.port));
        close(ends[0]);
        close(ends[1]);
    }
    return expect_report();
}

static const struct {
    const char *name;
    int (*run)(void);
} cases[] = {
    {"without /proc", without_proc},
    {"in another process space", in_another_process_space},
    {"with hidepid", with_others_hidden},
    {"without descriptors", without_descriptors},
    {"with many threads", with_many_threads},
    {"with threads that end", with_threads_that_end},
};

int main(void)
{
    alarm(600);
    unsetenv("IOCP_WATCH");
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        int status = 0;
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            alarm(120);
            atomic_store(&expect_failures, 0); /* its own ones are counted */
            int failed = cases[index].run();
            fflush(stdout);
            _exit(failed); /* the leak sanitizer, which works at exit, needs /proc */
        }
        waitpid(child, &status, 0);
        int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        printf("%s: %s\n", cases[index].name, code == LEFT_OUT ? "left out" : code ? "FAIL" : "ok");
        EXPECT(code == 0 || code == LEFT_OUT);
    }
    return expect_report();
}
