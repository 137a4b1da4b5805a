/* SPDX-License-Identifier: MIT
 *
 * OutputDebugString: told to who traces the process, and to nobody else.
 */
#include "unit/expect.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <windows.h>

/* What the child's exit status says. */
enum { ALL_IS_WELL = 3, SOMETHING_CHANGED, NOT_TRACED };

static void child_speaks(bool traced)
{
    const WCHAR wide[] = {'w', 0xF6, 'r', 't', 0xD83D, 0xDE00, '\n', 0};

    if (traced && ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(NOT_TRACED);
    SetLastError(1234);
    errno = EXDEV;
    OutputDebugStringA("plain\n");
    OutputDebugStringW(wide);
    OutputDebugStringA("");
    OutputDebugStringA(NULL);
    OutputDebugStringW(NULL);
    _exit(GetLastError() == 1234 && errno == EXDEV ? ALL_IS_WELL : SOMETHING_CHANGED);
}

/* Lets it go on after whatever stops it; its exit status, or -1. */
static int child_ends(pid_t child)
{
    int status = 0;

    for (;;) {
        if (waitpid(child, &status, 0) < 0) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        if (!WIFSTOPPED(status))
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        ptrace(PTRACE_CONT, child, NULL, NULL);
    }
}

/* What a child, traced or not, wrote to standard error. */
static int spoken(bool traced, char *text, size_t room)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        child_speaks(traced);
    }
    close(ends[1]);
    int result = child_ends(child);
    ssize_t got = read(ends[0], text, room - 1);
    text[got > 0 ? got : 0] = 0;
    close(ends[0]);
    return result;
}

int main(void)
{
    char text[200];

    EXPECT_EQUAL(spoken(false, text, sizeof text), ALL_IS_WELL);
    EXPECT_EQUAL(strlen(text), 0);
    int result = spoken(true, text, sizeof text);
    if (result == NOT_TRACED) {
        printf("nobody may trace here\n");
        return 77;
    }
    EXPECT_EQUAL(result, ALL_IS_WELL);
    EXPECT(strcmp(text, "plain\nw\xC3\xB6rt\xF0\x9F\x98\x80\n") == 0);
    return expect_report();
}
