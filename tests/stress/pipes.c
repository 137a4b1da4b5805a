/* SPDX-License-Identifier: MIT
 *
 * Pipes between processes: data both ways, peers that are killed in every state, servers that are
 * started again after that, several servers of one name, other users, and the directory in which
 * all of them meet. Each ends with exactly one packet, and with every descriptor and file gone.
 *
 * The other processes are this program again, with a role (pipes/roles.c): what forks from a
 * program that uses the library could not use it.
 */
#include "pipes/pipes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

char pipes_directory[64];

static HANDLE port;
static OVERLAPPED ov, other;
static char large[1 << 20];

HANDLE pipes_serve(const char *name, DWORD open_mode, DWORD mode, DWORD instances)
{
    return CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | open_mode, mode, instances, 0, 0, 0, NULL);
}

HANDLE pipes_open(const char *name, DWORD flags)
{
    return CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, flags, NULL);
}

int pipes_files(void)
{
    DIR *directory = opendir(pipes_directory);
    struct dirent *entry;
    int count = 0;

    while (directory && (entry = readdir(directory)))
        count += entry->d_name[0] != '.';
    if (directory)
        closedir(directory);
    return count;
}

static HANDLE at_port(HANDLE end)
{
    EXPECT(end != INVALID_HANDLE_VALUE);
    EXPECT(CreateIoCompletionPort(end, port, 1, 0) == port);
    return end;
}

static HANDLE server_here(const char *name, DWORD mode)
{
    return at_port(pipes_serve(name, FILE_FLAG_OVERLAPPED, mode, 4));
}

/* One packet, of this operation and with this error; 0: success. */
static DWORD expect_packet(OVERLAPPED *wanted, DWORD error)
{
    OVERLAPPED *overlapped = NULL;
    ULONG_PTR key;
    DWORD bytes = 0;

    BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 10000);
    DWORD found = ok ? 0 : GetLastError();
    EXPECT(overlapped == wanted);
    EXPECT_EQUAL(found, error);
    return bytes;
}

static void expect_no_packet(void)
{
    OVERLAPPED *overlapped = NULL;
    ULONG_PTR key;
    DWORD bytes;

    EXPECT(!GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 30) && !overlapped);
}

static void wait_for_client(HANDLE end)
{
    memset(&ov, 0, sizeof ov);
    if (ConnectNamedPipe(end, &ov) || GetLastError() == ERROR_IO_PENDING)
        expect_packet(&ov, 0);
    else
        EXPECT_EQUAL(GetLastError(), ERROR_PIPE_CONNECTED);
}

static DWORD read_start(HANDLE end, OVERLAPPED *overlapped)
{
    static char data[64];

    memset(overlapped, 0, sizeof *overlapped);
    return ReadFile(end, data, sizeof data, NULL, overlapped) ? 0 : GetLastError();
}

static DWORD write_start(HANDLE end, const void *data, DWORD length, OVERLAPPED *overlapped)
{
    memset(overlapped, 0, sizeof *overlapped);
    return WriteFile(end, data, length, NULL, overlapped) ? 0 : GetLastError();
}

static void an_echo(DWORD mode)
{
    const char *name = pipes_name("echo");
    HANDLE end = server_here(name, mode);
    struct pipes_process client = pipes_start("echo", name);
    ULONG process = 0;

    wait_for_client(end);
    EXPECT(GetNamedPipeClientProcessId(end, &process));
    EXPECT_EQUAL(process, (ULONG)client.pid);
    for (int turn = 0; turn < 200; turn++) {
        EXPECT_EQUAL(read_start(end, &other), ERROR_IO_PENDING);
        DWORD error = write_start(end, "0123456789", 10, &ov);
        EXPECT(error == 0 || error == ERROR_IO_PENDING);
        DWORD bytes = 0;
        for (int packets = 0; packets < 2; packets++) {
            OVERLAPPED *overlapped = NULL;
            ULONG_PTR key;
            EXPECT(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 10000));
            EXPECT_EQUAL(bytes, 10);
        }
    }
    EXPECT(CloseHandle(end));
    EXPECT_EQUAL(pipes_wait(&client), 0);
}

static void echoes(void)
{
    an_echo(PIPE_TYPE_BYTE);
    an_echo(PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
}

/* A client that holds a connection and does nothing is killed. */
static void a_client_is_killed(DWORD mode)
{
    const char *name = pipes_name("killed");
    HANDLE end = server_here(name, mode);
    struct pipes_process client = pipes_start("hold", name);

    wait_for_client(end);
    EXPECT_EQUAL(read_start(end, &ov), ERROR_IO_PENDING);
    EXPECT_EQUAL(write_start(end, large, sizeof large, &other), ERROR_IO_PENDING);
    pipes_kill(&client);
    OVERLAPPED *first = NULL, *second = NULL;
    ULONG_PTR key;
    DWORD bytes;
    EXPECT(!GetQueuedCompletionStatus(port, &bytes, &key, &first, 10000));
    EXPECT_EQUAL(GetLastError(), ERROR_BROKEN_PIPE);
    EXPECT(!GetQueuedCompletionStatus(port, &bytes, &key, &second, 10000));
    EXPECT_EQUAL(GetLastError(), ERROR_BROKEN_PIPE);
    EXPECT(first && second && first != second);
    expect_no_packet();
    EXPECT_EQUAL(write_start(end, "x", 1, &ov), ERROR_NO_DATA);
    /* The instance serves the next one. */
    EXPECT(DisconnectNamedPipe(end));
    client = pipes_start("hold", name);
    wait_for_client(end);
    pipes_kill(&client);
    EXPECT(CloseHandle(end));
}

static void clients_are_killed(void)
{
    a_client_is_killed(PIPE_TYPE_BYTE);
    a_client_is_killed(PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
}

static void a_client_is_killed_before_it_is_taken_in(void)
{
    const char *name = pipes_name("early");
    HANDLE end = server_here(name, PIPE_TYPE_BYTE);
    struct pipes_process client = pipes_start("hold", name);

    pipes_ready(&client);
    pipes_kill(&client);
    memset(&ov, 0, sizeof ov);
    EXPECT(!ConnectNamedPipe(end, &ov));
    EXPECT_EQUAL(GetLastError(), ERROR_NO_DATA);
    expect_no_packet();
    EXPECT(CloseHandle(end));
}

static void a_client_is_killed_in_a_message(void)
{
    const char *name = pipes_name("part");
    HANDLE end = server_here(name, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
    struct pipes_process client = pipes_start("large", name);

    wait_for_client(end);
    pipes_ready(&client);
    stress_nap(50); /* it sleeps in its write */
    pipes_kill(&client);
    memset(&ov, 0, sizeof ov);
    EXPECT(!ReadFile(end, large, sizeof large, NULL, &ov));
    DWORD bytes = expect_packet(&ov, ERROR_MORE_DATA);
    EXPECT(bytes > 0 && bytes < sizeof large);
    EXPECT_EQUAL(read_start(end, &ov), ERROR_IO_PENDING);
    expect_packet(&ov, ERROR_BROKEN_PIPE);
    expect_no_packet();
    EXPECT(CloseHandle(end));
}

static void a_server_is_killed(void)
{
    const char *name = pipes_name("server");
    struct pipes_process server = pipes_start("serve", name);

    pipes_ready(&server);
    HANDLE end = at_port(pipes_open(name, FILE_FLAG_OVERLAPPED));
    ULONG process = 0;
    EXPECT(GetNamedPipeServerProcessId(end, &process));
    EXPECT_EQUAL(process, (ULONG)server.pid);
    EXPECT_EQUAL(read_start(end, &ov), ERROR_IO_PENDING);
    pipes_kill(&server);
    expect_packet(&ov, ERROR_BROKEN_PIPE);
    expect_no_packet();
    EXPECT_EQUAL(write_start(end, "x", 1, &ov), ERROR_NO_DATA);
    EXPECT(pipes_open(name, 0) == INVALID_HANDLE_VALUE);
    EXPECT_EQUAL(GetLastError(), ERROR_FILE_NOT_FOUND);
    EXPECT(!WaitNamedPipeA(name, 10));
    EXPECT_EQUAL(GetLastError(), ERROR_FILE_NOT_FOUND);
    EXPECT(CloseHandle(end));
}

/* What a killed server left is in nobody's way, also not in that of the first instance. */
static void a_server_is_started_again(void)
{
    const char *name = pipes_name("again");

    for (int turn = 0; turn < 5; turn++) {
        struct pipes_process server = pipes_start(turn % 2 ? "serve-many" : "serve", name);
        pipes_ready(&server);
        pipes_kill(&server);
        EXPECT(pipes_files() > 0); /* or this test tests nothing */
        HANDLE end = pipes_serve(name, FILE_FLAG_FIRST_PIPE_INSTANCE,
                                 turn % 2 ? PIPE_TYPE_MESSAGE : PIPE_TYPE_BYTE, 1);
        EXPECT(end != INVALID_HANDLE_VALUE);
        EXPECT_EQUAL(pipes_files(), 2);
        HANDLE client = pipes_open(name, 0);
        EXPECT(client != INVALID_HANDLE_VALUE);
        EXPECT(CloseHandle(client));
        EXPECT(CloseHandle(end));
        EXPECT_EQUAL(pipes_files(), 0);
    }
}

static void several_servers_of_one_name(void)
{
    const char *name = pipes_name("several");
    struct pipes_process server = pipes_start("serve", name);

    pipes_ready(&server);
    EXPECT(pipes_serve(name, FILE_FLAG_FIRST_PIPE_INSTANCE, PIPE_TYPE_BYTE, 2) ==
           INVALID_HANDLE_VALUE);
    EXPECT_EQUAL(GetLastError(), ERROR_ACCESS_DENIED);
    EXPECT(pipes_serve(name, 0, PIPE_TYPE_MESSAGE, 2) == INVALID_HANDLE_VALUE);
    EXPECT_EQUAL(GetLastError(), ERROR_ACCESS_DENIED);
    HANDLE end = pipes_serve(name, 0, PIPE_TYPE_BYTE, 2);
    EXPECT(end != INVALID_HANDLE_VALUE);
    EXPECT(pipes_serve(name, 0, PIPE_TYPE_BYTE, 2) == INVALID_HANDLE_VALUE);
    EXPECT_EQUAL(GetLastError(), ERROR_PIPE_BUSY);
    HANDLE first = pipes_open(name, 0), second = pipes_open(name, 0);
    EXPECT(first != INVALID_HANDLE_VALUE && second != INVALID_HANDLE_VALUE);
    ULONG one = 0, two = 0;
    EXPECT(GetNamedPipeServerProcessId(first, &one) && GetNamedPipeServerProcessId(second, &two));
    EXPECT(one != two && (one == (ULONG)server.pid || two == (ULONG)server.pid));
    EXPECT(pipes_open(name, 0) == INVALID_HANDLE_VALUE);
    EXPECT_EQUAL(GetLastError(), ERROR_PIPE_BUSY);
    pipes_kill(&server);
    HANDLE third = pipes_serve(name, 0, PIPE_TYPE_BYTE, 2); /* in the place of the killed one's */
    EXPECT(third != INVALID_HANDLE_VALUE);
    EXPECT(CloseHandle(first) && CloseHandle(second) && CloseHandle(third) && CloseHandle(end));
}

static void a_forked_child(void)
{
    const char *name = pipes_name("forked");
    HANDLE end = server_here(name, PIPE_TYPE_BYTE);
    pid_t child = fork();

    if (child == 0) {
        bool refused = pipes_open(name, 0) == INVALID_HANDLE_VALUE &&
                       pipes_serve(name, 0, PIPE_TYPE_BYTE, 4) == INVALID_HANDLE_VALUE &&
                       !WaitNamedPipeA(name, 10) && !DisconnectNamedPipe(end) && !CloseHandle(end);
        _exit(refused ? 0 : 1);
    }
    int status = -1;
    EXPECT(waitpid(child, &status, 0) == child);
    EXPECT_EQUAL(status, 0);
    HANDLE client = pipes_open(name, 0);
    EXPECT(client != INVALID_HANDLE_VALUE);
    wait_for_client(end);
    EXPECT(CloseHandle(client) && CloseHandle(end));
}

/* A thread that has once slept in a call keeps the descriptor by which it is woken. */
static void sleep_once(void)
{
    const char *name = pipes_name("sleep");
    HANDLE end = pipes_serve(name, 0, PIPE_TYPE_BYTE, 1), client = pipes_open(name, 0);

    EXPECT(!WaitNamedPipeA(name, 2));
    EXPECT_EQUAL(GetLastError(), ERROR_SEM_TIMEOUT);
    EXPECT(CloseHandle(client) && CloseHandle(end));
}

static void all(void)
{
    echoes();
    clients_are_killed();
    a_client_is_killed_before_it_is_taken_in();
    a_client_is_killed_in_a_message();
    a_server_is_killed();
    a_server_is_started_again();
    several_servers_of_one_name();
    a_forked_child();
    EXPECT_EQUAL(pipes_crowd(), 0);
}

int main(int count, char **arguments)
{
    if (count == 4)
        return pipes_role(arguments[1], arguments[2], arguments[3]);
    snprintf(pipes_directory, sizeof pipes_directory, "/tmp/iocp-pipes-test-%d", (int)getpid());
    setenv("IOCP_PIPE_DIR", pipes_directory, 1);
    stress_warm_up();
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    sleep_once();
    all();
    EXPECT_EQUAL(pipes_files(), 0);
    struct stress_balance before = stress_baseline();
    all();
    stress_expect_balance(&before);
    EXPECT_EQUAL(pipes_files(), 0);
    EXPECT_EQUAL(rmdir(pipes_directory), 0);
    EXPECT_EQUAL(pipes_places(), 0);
    return expect_report();
}
