/* SPDX-License-Identifier: MIT
 *
 * A filter refuses the io_uring calls, as container runtimes install it by default: the engine says
 * so when it is asked for, and whoever merely prefers it runs on epoll. Every case in a child
 * process of its own, since neither a filter nor the choice of an engine can be undone.
 */
#include "engine/engine.h"
#include "unit/expect.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* From now on the calls first..last fail with the error. */
static void refuse(unsigned first, unsigned last, int error)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first, 0, 2),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, last, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof filter[0], .filter = filter};

    EXPECT_EQUAL(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    EXPECT_EQUAL(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static void refuse_all(int error)
{
    refuse(SYS_io_uring_setup, SYS_io_uring_register, error);
    EXPECT(syscall(SYS_io_uring_setup, 0, NULL) < 0 && errno == error);
}

static void source_works(void)
{
    struct engine_source *source = engine_source_create();

    EXPECT(source != NULL);
    if (!source)
        return;
    engine_source_kick(source);
    engine_source_poll(source, INT64_MAX, UINT32_MAX);
    engine_source_destroy(source);
}

static void asked_for(int error)
{
    refuse_all(error);
    EXPECT_EQUAL(engine_choose("uring"), -error);
    EXPECT_EQUAL(engine_choose("auto"), 0);
    EXPECT(strcmp(engine_name(), "epoll") == 0);
    source_works();
}

static void asked_for_denied(void)
{
    asked_for(EPERM);
}

static void asked_for_unknown(void)
{
    asked_for(ENOSYS);
}

static void preferred(void)
{
    refuse_all(EPERM);
    setenv("IOCP_ENGINE", "uring", 1);
    EXPECT(strcmp(engine_name(), "epoll") == 0);
    source_works();
}

static void preferred_before_auto(void)
{
    refuse_all(EPERM);
    setenv("IOCP_ENGINE", "uring", 1);
    EXPECT_EQUAL(engine_choose("auto"), 0);
    EXPECT(strcmp(engine_name(), "epoll") == 0);
    source_works();
}

/* Rings can be made, but nothing can be submitted. */
static void half_refused(void)
{
    refuse(SYS_io_uring_enter, SYS_io_uring_enter, EPERM);
    EXPECT_EQUAL(engine_choose("uring"), -EPERM);
    EXPECT_EQUAL(engine_choose("auto"), 0);
    source_works();
}

/* What only makes it better is refused: it runs. */
static void registering_refused(void)
{
    refuse(SYS_io_uring_register, SYS_io_uring_register, EPERM);
    EXPECT_EQUAL(engine_choose("uring"), 0);
    EXPECT(strcmp(engine_name(), "uring") == 0);
    source_works();
}

/* Out of descriptors is not refused: it may be had later. */
static void short_of_descriptors(void)
{
    struct rlimit before, none;

    getrlimit(RLIMIT_NOFILE, &before);
    none = before;
    none.rlim_cur = 3;
    setrlimit(RLIMIT_NOFILE, &none);
    EXPECT_EQUAL(engine_choose("uring"), -EMFILE);
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQUAL(engine_choose("uring"), 0);
    EXPECT(strcmp(engine_name(), "uring") == 0);
}

static void names(void)
{
    EXPECT_EQUAL(engine_choose("kqueue"), -EINVAL);
    EXPECT_EQUAL(engine_choose("fake"), 0);
    EXPECT(strcmp(engine_name(), "fake") == 0);
    EXPECT_EQUAL(engine_choose("epoll"), -EBUSY);
}

static void in_a_child(void (*function)(void), const char *name)
{
    int status = -1;

    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        unsetenv("IOCP_ENGINE");
        function();
        fflush(stdout);
        _exit(atomic_load(&expect_failures) ? 1 : 0);
    }
    EXPECT_EQUAL(waitpid(child, &status, 0), child);
    printf("%s %s\n", status == 0 ? "ok" : "FAIL", name);
    EXPECT_EQUAL(status, 0);
}

static bool uring_is_here(void)
{
    long result = syscall(SYS_io_uring_setup, 0, NULL);

    return result < 0 && errno != ENOSYS && errno != EPERM;
}

int main(void)
{
    in_a_child(asked_for_denied, "asked for, not permitted");
    in_a_child(asked_for_unknown, "asked for, unknown to the kernel");
    in_a_child(preferred, "preferred, not permitted");
    in_a_child(preferred_before_auto, "preferred, then auto");
    in_a_child(half_refused, "submitting refused");
    in_a_child(names, "names");
    if (uring_is_here()) {
        in_a_child(registering_refused, "registering refused");
        in_a_child(short_of_descriptors, "short of descriptors");
    } else {
        printf("this machine refuses io_uring of itself: two cases are not tested\n");
    }
    return expect_report();
}
