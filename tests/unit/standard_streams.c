/* SPDX-License-Identifier: MIT
 *
 * A program that has closed its standard streams, as daemons do: whatever the library opens, none
 * of it gets their numbers, and a socket's is never 0, which would look like none.
 */
#include "unit/expect.h"
#include "unit/net/loopback.h"

#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

enum { BLOCK = sizeof(struct sockaddr_in) + 16, PATIENCE_MS = 5000 };

static HANDLE port;

static bool is_closed(int stream)
{
    return fcntl(stream, F_GETFD) < 0 && errno == EBADF;
}

/* The system gives out the lowest number, which one of the library's threads may be about to
 * leave. */
static void streams_stay_closed(const char *after)
{
    for (int stream = 0; stream <= 2; stream++) {
        for (int look = 0; look < 1000 && !is_closed(stream); look++)
            usleep(1000);
        bool closed = is_closed(stream);
        EXPECT(closed);
        if (!closed)
            printf("descriptor %d is open after %s\n", stream, after);
    }
}

static SOCKET client_of(const struct sockaddr_in *address)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);

    EXPECT_EQUAL(connect(s, (const struct sockaddr *)address, sizeof *address), 0);
    return s;
}

static DWORD packet_bytes(void)
{
    DWORD bytes = 0;
    ULONG_PTR key;
    OVERLAPPED *overlapped;

    EXPECT(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, PATIENCE_MS));
    return bytes;
}

static void receive_starts(SOCKET s, char *byte, OVERLAPPED *overlapped)
{
    WSABUF buffer = {1, byte};
    DWORD flags = 0;

    EXPECT(WSARecv(s, &buffer, 1, NULL, &flags, overlapped, NULL) != 0);
    EXPECT_EQUAL(GetLastError(), WSA_IO_PENDING);
}

static void sockets(void)
{
    struct sockaddr_in address;
    SOCKET listening = loopback_listen(port, &address), client = client_of(&address);
    SOCKET accepted = accept(listening, NULL, NULL), other = socket(AF_INET, SOCK_STREAM, 0);
    OVERLAPPED overlapped = {0};
    char byte, blocks[2 * BLOCK];
    DWORD bytes;

    EXPECT(accepted != INVALID_SOCKET && accepted > 2);
    EXPECT(CreateIoCompletionPort((HANDLE)accepted, port, 2, 0) == port);
    receive_starts(accepted, &byte, &overlapped);
    EXPECT_EQUAL(send(client, "x", 1, 0), 1);
    EXPECT_EQUAL(packet_bytes(), 1);
    streams_stay_closed("accept");

    OVERLAPPED accepting = {0};
    EXPECT(!AcceptEx(listening, other, blocks, 0, BLOCK, BLOCK, &bytes, &accepting));
    SOCKET second = client_of(&address);
    EXPECT_EQUAL(packet_bytes(), 0);
    streams_stay_closed("AcceptEx");
    closesocket(second);
    closesocket(other);
    closesocket(accepted);
    closesocket(client);
    closesocket(listening);
}

/* What belongs to no port is served by a thread of the library's. */
static void without_port(void)
{
    struct sockaddr_in address;
    HANDLE unused = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    SOCKET listening = loopback_listen(unused, &address), client = client_of(&address);
    SOCKET accepted = accept(listening, NULL, NULL);
    OVERLAPPED overlapped = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
    WSAEVENT network = WSACreateEvent();
    char byte;

    receive_starts(accepted, &byte, &overlapped);
    EXPECT_EQUAL(WSAEventSelect(client, network, FD_READ), 0);
    EXPECT_EQUAL(send(client, "x", 1, 0), 1);
    EXPECT_EQUAL(WaitForSingleObject(overlapped.hEvent, PATIENCE_MS), WAIT_OBJECT_0);
    EXPECT_EQUAL(send(accepted, "y", 1, 0), 1);
    EXPECT_EQUAL(WaitForSingleObject(network, PATIENCE_MS), WAIT_OBJECT_0);
    streams_stay_closed("waits without a port");
    WSACloseEvent(network);
    CloseHandle(overlapped.hEvent);
    closesocket(accepted);
    closesocket(client);
    closesocket(listening);
    CloseHandle(unused);
}

static void files(void)
{
    char directory[] = "/tmp/streams-XXXXXX", path[64], data[16];
    OVERLAPPED overlapped = {0}, changes = {0};
    static DWORD news[256];

    EXPECT(mkdtemp(directory) != NULL);
    snprintf(path, sizeof path, "%s/file", directory);
    HANDLE watched =
        CreateFileA(directory, FILE_LIST_DIRECTORY, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                    FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED, NULL);
    EXPECT(CreateIoCompletionPort(watched, port, 3, 0) == port);
    EXPECT(ReadDirectoryChangesW(watched, news, sizeof news, FALSE, FILE_NOTIFY_CHANGE_FILE_NAME,
                                 NULL, &changes, NULL));
    HANDLE file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_NEW,
                              FILE_FLAG_OVERLAPPED | FILE_FLAG_DELETE_ON_CLOSE, NULL);
    EXPECT(file != INVALID_HANDLE_VALUE);
    EXPECT(packet_bytes() > 0); /* the change */
    EXPECT(CreateIoCompletionPort(file, port, 4, 0) == port);
    WriteFile(file, "content", 7, NULL, &overlapped);
    EXPECT_EQUAL(packet_bytes(), 7);
    ReadFile(file, data, sizeof data, NULL, &overlapped);
    EXPECT_EQUAL(packet_bytes(), 7);
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, NULL);
    EXPECT(section != NULL);
    streams_stay_closed("files");
    CloseHandle(section);
    CloseHandle(file);
    CloseHandle(watched);
    rmdir(directory);
}

static void pipes(void)
{
    char name[64];
    HANDLE reading, writing;
    OVERLAPPED overlapped = {0};

    snprintf(name, sizeof name, "\\\\.\\pipe\\standard-streams-%d", (int)getpid());
    HANDLE server =
        CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1, 64, 64, 0, NULL);

    EXPECT(server != INVALID_HANDLE_VALUE);
    EXPECT(CreateIoCompletionPort(server, port, 5, 0) == port);
    EXPECT(!ConnectNamedPipe(server, &overlapped));
    HANDLE client =
        CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    EXPECT(client != INVALID_HANDLE_VALUE);
    packet_bytes();
    EXPECT(CreatePipe(&reading, &writing, NULL, 0));
    streams_stay_closed("pipes");
    CloseHandle(reading);
    CloseHandle(writing);
    CloseHandle(client);
    CloseHandle(server);
}

/* The watchdog keeps descriptors of the threads that it looks at. */
static DWORD WINAPI blocking_worker(void *limited)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;

    while (GetQueuedCompletionStatus(limited, &bytes, &key, &overlapped, INFINITE) && key)
        usleep(50000);
    return 0;
}

static void blocked_threads(void)
{
    HANDLE limited = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1), threads[2];

    for (int index = 0; index < 2; index++)
        threads[index] = CreateThread(NULL, 0, blocking_worker, limited, 0, NULL);
    for (int packet = 0; packet < 4; packet++)
        EXPECT(PostQueuedCompletionStatus(limited, 0, packet < 2, NULL));
    EXPECT_EQUAL(WaitForMultipleObjects(2, threads, TRUE, PATIENCE_MS), WAIT_OBJECT_0);
    streams_stay_closed("blocked threads");
    CloseHandle(threads[0]);
    CloseHandle(threads[1]);
    CloseHandle(limited);
}

static BOOL WINAPI ignored(DWORD event)
{
    (void)event;
    return FALSE;
}

static void notices(void)
{
    OVERLAPPED overlapped = {0};
    SOCKET s = socket(AF_INET, SOCK_DGRAM, 0);
    DWORD bytes;

    EXPECT(SetConsoleCtrlHandler(ignored, TRUE));
    EXPECT_EQUAL(WSAIoctl(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, &bytes, &overlapped, NULL),
                 SOCKET_ERROR);
    EXPECT_EQUAL(WSAGetLastError(), WSA_IO_PENDING);
    streams_stay_closed("notices");
    closesocket(s);
    EXPECT(SetConsoleCtrlHandler(ignored, FALSE));
}

int main(void)
{
    int kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 900);
    WSADATA data;

    EXPECT(kept >= 0);
    setvbuf(stdout, NULL, _IOFBF, 1 << 16); /* nothing is written meanwhile */
    for (int stream = 0; stream <= 2; stream++)
        close(stream);
    EXPECT_EQUAL(WSAStartup(MAKEWORD(2, 2), &data), 0);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    sockets();
    without_port();
    files();
    pipes();
    blocked_threads();
    notices();
    CloseHandle(port);
    WSACleanup();
    dup2(kept, STDOUT_FILENO);
    dup2(kept, STDERR_FILENO);
    return expect_report();
}
