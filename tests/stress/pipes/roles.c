/* SPDX-License-Identifier: MIT
 *
 * The other processes: clients and servers that do one thing until they are killed or their peer
 * goes.
 */
#include "pipes.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

const char *pipes_name(const char *what)
{
    static char name[128];
    static int number;

    snprintf(name, sizeof name, "\\\\.\\pipe\\%s-%d-%d", what, (int)getpid(), number++);
    return name;
}

/* Without the other process there is nothing to check. */
static void roles_require(bool held)
{
    if (held)
        return;
    printf("FAIL: the other process: errno %d\n", errno);
    exit(1);
}

struct pipes_process pipes_start(const char *role, const char *name)
{
    int ends[2];
    char descriptor[16];
    struct pipes_process process;

    roles_require(pipe2(ends, O_CLOEXEC) == 0);
    snprintf(descriptor, sizeof descriptor, "%d", ends[1]);
    process.said = ends[0];
    process.pid = fork();
    if (process.pid == 0) {
        fcntl(ends[1], F_SETFD, 0);
        execl("/proc/self/exe", "pipes", role, name, descriptor, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    return process;
}

void pipes_ready(struct pipes_process *process)
{
    char byte;

    roles_require(read(process->said, &byte, 1) == 1);
}

int pipes_wait(struct pipes_process *process)
{
    int status = -1;

    roles_require(waitpid(process->pid, &status, 0) == process->pid);
    close(process->said);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void pipes_kill(struct pipes_process *process)
{
    kill(process->pid, SIGKILL);
    pipes_wait(process);
}

static int role_said;

static void role_ready(void)
{
    if (write(role_said, "r", 1) != 1)
        _exit(3);
}

static HANDLE role_client(const char *name)
{
    HANDLE end = INVALID_HANDLE_VALUE;

    for (int tries = 0; tries < 200 && end == INVALID_HANDLE_VALUE; tries++) {
        end = pipes_open(name, 0);
        if (end == INVALID_HANDLE_VALUE)
            stress_nap(10);
    }
    if (end == INVALID_HANDLE_VALUE)
        _exit(2);
    return end;
}

static int role_echo(const char *name)
{
    HANDLE end = role_client(name);
    char data[64];
    DWORD bytes;

    while (ReadFile(end, data, sizeof data, &bytes, NULL))
        if (!WriteFile(end, data, bytes, &bytes, NULL))
            return 4;
    return GetLastError() == ERROR_BROKEN_PIPE ? 0 : 5;
}

static _Noreturn void role_stay(void)
{
    role_ready();
    for (;;)
        pause();
}

static int role_hold(const char *name)
{
    if (role_client(name) != NULL)
        role_stay();
    return 1;
}

static int role_large(const char *name)
{
    static char data[8 << 20];
    HANDLE end = role_client(name);
    DWORD bytes;

    role_ready();
    WriteFile(end, data, sizeof data, &bytes, NULL);
    return 6;
}

static int role_serve(const char *name, int instances)
{
    for (int i = 0; i < instances; i++)
        if (pipes_serve(name, 0, PIPE_TYPE_BYTE, instances > 2 ? 10 : 2) == INVALID_HANDLE_VALUE)
            return 7;
    role_stay();
}

/* Another user looks for the pipe: where the first one's are, then where its own would be. */
static int role_stranger(const char *name)
{
    if (setgid(65534) < 0 || setuid(65534) < 0)
        return 8;
    if (pipes_open(name, 0) != INVALID_HANDLE_VALUE || GetLastError() != ERROR_ACCESS_DENIED)
        return 9;
    if (pipes_serve(name, 0, PIPE_TYPE_BYTE, 2) != INVALID_HANDLE_VALUE ||
        GetLastError() != ERROR_ACCESS_DENIED)
        return 10;
    unsetenv("IOCP_PIPE_DIR");
    if (pipes_open(name, 0) != INVALID_HANDLE_VALUE || GetLastError() != ERROR_FILE_NOT_FOUND)
        return 11;
    return 0;
}

int pipes_role(const char *role, const char *name, const char *descriptor)
{
    alarm(60); /* whoever started it may be gone */
    role_said = (int)strtol(descriptor, NULL, 10);
    fcntl(role_said, F_SETFD, FD_CLOEXEC);
    if (strcmp(role, "echo") == 0)
        return role_echo(name);
    if (strcmp(role, "hold") == 0)
        return role_hold(name);
    if (strcmp(role, "large") == 0)
        return role_large(name);
    if (strcmp(role, "serve") == 0)
        return role_serve(name, 1);
    if (strcmp(role, "serve-many") == 0)
        return role_serve(name, 7);
    if (strcmp(role, "stranger") == 0)
        return role_stranger(name);
    return 126;
}
