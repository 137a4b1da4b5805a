// SPDX-License-Identifier: MIT
//
// The headers next to libstdc++: compiled with the standard headers before (STD_FIRST), after
// (STD_LAST) and on both sides, and `using namespace std` besides. Not run.
#ifndef STD_LAST
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <iostream>
#include <mutex>
#include <thread>
#include <vector>
#endif
// Some programs wrap the whole of it.
#ifdef WRAPPED
extern "C" {
#endif
#include <winsock2.h>
#include <windows.h>
#ifdef WRAPPED
}
#endif
#include <ws2tcpip.h>
#include <mswsock.h>
#include <mstcpip.h>
#include <process.h>
#include <intrin.h>
#include <strsafe.h>
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
#ifndef STD_FIRST
#include <algorithm>
#include <any>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iostream>
#include <limits>
#include <locale>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <regex>
#include <shared_mutex>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <netdb.h>
#include <unistd.h>
#endif

using namespace std;

DEFINE_GUID(declared, 1, 2, 3, 1, 2, 3, 4, 5, 6, 7, 8);
#include <initguid.h>
DEFINE_GUID(defined, 1, 2, 3, 1, 2, 3, 4, 5, 6, 7, 8);

static bool same(REFGUID a, const GUID &b)
{
    return IsEqualGUID(a, b) && IsEqualIID(a, b) && a == b && !(a != b);
}

// Class members may be called as the functions are.
struct channel {
    SOCKET s;
    int send(const char *data, int length) { return ::send(s, data, length, 0); }
    int recv(char *data, int length) { return ::recv(s, data, length, 0); }
    int bind(const sockaddr_in &a) { return ::bind(s, (const sockaddr *)&a, sizeof a); }
    int connect() { return 0; }
    int select() { return 0; }
    int poll() { return 0; }
    int htons() { return 0; }
    operator SOCKET() const { return s; }
};

// These must be Winsock's bind: std::bind would return something that is no int.
static int bound(SOCKET s, int small, channel &c)
{
    sockaddr_in address{};
    const sockaddr_in fixed{};
    int result = bind(s, (sockaddr *)&address, sizeof(address));
    result += bind(s, (const sockaddr *)&fixed, (int)sizeof(fixed));
    result += bind(s, reinterpret_cast<SOCKADDR *>(&address), sizeof address);
    result += bind(small, (LPSOCKADDR)&address, sizeof address);
    result += bind(c, (LPSOCKADDR)&address, sizeof address);
    result += ::bind(s, (sockaddr *)&address, sizeof address);
    static_assert(is_same<decltype(bind(s, (sockaddr *)&address, sizeof address)), int>::value,
                  "Winsock's");
    return result;
}

static int add(int a, int b)
{
    return a + b;
}

static int smallest(DWORD a, int b, size_t c)
{
    static_assert(is_same<decltype(min(1, 2)), const int &>::value, "std::min where it fits");
    return (int)(min(a, (DWORD)b) + max(a, c) + min(1, 2) + std::max(1, 2) + min(a, b) +
                 (DWORD)numeric_limits<int>::max() + std::min({1, 2, 3}));
}

static BOOL packets(HANDLE port)
{
    DWORD bytes;
    ULONG_PTR key;
    channel *handle;
    void *anything;
    ULONGLONG wide;
    LPOVERLAPPED overlapped;
    GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
    GetQueuedCompletionStatus(port, &bytes, (LPDWORD)&handle, &overlapped, INFINITE);
    GetQueuedCompletionStatus(port, &bytes, (PULONG_PTR)&handle, &overlapped, INFINITE);
    GetQueuedCompletionStatus(port, &bytes, &anything, &overlapped, INFINITE);
    GetQueuedCompletionStatus(port, &bytes, &wide, &overlapped, INFINITE);
    GetQueuedCompletionStatus(port, &bytes, NULL, &overlapped, INFINITE);
    BOOL(WINAPI * get)
    (HANDLE, LPDWORD, PULONG_PTR, LPOVERLAPPED *, DWORD) = GetQueuedCompletionStatus;
    return get(port, &bytes, &key, &overlapped, 0);
}

static void atomics()
{
    volatile LONG narrow = 0;
    volatile long native = 0;
    volatile LONG64 wide = 0;
    unsigned plain = 0;
    DWORD_PTR word = 0;
    PVOID pointer = nullptr;
    InterlockedIncrement(&narrow);
    InterlockedIncrement(&native);
    InterlockedIncrement64(&wide);
    InterlockedExchange(&plain, 1);
    InterlockedExchangeAdd(&native, -1);
    InterlockedCompareExchange(&native, 1, 0);
    InterlockedCompareExchange(&word, 1, 0);
    InterlockedExchangePointer(&pointer, nullptr);
    InterlockedCompareExchangePointer(&pointer, nullptr, &plain);
    ::_InterlockedOr(&narrow, 1);
    ::InterlockedAdd(&narrow, 1);
}

static int ready(SOCKET s)
{
    fd_set set;
    timeval timeout{0, 0};
    u_long mode = 1;
    FD_ZERO(&set);
    FD_SET(s, &set);
    ioctlsocket(s, FIONBIO, &mode);
    ioctlsocket(s, FIONBIO, 0);
    unsigned long longer = 1;
    ioctlsocket(s, FIONBIO, &longer);
    struct pollfd plain = {};
    WSAPoll(&plain, 1, 0);
    WSAPoll(NULL, 0, 0);
    return ::select(0, &set, nullptr, nullptr, &timeout) + select(0, &set, NULL, NULL, NULL) +
           FD_ISSET(s, &set);
}

static void text()
{
    char small[16];
    CHAR name[256];
    strcpy_s(small, "abc");
    strcat_s(small, "def");
    strncpy_s(small, "abcdef", 3);
    sprintf_s(small, "%d", 1);
    sprintf_s(small, sizeof small, "%d", 1);
    gethostname(name, sizeof name);
    char drive[_MAX_DRIVE], dir[_MAX_DIR], file[_MAX_FNAME], ext[_MAX_EXT];
    size_t size = 0;
    time_t now = time(nullptr);
    _itoa_s(1, small, 10);
    _ui64toa_s(1, small, 16);
    _snprintf_s(small, _TRUNCATE, "%d", 1);
    _snprintf_s(small, sizeof small, _TRUNCATE, "%d", 1);
    _splitpath_s(name, drive, dir, file, ext);
    _makepath_s(name, drive, dir, file, ext);
    _strlwr_s(name);
    _strupr_s(name, sizeof name);
    strerror_s(name, 2);
    getenv_s(&size, name, "PATH");
    ctime_s(name, &now);
    ctime_s(name, sizeof name, &now);
    sscanf_s("1 a", "%*d %s", small, (unsigned)_countof(small));
    const WCHAR *wide = L"" ? nullptr : nullptr;
    wcout << lstrlen(TEXT("abc")) << lstrlenW(wide);
}

int main()
{
    channel c{};
    auto sum = bind(add, 1, placeholders::_1);
    auto member = std::bind(&channel::connect, &c);
    vector<thread> threads;
    threads.emplace_back([] { this_thread::sleep_for(chrono::milliseconds(1)); });
    mutex m;
    lock_guard<mutex> hold(m);
    atomics();
    text();
    cout << sum(2) + member() + bound(c.s, 3, c) + smallest(1, 2, 3) + packets(nullptr) + ready(0)
         << iocp_engine() << htons(80) << c.htons() << same(declared, defined) << '\n';
    return 0;
}
