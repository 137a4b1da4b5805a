/* SPDX-License-Identifier: MIT
 *
 * The headers as a C11 program meets them: everything in tier 1 used once, in the shapes that
 * programs use, without a warning. Compiled, not run; run.sh also looks at the symbols it asks for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <winsock2.h>
#include <windows.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <mstcpip.h>
#include <afunix.h>
#include <process.h>
#include <io.h>
#include <tchar.h>
#include <strsafe.h>
#include <intrin.h>
#include <iphlpapi.h>
#include <netioapi.h>
#include <bcrypt.h>
#include <conio.h>
#include <wincrypt.h>
#include <winsvc.h>
#include <crtdbg.h>
#include <direct.h>
#include <winapifamily.h>
#include <wspiapi.h>
#include <winternl.h>
#include <ntstatus.h>
#include <iocp.h>
#include <iocp_nt.h>
#include <excpt.h>
#include <share.h>
#include <sys/stat.h>

#pragma comment(lib, "ws2_32.lib")

typedef struct {
    OVERLAPPED overlapped;
    WSABUF buffer;
    char data[1024];
    int kind;
} per_io, *lpper_io;

typedef struct {
    SOCKET socket;
    SOCKADDR_IN peer;
    long references;
} per_handle;

static __declspec(thread) int depth;
__declspec(align(64)) static volatile LONG counter;
static volatile long long_counter;
static volatile LONG64 wide_counter;
static volatile SHORT short_counter;
static PVOID volatile pointer;
static CRITICAL_SECTION lock;
static SRWLOCK slim = SRWLOCK_INIT;
static CONDITION_VARIABLE condition = CONDITION_VARIABLE_INIT;
static INIT_ONCE once = INIT_ONCE_STATIC_INIT;

static DWORD WINAPI worker(LPVOID parameter)
{
    HANDLE port = parameter;
    DWORD bytes;
    ULONG_PTR key;
    per_handle *handle;
    void *anything;
    lpper_io io;
    LPOVERLAPPED overlapped;
    /* the four ways in which programs pass the key's address */
    GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
    GetQueuedCompletionStatus(port, &bytes, (LPDWORD)&handle, (LPOVERLAPPED *)&io, INFINITE);
    GetQueuedCompletionStatus(port, &bytes, (PULONG_PTR)&handle, &overlapped, 0);
    GetQueuedCompletionStatus(port, &bytes, &anything, &overlapped, 0);
    io = CONTAINING_RECORD(overlapped, per_io, overlapped);
    ZeroMemory(&io->overlapped, sizeof(OVERLAPPED));
    depth++;
    return HasOverlappedIoCompleted(overlapped) ? io->kind : (int)GetLastError();
}

static unsigned __stdcall crt_worker(void *parameter)
{
    __try {
        if (!parameter)
            __leave;
        worker(parameter);
    } __finally {
        depth = 0;
    }
    return 0;
}

static void extensions(SOCKET s)
{
    GUID guid = WSAID_ACCEPTEX;
    LPFN_ACCEPTEX accept_ex = NULL;
    DWORD bytes;
    struct tcp_keepalive alive = {1, 1000, 100};
    u_long mode = 1;
    int flag = 1, length = sizeof flag;
    WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof guid, &accept_ex,
             sizeof accept_ex, &bytes, NULL, NULL);
    WSAIoctl(s, SIO_KEEPALIVE_VALS, &alive, sizeof alive, NULL, 0, &bytes, NULL, NULL);
    ioctlsocket(s, FIONBIO, &mode);
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, (const char *)&flag, sizeof flag);
    setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&s, sizeof s);
    getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&flag, &length);
    accept_ex(s, s, NULL, 0, 0, sizeof(SOCKADDR_IN) + 16, &bytes, NULL);
}

static int ready(SOCKET s)
{
    fd_set set;
    TIMEVAL timeout = {0, 0};
    WSAPOLLFD one = {0, POLLIN, 0};
    FD_ZERO(&set);
    FD_SET(s, &set);
    if (select(0, &set, NULL, NULL, &timeout) == SOCKET_ERROR)
        return WSAGetLastError();
    FD_CLR(s, &set);
    one.fd = s;
    return FD_ISSET(s, &set) + WSAPoll(&one, 1, 0);
}

static void names(void)
{
    struct addrinfo hints = {0}, *found = NULL;
    struct hostent *host = gethostbyname("localhost");
    char text[NI_MAXHOST], number[NI_MAXSERV];
    WCHAR wide[] = {'a', 'b', 0};
    hints.ai_family = AF_UNSPEC;
    hints.ai_flags = AI_PASSIVE;
    if (getaddrinfo("localhost", "80", &hints, &found) != 0)
        printf("%s %s\n", gai_strerror(EAI_NONAME), host ? host->h_name : "");
    getnameinfo(found->ai_addr, (socklen_t)found->ai_addrlen, text, sizeof text, number,
                sizeof number, NI_NUMERICHOST);
    freeaddrinfo(found);
    gethostname(text, sizeof text);
    inet_ntop(AF_INET6, &in6addr_any, text, sizeof text);
    printf("%d %d %s\n", lstrlen(TEXT("a")), lstrlenW(wide), inet_ntoa(*(IN_ADDR *)text));
}

static void atomics(void)
{
    InterlockedIncrement(&counter);
    InterlockedIncrement(&long_counter);
    InterlockedDecrement16(&short_counter);
    InterlockedExchangeAdd64(&wide_counter, 5);
    InterlockedCompareExchange(&counter, 1, 0);
    InterlockedCompareExchange(&long_counter, 1, 0);
    InterlockedCompareExchangePointer(&pointer, NULL, (PVOID)&counter);
    InterlockedExchangePointer(&pointer, NULL);
    _InterlockedOr(&counter, 2);
    InterlockedBitTestAndSet(&counter, 3);
    MemoryBarrier();
    YieldProcessor();
}

static void threads(HANDLE port)
{
    DWORD id;
    HANDLE all[2];
    all[0] = CreateThread(NULL, 0, worker, port, 0, &id);
    all[1] = (HANDLE)_beginthreadex(NULL, 0, crt_worker, port, 0, NULL);
    WaitForMultipleObjects(2, all, TRUE, INFINITE);
    InitializeCriticalSection(&lock);
    EnterCriticalSection(&lock);
    SleepConditionVariableCS(&condition, &lock, 10);
    LeaveCriticalSection(&lock);
    AcquireSRWLockShared(&slim);
    ReleaseSRWLockShared(&slim);
    InitOnceExecuteOnce(&once, NULL, NULL, NULL);
    SetEvent(CreateEvent(NULL, TRUE, FALSE, NULL));
    SignalObjectAndWait(all[0], all[1], 0, TRUE);
    PostQueuedCompletionStatus(port, 0, (ULONG_PTR)port, NULL);
    CloseHandle(all[0]);
}

static int by_context(void *context, const void *left, const void *right)
{
    return (int)(*(const char *)left - *(const char *)right) + (context != NULL);
}

/* Microsoft's C library, as programs for Visual C++ use it. */
static int crt(const char *line)
{
    char drive[_MAX_DRIVE], dir[_MAX_DIR], name[_MAX_FNAME], ext[_MAX_EXT], path[_MAX_PATH];
    char *next = NULL, *value = NULL;
    size_t size = 0;
    int port = 0, fd = -1, ends[2];
    FILE *file = NULL;
    struct _stat about;
    struct _stat64 wide;
    if (fopen_s(&file, "server.ini", "rt") != 0 || fscanf_s(file, "%s", name, 256u) != 1)
        return errno;
    if (sscanf_s(line, "%[^:]:%d", name, (unsigned)_countof(name), &port) != 2)
        return 1;
    _splitpath_s(line, drive, sizeof drive, dir, sizeof dir, name, sizeof name, ext, sizeof ext);
    _makepath(path, drive, dir, name, ext);
    _fullpath(path, line, _MAX_PATH);
    _itoa_s(port, name, sizeof name, 10);
    printf_s("%s %s %s\n", _itoa(port, name, 16), _strupr(path), strtok_s(path, " ", &next));
    qsort_s(name, 3, 1, by_context, NULL);
    _dupenv_s(&value, &size, "PATH");
    getenv_s(&size, name, sizeof name, "PATH");
    _putenv_s("NAME", "value");
    if (_sopen_s(&fd, path, _O_RDONLY | _O_BINARY, _SH_DENYNO, _S_IREAD) == 0)
        _fstat(fd, &about);
    _stat64(path, &wide);
    _setmode(_fileno(stdin), _O_BINARY);
    _pipe(ends, 4096, _O_BINARY);
    _tcscpy_s(name, sizeof name, _T("text"));
    _stprintf_s(name, sizeof name, _T("%d"), _ttoi(_tgetenv(_T("NAME"))));
    _set_invalid_parameter_handler(NULL);
    return _pclose(_popen(_tcslwr(name), "r")) + (int)_filelengthi64(fd) + _eof(fd) +
           (int)__max(about.st_size, wide.st_size) + _fseeki64(file, 0, SEEK_SET);
}

int main(void)
{
    WSADATA data;
    SYSTEM_INFO system;
    SOCKADDR_IN address;
    SOCKET s, taken;
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    int length = sizeof address;
    DWORD flags = 0, bytes = 0;
    per_io *io = (per_io *)GlobalAlloc(GPTR, sizeof(per_io));
    per_handle *handle = (per_handle *)GlobalAlloc(GPTR, sizeof(per_handle));
    struct iocp_port_state state = {.struct_size = sizeof state};
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0 || io == NULL)
        return 1;
    GetSystemInfo(&system);
    s = WSASocket(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (s == INVALID_SOCKET)
        s = socket(PF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.S_un.S_addr = htonl(INADDR_ANY);
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    address.sin_port = htons(6000);
    if (bind(s, (struct sockaddr *)&address, sizeof address) == SOCKET_ERROR)
        return (int)GetLastError();
    listen(s, SOMAXCONN);
    taken = accept(s, (SOCKADDR *)&address, &length);
    taken = WSAAccept(s, (SOCKADDR *)&address, &length, NULL, 0);
    handle->socket = taken;
    memcpy_s(&handle->peer, sizeof handle->peer, &address, length);
    CreateIoCompletionPort((HANDLE)taken, port, (ULONG_PTR)handle, 0);
    io->buffer.len = sizeof io->data;
    io->buffer.buf = io->data;
    WSARecv(taken, &io->buffer, 1, &bytes, &flags, &io->overlapped, NULL);
    WSASend(taken, &io->buffer, 1, &bytes, 0, &io->overlapped, NULL);
    strncpy_s(io->data, sizeof io->data, "hello", 5);
    send(taken, io->data, recv(taken, io->data, 10, 0), 0);
    connect(s, (SOCKADDR *)&address, sizeof address);
    extensions(s);
    ready(s);
    crt("c:/one/two.txt:80");
    names();
    atomics();
    threads(port);
    iocp_port_query(port, &state);
    printf("%lu %s %d\n", (unsigned long)system.dwNumberOfProcessors, iocp_engine(),
           max(1, (int)state.waiting));
    shutdown(taken, SD_BOTH);
    closesocket(taken);
    GlobalFree(io);
    WSACleanup();
    Sleep(1);
    return (int)(NT_SUCCESS(STATUS_SUCCESS) + RtlNtStatusToDosError(STATUS_CANCELLED));
}
