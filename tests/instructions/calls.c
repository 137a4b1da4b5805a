/* SPDX-License-Identifier: MIT
 *
 * How many system calls the library makes for an accepted connection, and for a datagram there and
 * back: counted by tracing the one thread that does the work. Its own calls, as a client, are not
 * counted: getppid stands before and after what is. Nor is sched_yield: a thread that is traced is
 * so slow that the library takes it for one that sleeps for moments and is woken too early. Nor
 * futex: it stays away for so long at times that the service thread takes its work over, and the
 * two meet at locks. Exit 77 where tracing is not allowed. */
#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TURNS = 200, MESSAGE = 64, BLOCK = sizeof(struct sockaddr_in) + 16, CALLS = 512 };

static HANDLE port;
static SOCKET ours;
static struct sockaddr_in address;
static char message[MESSAGE];

static void must(int condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "calls: %s: error %u, errno %d\n", what, (unsigned)GetLastError(), errno);
    _exit(1);
}

/* --- what is traced -----------------------------------------------------------------------------
 */

static void count_on_or_off(void)
{
    syscall(SYS_getppid);
}

static SOCKET bound_make(int type)
{
    int length = sizeof address;
    WSADATA data;

    must(WSAStartup(MAKEWORD(2, 2), &data) == 0, "WSAStartup");
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SOCKET made = WSASocketW(AF_INET, type, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    must(bind(made, (struct sockaddr *)&address, sizeof address) == 0, "bind");
    must(getsockname(made, (struct sockaddr *)&address, &length) == 0, "getsockname");
    must(CreateIoCompletionPort((HANDLE)made, port, 1, 0) == port, "CreateIoCompletionPort");
    return made;
}

static DWORD take(void)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;

    must(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE), "a packet");
    return bytes;
}

static void must_start(int result, const char *what)
{
    must(result == 0 || WSAGetLastError() == WSA_IO_PENDING, what);
}

/* The accept socket of the next connection, as a server has it pending. */
struct waiting {
    OVERLAPPED overlapped;
    SOCKET socket;
    char blocks[2 * BLOCK];
};

static void wait_for_one(struct waiting *next)
{
    DWORD bytes;

    memset(&next->overlapped, 0, sizeof next->overlapped);
    next->socket = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    must_start(
        !AcceptEx(ours, next->socket, next->blocks, 0, BLOCK, BLOCK, &bytes, &next->overlapped),
        "AcceptEx");
}

/* The client's side is the system's alone, and is not counted. It leaves with a reset. */
static int client_make(void)
{
    enum { SYSTEMS_SOL_SOCKET = 1, SYSTEMS_SO_LINGER = 13 };
    const int hard[2] = {1, 0};
    int client = (int)syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);

    must(syscall(SYS_connect, client, &address, sizeof address) == 0, "connect");
    must(syscall(SYS_setsockopt, client, SYSTEMS_SOL_SOCKET, SYSTEMS_SO_LINGER, hard,
                 sizeof hard) == 0,
         "SO_LINGER");
    return client;
}

static void accepted_turn(struct waiting pair[2], int turn)
{
    struct waiting *now = &pair[turn & 1];
    OVERLAPPED overlapped = {0};
    WSABUF buffer = {.len = MESSAGE, .buf = message};
    DWORD flags = 0;
    int client = client_make(), on = 1;

    count_on_or_off();
    take();
    wait_for_one(&pair[~turn & 1]);
    must(setsockopt(now->socket, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&ours,
                    sizeof ours) == 0,
         "SO_UPDATE_ACCEPT_CONTEXT");
    must(CreateIoCompletionPort((HANDLE)now->socket, port, 2, 0) == port, "association");
    must(setsockopt(now->socket, IPPROTO_TCP, TCP_NODELAY, (char *)&on, sizeof on) == 0,
         "TCP_NODELAY");
    must_start(WSARecv(now->socket, &buffer, 1, NULL, &flags, &overlapped, NULL), "WSARecv");
    count_on_or_off();
    must(syscall(SYS_sendto, client, message, MESSAGE, 0, NULL, 0) == MESSAGE, "sendto");
    count_on_or_off();
    must(take() == MESSAGE, "a message");
    must_start(WSASend(now->socket, &buffer, 1, NULL, 0, &overlapped, NULL), "WSASend");
    take();
    closesocket(now->socket);
    count_on_or_off();
    syscall(SYS_close, client);
}

static void go_accept(void)
{
    static struct waiting pair[2];

    ours = bound_make(SOCK_STREAM);
    must(listen(ours, 16) == 0, "listen");
    wait_for_one(&pair[0]);
    for (int turn = 0; turn < TURNS; turn++)
        accepted_turn(pair, turn);
}

static void go_datagram(void)
{
    OVERLAPPED overlapped = {0};
    WSABUF buffer = {.len = MESSAGE, .buf = message};
    struct sockaddr_in from;
    int length = sizeof from;
    DWORD flags = 0;
    long client = syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0);

    ours = bound_make(SOCK_DGRAM);
    for (int turn = 0; turn < TURNS; turn++) {
        must(syscall(SYS_sendto, client, message, MESSAGE, 0, &address, sizeof address) == MESSAGE,
             "sendto");
        count_on_or_off();
        must_start(WSARecvFrom(ours, &buffer, 1, NULL, &flags, (struct sockaddr *)&from, &length,
                               &overlapped, NULL),
                   "WSARecvFrom");
        must(take() == MESSAGE, "a message");
        must_start(WSASendTo(ours, &buffer, 1, NULL, 0, (struct sockaddr *)&from, length,
                             &overlapped, NULL),
                   "WSASendTo");
        take();
        count_on_or_off();
        must(syscall(SYS_recvfrom, client, message, MESSAGE, 0, NULL, NULL) == MESSAGE, "recvfrom");
    }
}

/* --- who counts ---------------------------------------------------------------------------------
 */

static long calls[CALLS];

/* Until the traced thread's next system call, its begin or its end; 0: it is gone. */
static int next_stop(pid_t traced, int *status)
{
    int signal_to_give = 0;

    for (;;) {
        if (ptrace(PTRACE_SYSCALL, traced, 0, signal_to_give) < 0 ||
            waitpid(traced, status, 0) != traced || !WIFSTOPPED(*status))
            return 0;
        if (WSTOPSIG(*status) == (SIGTRAP | 0x80))
            return 1;
        signal_to_give = WSTOPSIG(*status) == SIGTRAP ? 0 : WSTOPSIG(*status);
    }
}

static long called(pid_t traced)
{
    struct __ptrace_syscall_info info;

    if (ptrace(PTRACE_GET_SYSCALL_INFO, traced, sizeof info, &info) <= 0 ||
        info.op != PTRACE_SYSCALL_INFO_ENTRY)
        return -1;
    return (long)info.entry.nr;
}

static int count(pid_t traced)
{
    int status, counting = 0;

    if (waitpid(traced, &status, 0) != traced || !WIFSTOPPED(status) ||
        ptrace(PTRACE_SETOPTIONS, traced, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) < 0)
        return 77;
    while (next_stop(traced, &status)) {
        long number = called(traced);
        if (number == SYS_getppid)
            counting = !counting;
        else if (counting && number >= 0 && number < CALLS && number != SYS_sched_yield &&
                 number != SYS_futex)
            calls[number]++;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void trace_me(void (*go)(void))
{
    if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
        _exit(77);
    raise(SIGSTOP);
    go();
    _exit(0);
}

int main(int argc, char **argv)
{
    long most, all = 0;
    int accepting;

    if (argc != 3)
        return 2;
    accepting = strcmp(argv[1], "accept") == 0;
    most = strtol(argv[2], NULL, 10);
    pid_t traced = fork();
    if (traced == 0)
        trace_me(accepting ? go_accept : go_datagram);
    int result = count(traced);
    if (result == 77)
        printf("skipped: this process may not trace another\n");
    if (result)
        return result;
    for (int number = 0; number < CALLS; number++) {
        if (calls[number] >= TURNS / 10)
            printf("%3d: %.2f\n", number, (double)calls[number] / TURNS);
        all += calls[number];
    }
    printf("%s: %.2f system calls a turn, at most %ld\n", argv[1], (double)all / TURNS, most);
    return all > most * TURNS + TURNS / 10; /* beginnings */
}
