/* SPDX-License-Identifier: MIT
 *
 * Where io_uring is refused, as container runtimes do by default, the library runs on epoll without
 * a word lost: a whole echo session under a filter that answers EPERM, then ENOSYS, to the calls of
 * io_uring; IOCP_ENGINE=uring is asked for all the same.
 */
#include "stress.h"

#include <seccomp.h>
#include <sys/wait.h>

enum { ROUNDS = 1000, MESSAGE = 128 };

static void refuse(int error)
{
    static const int calls[] = {SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter),
                                SCMP_SYS(io_uring_register)};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

    EXPECT(filter != NULL);
    for (int index = 0; index < 3; index++)
        EXPECT_EQUAL(seccomp_rule_add(filter, SCMP_ACT_ERRNO((uint32_t)error), calls[index], 0), 0);
    EXPECT_EQUAL(seccomp_load(filter), 0);
    seccomp_release(filter);
}

static DWORD take(HANDLE port, OVERLAPPED *wanted)
{
    OVERLAPPED *overlapped = NULL;
    ULONG_PTR key = 0;
    DWORD bytes = 0;

    EXPECT(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 5000));
    EXPECT(overlapped == wanted);
    return bytes;
}

static void echo(HANDLE port, SOCKET s, int client)
{
    char out[MESSAGE], back[MESSAGE], data[MESSAGE];

    for (int number = 0; number < ROUNDS && !atomic_load(&expect_failures); number++) {
        OVERLAPPED receive, send;
        WSABUF buffer = {MESSAGE, data};
        DWORD flags = 0;
        memset(&receive, 0, sizeof receive);
        memset(&send, 0, sizeof send);
        memset(out, number, sizeof out);
        WSARecv(s, &buffer, 1, NULL, &flags, &receive, NULL);
        EXPECT_EQUAL(write(client, out, sizeof out), MESSAGE);
        EXPECT_EQUAL(take(port, &receive), MESSAGE);
        WSASend(s, &buffer, 1, NULL, 0, &send, NULL);
        EXPECT_EQUAL(take(port, &send), MESSAGE);
        EXPECT_EQUAL(read(client, back, sizeof back), MESSAGE);
        EXPECT_EQUAL(memcmp(out, back, MESSAGE), 0);
    }
}

static void session(void)
{
    struct sockaddr_in address;
    OVERLAPPED accepting;
    char block[2 * STRESS_BLOCK];

    memset(&accepting, 0, sizeof accepting);
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    SOCKET listener = stress_listener(&address), s = socket(AF_INET, SOCK_STREAM, 0);
    EXPECT(CreateIoCompletionPort((HANDLE)listener, port, 1, 0) == port);
    EXPECT(CreateIoCompletionPort((HANDLE)s, port, 2, 0) == port);
    AcceptEx(listener, s, block, 0, STRESS_BLOCK, STRESS_BLOCK, NULL, &accepting);
    int client = plain_connect(&address);
    take(port, &accepting);
    echo(port, s, client);
    EXPECT_EQUAL(closesocket(s), 0);
    EXPECT_EQUAL(closesocket(listener), 0);
    close(client);
    EXPECT(CloseHandle(port));
}

static int refused_session(int error)
{
    int status = 0;

    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        alarm(60);
        setenv("IOCP_ENGINE", "uring", 1);
        refuse(error);
        stress_warm_up();
        EXPECT_EQUAL(strcmp(iocp_engine(), "epoll"), 0);
        session();
        exit(expect_report());
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(void)
{
    EXPECT_EQUAL(refused_session(EPERM), 0);
    EXPECT_EQUAL(refused_session(ENOSYS), 0);
    return expect_report();
}
