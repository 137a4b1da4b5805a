/* SPDX-License-Identifier: MIT
 *
 * The small functions: the last error, clocks, system information, modules by name (the program is
 * linked with -rdynamic for that, see system.cmake), resolver structures.
 */
#include "unit/expect.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <winsock2.h>
#include <ws2tcpip.h>
#include <winternl.h>
#include <psapi.h>

static void *other_thread(void *unused)
{
    EXPECT_EQUAL(GetLastError(), 0);
    SetLastError(99);
    return unused;
}

static void last_error(void)
{
    pthread_t thread;
    SetLastError(1234);
    EXPECT_EQUAL(WSAGetLastError(), 1234);
    WSASetLastError(WSAECONNRESET);
    EXPECT_EQUAL(GetLastError(), WSAECONNRESET);
    pthread_create(&thread, NULL, other_thread, NULL);
    pthread_join(thread, NULL);
    EXPECT_EQUAL(GetLastError(), WSAECONNRESET);
    EXPECT_EQUAL(RtlNtStatusToDosError((NTSTATUS)0xC000020D), ERROR_NETNAME_DELETED);
    EXPECT_EQUAL(RtlNtStatusToDosError((NTSTATUS)0xC0FFEE00), ERROR_MR_MID_NOT_FOUND);
}

static time_t time_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

static void clocks(void)
{
    LARGE_INTEGER frequency, first, second;
    FILETIME time;
    EXPECT(QueryPerformanceFrequency(&frequency) && frequency.QuadPart > 1000);
    EXPECT(QueryPerformanceCounter(&first));
    ULONGLONG ticks = GetTickCount64();
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    EXPECT(QueryPerformanceCounter(&second));
    EXPECT((second.QuadPart - first.QuadPart) * 1000 / frequency.QuadPart >= 20);
    EXPECT(GetTickCount64() >= ticks + 19 && GetTickCount64() < ticks + 20000);
    EXPECT(GetTickCount() - (DWORD)ticks < 20000);
    GetSystemTimeAsFileTime(&time);
    uint64_t since_1601 = (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
    int64_t difference = (int64_t)(since_1601 / 10000000 - 11644473600u) - (int64_t)time_now();
    EXPECT(difference >= -1 && difference <= 1);
    EXPECT(!QueryPerformanceCounter(NULL) && GetLastError() == ERROR_NOACCESS);
}

static void processors(void)
{
    SYSTEM_INFO info;
    cpu_set_t before, one;
    EXPECT(sched_getaffinity(0, sizeof before, &before) == 0);
    GetSystemInfo(&info);
    EXPECT_EQUAL(info.dwNumberOfProcessors, CPU_COUNT(&before));
    EXPECT(info.dwPageSize >= 4096 && info.dwAllocationGranularity == 65536);
    int first = 0;
    while (!CPU_ISSET(first, &before))
        first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    EXPECT(sched_setaffinity(0, sizeof one, &one) == 0);
    GetSystemInfo(&info);
    EXPECT_EQUAL(info.dwNumberOfProcessors, 1);
    EXPECT(info.dwActiveProcessorMask == (DWORD_PTR)1 << first);
    SYSTEM_INFO native;
    GetNativeSystemInfo(&native);
    EXPECT(memcmp(&native, &info, sizeof info) == 0);
    sched_setaffinity(0, sizeof before, &before);
}

static void modules(void)
{
    static const char *const names[] = {
        "kernel32",   "KERNEL32.DLL",          "ntdll.dll", "Ws2_32.dll", "mswsock",
        "kernelbase", "C:\\Windows\\ntdll.dll"};
    static const WCHAR wide[] = {'n', 't', 'd', 'l', 'l', 0};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        HMODULE module = GetModuleHandleA(names[i]);
        EXPECT(module && LoadLibraryA(names[i]) == module && FreeLibrary(module));
        EXPECT(GetProcAddress(module, "GetTickCount64") == (FARPROC)(uintptr_t)&GetTickCount64);
        EXPECT(GetProcAddress(module, "inet_addr") == (FARPROC)(uintptr_t)&inet_addr);
        SetLastError(0);
        EXPECT(!GetProcAddress(module, "NoSuchFunction"));
        EXPECT_EQUAL(GetLastError(), ERROR_PROC_NOT_FOUND);
        EXPECT(!GetProcAddress(module, "qsort")); /* the C library's, not ours */
        EXPECT(!GetProcAddress(module, (LPCSTR)(uintptr_t)116));
    }
    EXPECT(GetModuleHandleW(wide) == GetModuleHandleA("ntdll"));
    EXPECT(GetModuleHandleA(NULL) != NULL);
    SetLastError(0);
    EXPECT(!GetModuleHandleA("user32.dll") && GetLastError() == ERROR_MOD_NOT_FOUND);
    EXPECT(!LoadLibraryA("nosuchlibrary.dll") && GetLastError() == ERROR_MOD_NOT_FOUND);
    EXPECT(!LoadLibraryA(NULL) && !LoadLibraryA(""));
    HMODULE math = LoadLibraryA("libm.so.6");
    EXPECT(math && GetProcAddress(math, "cos") && FreeLibrary(math));
    SetLastError(0);
    EXPECT(!FreeLibrary((HMODULE)(uintptr_t)0x1234) && GetLastError() == ERROR_INVALID_HANDLE);
    EXPECT(!GetProcAddress((HMODULE)(uintptr_t)0x1234, "cos"));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
}

static void names(void)
{
    ADDRINFOA hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    ADDRINFOA *list = NULL;
    EXPECT_EQUAL(getaddrinfo(NULL, "8080", &hints, &list), 0);
    EXPECT(list && list->ai_family == AF_INET && list->ai_addrlen == 16 && !list->ai_next);
    EXPECT_EQUAL(((struct sockaddr_in *)list->ai_addr)->sin_port, htons(8080));
    freeaddrinfo(list);
    hints = (ADDRINFOA){.ai_family = AF_INET6, .ai_flags = AI_NUMERICHOST};
    EXPECT_EQUAL(getaddrinfo("::1", "1", &hints, &list), 0);
    EXPECT(list->ai_addrlen == 28 && list->ai_addr->sa_family == 23);
    char node[64], service[32];
    EXPECT_EQUAL(getnameinfo(list->ai_addr, 28, node, sizeof node, service, sizeof service,
                             NI_NUMERICHOST | NI_NUMERICSERV),
                 0);
    EXPECT(strcmp(node, "::1") == 0 && strcmp(service, "1") == 0);
    EXPECT_EQUAL(getnameinfo(list->ai_addr, 27, node, sizeof node, NULL, 0, NI_NUMERICHOST),
                 WSAEFAULT);
    EXPECT_EQUAL(getnameinfo(list->ai_addr, 28, node, 2, NULL, 0, NI_NUMERICHOST), WSAEFAULT);
    freeaddrinfo(list);
    EXPECT_EQUAL(getaddrinfo("not digits", "1", &hints, &list), WSAHOST_NOT_FOUND);
    EXPECT(list == NULL && WSAGetLastError() == WSAHOST_NOT_FOUND);
    EXPECT_EQUAL(getaddrinfo(NULL, NULL, NULL, &list), WSAHOST_NOT_FOUND);
    struct hostent *host = gethostbyname("127.0.0.1");
    EXPECT(host && host->h_addrtype == AF_INET && host->h_length == 4 && !host->h_addr_list[1]);
    EXPECT(host && memcmp(host->h_addr, "\x7f\0\0\1", 4) == 0);
    EXPECT(getprotobyname("tcp")->p_proto == 6 && getprotobynumber(17) != NULL);
    EXPECT(getservbyname("http", NULL)->s_port == (short)htons(80));
    EXPECT(getservbyname("no such", NULL) == NULL && WSAGetLastError() == WSANO_DATA);
    char own[2];
    EXPECT(gethostname(own, 0) == SOCKET_ERROR && WSAGetLastError() == WSAEFAULT);
    EXPECT(gethostname(node, sizeof node) == 0 && node[0]);
}

static void texts(void)
{
    struct in_addr address;
    unsigned char bytes[16];
    char text[INET6_ADDRSTRLEN];
    address.s_addr = inet_addr("10.20.30.40");
    EXPECT(strcmp(inet_ntoa(address), "10.20.30.40") == 0);
    EXPECT(inet_addr("nonsense") == INADDR_NONE && inet_addr(NULL) == INADDR_NONE);
    EXPECT(inet_pton(AF_INET6, "::2", bytes) == 1 && bytes[15] == 2);
    EXPECT(inet_pton(AF_INET, "::2", bytes) == 0);
    EXPECT(inet_pton(10, "::2", bytes) == -1 && WSAGetLastError() == WSAEAFNOSUPPORT);
    inet_pton(AF_INET6, "::2", bytes);
    EXPECT(strcmp(inet_ntop(AF_INET6, bytes, text, sizeof text), "::2") == 0);
    EXPECT(!inet_ntop(AF_INET6, bytes, text, 2) && WSAGetLastError() == WSAEINVAL);
    struct sockaddr_in socket_address;
    int length = sizeof socket_address;
    DWORD room = 5;
    WCHAR wide[64];
    EXPECT_EQUAL(WSAStringToAddressA((char *)"1.2.3.4:99", AF_INET, NULL,
                                     (SOCKADDR *)&socket_address, &length),
                 0);
    EXPECT(socket_address.sin_port == htons(99) && length == 16);
    EXPECT(WSAAddressToStringA((SOCKADDR *)&socket_address, 16, NULL, text, &room) == -1);
    EXPECT(WSAGetLastError() == WSAEFAULT && room == 11);
    EXPECT(WSAAddressToStringA((SOCKADDR *)&socket_address, 16, NULL, text, &room) == 0);
    EXPECT(strcmp(text, "1.2.3.4:99") == 0);
    EXPECT(WSAAddressToStringW((SOCKADDR *)&socket_address, 16, NULL, wide, &room) == 0);
    EXPECT(room == 11 && wide[9] == '9' && wide[10] == 0);
    EXPECT(WSAStringToAddressW(wide, AF_INET, NULL, (SOCKADDR *)&socket_address, &length) == 0);
    EXPECT(WSAStringToAddressA((char *)"x", AF_INET, NULL, (SOCKADDR *)&socket_address, &length));
    EXPECT_EQUAL(WSAGetLastError(), WSAEINVAL);
}

/* Where Wine, for one, faults. */
static void memory_told_nowhere(void)
{
    PROCESS_MEMORY_COUNTERS_EX told;

    EXPECT(!GetProcessMemoryInfo(GetCurrentProcess(), NULL, sizeof told));
    EXPECT_EQUAL(GetLastError(), ERROR_NOACCESS);
}

int main(void)
{
    last_error();
    clocks();
    processors();
    modules();
    memory_told_nowhere();
    WSADATA winsock;
    EXPECT_EQUAL(WSAStartup(MAKEWORD(2, 2), &winsock), 0);
    names();
    texts();
    WSACleanup();
    return expect_report();
}
