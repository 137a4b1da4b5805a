/* SPDX-License-Identifier: MIT
 *
 * NtSetInformationFile as far as ports go: associating a file, and its notification modes. No SDK
 * header declares it; programs look it up, and so does this.
 */
#include "sockets.h"

struct status_block {
    union {
        LONG status;
        PVOID pointer;
    };
    ULONG_PTR information;
};

struct completion_information {
    HANDLE port;
    ULONG_PTR key;
};

enum { COMPLETION = 30, NOTIFICATION = 41, UNKNOWN_CLASS = 9999 };

static LONG(NTAPI *set)(HANDLE file, struct status_block *block, void *information, ULONG length,
                        int class);

static LONG associate(HANDLE file, HANDLE port, ULONG_PTR key)
{
    struct completion_information wanted = {port, key};
    struct status_block block = {{-1}, 77};

    return set(file, &block, &wanted, sizeof wanted, COMPLETION);
}

static LONG add_modes(HANDLE file, ULONG modes)
{
    struct status_block block = {{-1}, 77};

    return set(file, &block, &modes, sizeof modes, NOTIFICATION);
}

static void association(void)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    struct completion_information wanted = {port, KEY};
    struct status_block block = {{-1}, 77};
    SOCKET ours, peer;
    OVERLAPPED ov;
    char data[8];

    tcp_pair(&ours, &peer);
    LONG status = set((HANDLE)ours, &block, &wanted, sizeof wanted - 1, COMPLETION);
    CHECK_WINE_DEPARTS("NT-7", (DWORD)status == 0xC0000004,
                       "Wine says STATUS_INVALID_PARAMETER_3 for a length that is too short",
                       "too short: %08x", (unsigned)status);
    status = set((HANDLE)ours, &block, &wanted, sizeof wanted, COMPLETION);
    CHECK("NT-7", status == 0 && block.status == 0 && block.information == 0,
          "associated: %08x, block %08x", (unsigned)status, (unsigned)block.status);
    overlapped_clear(&ov);
    REQUIRE(started(recv_start(ours, data, sizeof data, 0, &ov)));
    send_all(peer, "abc", 3);
    EXPECT_PACKET("NT-7", port, KEY, &ov, NT_SUCCESS_0, 3);
    status = associate((HANDLE)ours, port, KEY);
    CHECK("NT-7", (DWORD)status == NT_INVALID_PARAMETER, "a second time: %08x", (unsigned)status);
    CHECK("NT-7", CreateIoCompletionPort((HANDLE)ours, port, KEY, 0) == NULL,
          "nor by CreateIoCompletionPort");
    closesocket(ours);
    closesocket(peer);
    CloseHandle(port);
}

static void refused(void)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    SOCKET plain = WSASocketA(AF_INET, SOCK_STREAM, 0, NULL, 0, 0);
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    struct status_block block = {{-1}, 77};
    ULONG modes = 0;

    LONG status = associate((HANDLE)plain, port, KEY);
    CHECK("NT-7", (DWORD)status == NT_INVALID_PARAMETER, "not overlapped: %08x", (unsigned)status);
    status = associate(NULL, port, KEY);
    CHECK("NT-7", (DWORD)status == 0xC0000008, "no file: %08x", (unsigned)status);
    SOCKET s = tcp_socket();
    status = associate((HANDLE)s, NULL, KEY);
    CHECK("NT-7", (DWORD)status == 0xC0000008, "no port: %08x", (unsigned)status);
    status = associate((HANDLE)s, event, KEY);
    CHECK("NT-7", status < 0, "an event is no port: %08x", (unsigned)status);
    status = set((HANDLE)s, &block, &modes, sizeof modes, UNKNOWN_CLASS);
    CHECK("NT-7", status < 0, "an unknown class: %08x", (unsigned)status);
    status = associate((HANDLE)s, port, KEY);
    CHECK("NT-7", status == 0, "after all that it can be associated: %08x", (unsigned)status);
    closesocket(s);
    closesocket(plain);
    CloseHandle(event);
    CloseHandle(port);
}

static void modes(void)
{
    struct pair pair;
    OVERLAPPED ov;
    HANDLE event = event_new(TRUE, FALSE);
    SOCKET plain = WSASocketA(AF_INET, SOCK_STREAM, 0, NULL, 0, 0);

    pair_open(&pair);
    CHECK("NT-7", add_modes((HANDLE)pair.ours, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) == 0, "added");
    CHECK("NT-7", add_modes((HANDLE)pair.ours, 0) == 0, "0 adds nothing and takes nothing away");
    overlapped_clear(&ov);
    ov.hEvent = event;
    DWORD code = send_start(pair.ours, "abc", 3, &ov);
    if (code == 0)
        EXPECT_NO_PACKET_WINE_DEPARTS("NT-7", pair.port, "Wine queues it where the send pended");
    else
        EXPECT_PACKET("NT-7", pair.port, KEY, &ov, NT_SUCCESS_0, 3);
    LONG status = add_modes((HANDLE)plain, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS);
    CHECK("NT-7", (DWORD)status == NT_INVALID_PARAMETER, "not overlapped: %08x", (unsigned)status);
    pair_close(&pair);
    closesocket(plain);
    CloseHandle(event);
}

/* The packet of a native call shows its context, whatever that is. */
static void context_comes(HANDLE port, void *context, DWORD bytes)
{
    OVERLAPPED *shown = NULL;
    ULONG_PTR key = 0;
    DWORD moved = 0;

    BOOL done = GetQueuedCompletionStatus(port, &moved, &key, &shown, DEADLINE);
    CHECK("NTF-1", done && key == KEY && (void *)shown == context && moved == bytes,
          "packet: %u bytes, %s context", (unsigned)moved,
          (void *)shown == context ? "right" : "wrong");
}

/* NtReadFile and NtWriteFile take sockets as ReadFile does. */
static void transfers(void)
{
    LONG(NTAPI * transfer[2])
    (HANDLE, HANDLE, void *, void *, struct status_block *, void *, ULONG, LARGE_INTEGER *,
     ULONG *) = {(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtReadFile"),
                 (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtWriteFile")};
    struct status_block read = {{-1}, 77}, written = {{-1}, 77};
    struct pair pair;
    char data[8];

    REQUIRE(transfer[0] && transfer[1]);
    pair_open(&pair);
    LONG status = transfer[0]((HANDLE)pair.ours, NULL, NULL, data, &read, data, 8, NULL, NULL);
    CHECK("NTF-1", (DWORD)status == NT_PENDING && read.status == -1, "a receive pends: %08x",
          (unsigned)status);
    send_all(pair.peer, "abc", 3);
    context_comes(pair.port, data, 3);
    CHECK("NTF-1", read.status == 0 && read.information == 3, "the block: %u bytes",
          (unsigned)read.information);
    status = transfer[1]((HANDLE)pair.ours, NULL, NULL, &written, &written, "hello", 5, NULL, NULL);
    CHECK("NTF-1", status == 0 || (DWORD)status == NT_PENDING, "a send: %08x", (unsigned)status);
    context_comes(pair.port, &written, 5);
    pair_close(&pair);
}

int main(void)
{
    sockets_start();
    set = (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtSetInformationFile");
    REQUIRE(set != NULL);
    RUN(association);
    RUN(refused);
    RUN(modes);
    RUN(transfers);
    return check_report();
}
