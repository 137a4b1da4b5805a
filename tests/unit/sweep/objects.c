/* SPDX-License-Identifier: MIT
 *
 * The fault sweep over ports, packets, threads, handles and names of hosts.
 */
#include "sweep.h"

#include <ws2tcpip.h>
#include <iphlpapi.h>
#include <iocp_nt.h>

enum { POSTED = 5 };

static bool associate(void)
{
    bool passed = false;
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    if (!SWEEP_WIN32(port != NULL))
        return false;
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    if (!SWEEP_WINSOCK(s != INVALID_SOCKET))
        goto no_socket;
    if (!SWEEP_WIN32(CreateIoCompletionPort((HANDLE)s, port, 7, 0) == port))
        goto end;
    HANDLE second = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (!SWEEP_WIN32(second != NULL))
        goto end;
    EXPECT(CloseHandle(second));
    passed = true;
end:
    EXPECT_EQUAL(closesocket(s), 0);
no_socket:
    EXPECT(CloseHandle(port));
    return passed;
}

/* A port made for a socket by the same call: both or nothing. */
static bool associate_at_once(void)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);

    if (!SWEEP_WINSOCK(s != INVALID_SOCKET))
        return false;
    HANDLE port = CreateIoCompletionPort((HANDLE)s, NULL, 7, 0);
    bool passed = SWEEP_WIN32(port != NULL);
    EXPECT_EQUAL(closesocket(s), 0);
    if (port)
        EXPECT(CloseHandle(port));
    return passed;
}

/* Everything accepted comes, in its order; what was refused does not. */
static bool post(void)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    ULONG_PTR accepted[POSTED], key;
    OVERLAPPED *overlapped;
    DWORD bytes;
    int count = 0;

    if (!SWEEP_WIN32(port != NULL))
        return false;
    for (ULONG_PTR number = 1; number <= POSTED; number++)
        if (SWEEP_WIN32(PostQueuedCompletionStatus(port, (DWORD)number, number, NULL)))
            accepted[count++] = number;
    for (int index = 0; index < count; index++) {
        EXPECT(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 0));
        EXPECT_EQUAL(key, accepted[index]);
        EXPECT_EQUAL(bytes, accepted[index]);
    }
    EXPECT(!GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 0));
    EXPECT_EQUAL(GetLastError(), WAIT_TIMEOUT);
    EXPECT(CloseHandle(port));
    return count == POSTED;
}

static DWORD WINAPI thread_body(LPVOID event)
{
    return SetEvent((HANDLE)event) ? 77 : 0;
}

static bool threads(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    bool passed = false;
    DWORD code = 0;

    if (!SWEEP_WIN32(event != NULL))
        return false;
    HANDLE thread = CreateThread(NULL, 0, thread_body, event, 0, NULL);
    if (SWEEP_WIN32(thread != NULL)) {
        EXPECT_EQUAL(WaitForSingleObject(thread, SWEEP_PATIENCE), WAIT_OBJECT_0);
        EXPECT_EQUAL(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
        EXPECT(GetExitCodeThread(thread, &code));
        EXPECT_EQUAL(code, 77);
        EXPECT(CloseHandle(thread));
        passed = true;
    }
    EXPECT(CloseHandle(event));
    return passed;
}

static bool duplicate_one(HANDLE source)
{
    HANDLE self = GetCurrentProcess(), made = NULL;

    if (!SWEEP_WIN32(DuplicateHandle(self, source, self, &made, 0, FALSE, DUPLICATE_SAME_ACCESS)))
        return false;
    EXPECT(CloseHandle(made));
    return true;
}

static bool duplicate(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    SOCKET s = INVALID_SOCKET;
    bool passed = false;

    if (!SWEEP_WIN32(event != NULL))
        return false;
    passed = duplicate_one(event);
    EXPECT(CloseHandle(event));
    if (!passed)
        return false;
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (!SWEEP_WINSOCK(s != INVALID_SOCKET))
        return false;
    passed = duplicate_one((HANDLE)s);
    EXPECT_EQUAL(closesocket(s), 0);
    return passed;
}

/* A descriptor of the program's stays open when it cannot be adopted. */
static bool adopt(void)
{
    int ends[2];
    bool passed;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        return false;
    passed = iocp_adopt(ends[0]) != INVALID_SOCKET;
    EXPECT(passed || sweep_was_hit());
    EXPECT_EQUAL(write(ends[0], "x", 1), 1);
    EXPECT_EQUAL(closesocket((SOCKET)ends[0]), 0);
    close(ends[1]);
    return passed;
}

static bool names(void)
{
    ADDRINFOA hints, *found = NULL;
    int error;

    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST;
    error = getaddrinfo("127.0.0.1", "7", &hints, &found);
    if (error) {
        EXPECT(sweep_was_hit());
        EXPECT_EQUAL(error, EAI_MEMORY);
        return false;
    }
    EXPECT(found != NULL && found->ai_addrlen == sizeof(struct sockaddr_in));
    freeaddrinfo(found);
    return true;
}

/* A wait completion packet on a timer, which needs the timers' thread. */
static bool hang_packet(HANDLE packet, HANDLE port, HANDLE timer)
{
    LARGE_INTEGER due = {.QuadPart = -10000};
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;

    if (!SWEEP_WIN32(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE)))
        return false;
    if (NtAssociateWaitCompletionPacket(packet, port, timer, packet, NULL, 0, 0, NULL) < 0) {
        EXPECT(sweep_was_hit());
        /* Nothing of the attempt is left. */
        EXPECT(NtCancelWaitCompletionPacket(packet, TRUE) == (NTSTATUS)0xC0000120);
        return false;
    }
    EXPECT(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, SWEEP_PATIENCE));
    EXPECT_EQUAL(key, (ULONG_PTR)packet);
    sweep_unbind();
    return true;
}

static bool wait_packet(void)
{
    HANDLE packet = NULL, timer, port;
    bool passed = false;

    if (NtCreateWaitCompletionPacket(&packet, 0, NULL) < 0) {
        EXPECT(sweep_was_hit());
        return false;
    }
    timer = CreateWaitableTimerA(NULL, FALSE, NULL);
    if (SWEEP_WIN32(timer != NULL)) {
        port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
        if (SWEEP_WIN32(port != NULL)) {
            passed = hang_packet(packet, port, timer);
            EXPECT(CloseHandle(port));
        }
        EXPECT(CloseHandle(timer));
    }
    EXPECT(CloseHandle(packet));
    return passed;
}

static bool reserve(void)
{
    HANDLE made = NULL;

    if (NtAllocateReserveObject(&made, NULL, MemoryReserveIoCompletion) < 0) {
        EXPECT(sweep_was_hit());
        return false;
    }
    EXPECT(CloseHandle(made));
    return true;
}

/* By native names: two handles for one mutant with a name, which is owned once. */
static bool native(void)
{
    HANDLE mutant = NULL, again = NULL;
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;

    if (!RtlCreateUnicodeString(&name, u"\\BaseNamedObjects\\sweep")) {
        EXPECT(sweep_was_hit());
        return false;
    }
    InitializeObjectAttributes(&attributes, &name, OBJ_OPENIF, NULL, NULL);
    bool passed = SWEEP_NATIVE(NtCreateMutant(&mutant, 0, &attributes, TRUE));
    if (passed) {
        passed = SWEEP_NATIVE(NtCreateMutant(&again, 0, &attributes, TRUE));
        if (passed)
            EXPECT_EQUAL(NtClose(again), 0);
        EXPECT_EQUAL(NtReleaseMutant(mutant, NULL), 0);
        EXPECT(NtReleaseMutant(mutant, NULL) < 0);
        EXPECT_EQUAL(NtClose(mutant), 0);
    }
    RtlFreeUnicodeString(&name);
    return passed;
}

/* 8 no memory, 1455 none that can be promised. */
#define MAY_LACK(call)                                                                             \
    ({                                                                                             \
        bool may_passed = (call);                                                                  \
        sweep_judge(may_passed, GetLastError(), (const DWORD[]){8, 1455, 0}, #call, __LINE__);     \
    })

/* What fails leaves the pages and their protection as they were, and addresses free. */
static bool address_space(void)
{
    SIZE_T bytes = 3 << 16;
    DWORD old;
    char *base = VirtualAlloc(NULL, bytes, MEM_RESERVE, PAGE_NOACCESS);

    if (!MAY_LACK(base != NULL))
        return false;
    bool passed = MAY_LACK(VirtualAlloc(base, 1 << 16, MEM_COMMIT, PAGE_READWRITE) != NULL);
    if (passed) {
        base[0] = 'x';
        passed = MAY_LACK(VirtualProtect(base, 1 << 16, PAGE_READONLY, &old));
        EXPECT(base[0] == 'x');
        if (!passed)
            base[0] = 'y';
    }
    EXPECT(VirtualFree(base, 0, MEM_RELEASE));
    char *again = VirtualAlloc(base, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (!MAY_LACK(again != NULL)) {
        passed = false;
        again = VirtualAlloc(base, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    }
    EXPECT(again == base && again[bytes - 1] == 0);
    EXPECT(VirtualFree(again, 0, MEM_RELEASE));
    return passed;
}

static bool adapters(void)
{
    ULONG size = 0;
    ULONG error = GetAdaptersAddresses(AF_UNSPEC, 0, NULL, NULL, &size);

    if (error == ERROR_BUFFER_OVERFLOW) {
        EXPECT(size > 0);
        return true;
    }
    SetLastError(error);
    return SWEEP_WIN32(false);
}

int main(int count, char **arguments)
{
    static const struct sweep_scenario scenarios[] = {
        {"associate", associate}, {"associate_at_once", associate_at_once},
        {"post", post},           {"threads", threads},
        {"duplicate", duplicate}, {"adopt", adopt},
        {"names", names},         {"wait_packet", wait_packet},
        {"reserve", reserve},     {"address_space", address_space},
        {"adapters", adapters},   {"native", native},
    };

    (void)count;
    return sweep_main(scenarios, sizeof scenarios / sizeof scenarios[0], arguments);
}
