/* SPDX-License-Identifier: MIT
 *
 * What programs ask about themselves and the machine beside their I/O, and the lesser ways to open
 * files.
 */
#include "pipes.h"
#include "disk.h"

#define NEVER ((DWORD)0x7FFFFFF0) /* no process has this number */

static ULONGLONG whole(FILETIME time)
{
    return (ULONGLONG)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

static void process(void)
{
    DWORD code = 0, session = 77;
    FILETIME created, ended, kernel, user, now;
    volatile unsigned sum = 0;

    HANDLE self = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, GetCurrentProcessId());
    CHECK("PROC-1", self != NULL, "the own process can be opened");
    CHECK("PROC-1", GetProcessId(self) == GetCurrentProcessId(), "and has its number");
    CHECK("PROC-1", GetProcessId(GetCurrentProcess()) == GetCurrentProcessId(), "as it always has");
    CHECK("PROC-1", GetExitCodeProcess(self, &code) && code == STILL_ACTIVE, "it runs: %u",
          (unsigned)code);
    SetLastError(0);
    CHECK("PROC-1",
          !OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, NEVER) &&
              GetLastError() == ERROR_INVALID_PARAMETER,
          "no process: %u", (unsigned)GetLastError());
    HANDLE event = event_make(FALSE, FALSE);
    CHECK("PROC-1", GetProcessId(event) == 0 && GetLastError() == ERROR_INVALID_HANDLE,
          "an event is none: %u", (unsigned)GetLastError());
    CloseHandle(event);
    GetSystemTimeAsFileTime(&now);
    double start = support_now_ms();
    do {
        for (unsigned i = 0; i < 1000000; i++)
            sum = sum + i;
        REQUIRE(GetProcessTimes(self, &created, &ended, &kernel, &user));
    } while (whole(kernel) + whole(user) == 0 && support_now_ms() - start < DEADLINE_MS);
    CHECK("PROC-2",
          whole(created) <= whole(now) + 10000000 &&
              whole(now) - whole(created) < 600ull * 10000000,
          "it began a moment ago: %d s",
          (int)(((LONGLONG)whole(now) - (LONGLONG)whole(created)) / 10000000));
    CHECK("PROC-2", whole(kernel) + whole(user) > 0, "and has used some time");
    CHECK("PROC-3", ProcessIdToSessionId(GetCurrentProcessId(), &session) && session != 77,
          "its session: %u", (unsigned)session);
    CHECK("PROC-3", !ProcessIdToSessionId(NEVER, &session), "nobody's");
    CHECK("PROC-1", CloseHandle(self), "closed");
    CHECK("PROC-4", !IsDebuggerPresent(), "nobody watches");
    SetLastError(1234);
    OutputDebugStringA("nobody reads this\n");
    OutputDebugStringW(NULL);
    CHECK_WINE_DEPARTS("PROC-10", GetLastError() == 1234, "Wine tells of what it looked for",
                       "said to nobody: %u", (unsigned)GetLastError());
    UINT before = SetErrorMode(SEM_FAILCRITICALERRORS);
    CHECK("PROC-4", SetErrorMode(before) == SEM_FAILCRITICALERRORS, "error modes are remembered");
}

static void memory(void)
{
    MEMORYSTATUSEX status = {.dwLength = sizeof status};

    CHECK("PROC-5", GlobalMemoryStatusEx(&status), "asked");
    CHECK("PROC-5",
          status.ullTotalPhys > 1 << 20 && status.ullAvailPhys <= status.ullTotalPhys &&
              status.dwMemoryLoad <= 100,
          "%u MiB, %u%% in use", (unsigned)(status.ullTotalPhys >> 20),
          (unsigned)status.dwMemoryLoad);
    CHECK("PROC-5", status.ullTotalVirtual > status.ullAvailVirtual && status.ullAvailVirtual > 0,
          "address space");
    status.dwLength = 8;
    CHECK("PROC-5", !GlobalMemoryStatusEx(&status) && GetLastError() == ERROR_INVALID_PARAMETER,
          "a wrong length: %u", (unsigned)GetLastError());
}

static void directories(void)
{
    char path[MAX_PATH];
    WCHAR wide[MAX_PATH];

    UINT length = GetSystemDirectoryA(path, sizeof path);
    CHECK("PROC-6", length && strlen(path) == length, "%s", path);
    CHECK("PROC-6", GetSystemDirectoryA(path, 2) == length + 1, "room needed");
    CHECK("PROC-6", GetSystemDirectoryW(wide, MAX_PATH) == length, "wide");
    length = GetWindowsDirectoryA(path, sizeof path);
    CHECK("PROC-6", length && GetSystemWindowsDirectoryA(path, sizeof path) == length, "%s", path);
}

static void environment(void)
{
    char text[4096];
    WCHAR wide[4096];
    static const WCHAR path[] = {'P', 'A', 'T', 'H', 0};

    DWORD length = GetEnvironmentVariableA("PATH", text, sizeof text);
    CHECK("PROC-7", length && length < sizeof text && strlen(text) == length, "PATH is %u long",
          (unsigned)length);
    CHECK("PROC-7", GetEnvironmentVariableA("PATH", text, 2) == length + 1, "room needed");
    CHECK("PROC-7", GetEnvironmentVariableW(path, wide, 4096) == length, "wide");
    SetLastError(0);
    CHECK("PROC-7",
          GetEnvironmentVariableA("IOCP_NO_SUCH_THING", text, sizeof text) == 0 &&
              GetLastError() == ERROR_ENVVAR_NOT_FOUND,
          "not there: %u", (unsigned)GetLastError());
}

/* The error of setting a variable, 0 if it was set. */
static DWORD set_variable(const char *name, const char *value)
{
    return SetEnvironmentVariableA(name, value) ? 0 : GetLastError();
}

static void environment_set(void)
{
    static const WCHAR name[] = {'I', 'O', 'C', 'P', '_', 'T', 'E', 'S', 'T', 0};
    static const WCHAR value[] = {'w', 0xE9, 0};
    WCHAR wide[8];
    char text[16];

    CHECK("PROC-13", set_variable("IOCP_TEST", "value") == 0, "set");
    CHECK("PROC-13",
          GetEnvironmentVariableA("IOCP_TEST", text, sizeof text) == 5 && !strcmp(text, "value"),
          "to its value");
    CHECK("PROC-13", set_variable("IOCP_TEST", "") == 0, "emptied");
    SetLastError(0);
    CHECK("PROC-13",
          GetEnvironmentVariableA("IOCP_TEST", text, sizeof text) == 0 && GetLastError() == 0,
          "it is there: %u", (unsigned)GetLastError());
    CHECK("PROC-13", SetEnvironmentVariableW(name, value), "wide");
    CHECK("PROC-13", GetEnvironmentVariableW(name, wide, 8) == 2 && wide[1] == 0xE9, "read");
    CHECK("PROC-13", set_variable("IOCP_TEST", NULL) == 0, "removed");
    CHECK("PROC-13",
          GetEnvironmentVariableA("IOCP_TEST", text, sizeof text) == 0 &&
              GetLastError() == ERROR_ENVVAR_NOT_FOUND,
          "it is gone");
    CHECK("PROC-13", set_variable("IOCP_TEST", NULL) == 0, "and again");
    CHECK("PROC-13", set_variable("", "x") == ERROR_INVALID_PARAMETER, "no name");
    CHECK("PROC-13", set_variable("IOCP=TEST", "x") == ERROR_INVALID_PARAMETER, "no such name");
    CHECK("PROC-13", set_variable(NULL, "x") == ERROR_ENVVAR_NOT_FOUND, "none at all");
}

static volatile LONG environment_ends;

static DWORD WINAPI set_many(LPVOID unused)
{
    char name[32];

    (void)unused;
    for (int i = 0; i < 2000; i++) {
        snprintf(name, sizeof name, "IOCP_TEST_%d", i);
        SetEnvironmentVariableA(name, "value");
    }
    InterlockedExchange(&environment_ends, 1);
    return 0;
}

static void environment_shared(void)
{
    HANDLE thread = CreateThread(NULL, 0, set_many, NULL, 0, NULL);
    char text[16];
    int reads = 0, right = 0;

    SetEnvironmentVariableA("IOCP_TEST", "mine");
    while (!InterlockedCompareExchange(&environment_ends, 0, 0)) {
        right += GetEnvironmentVariableA("IOCP_TEST", text, sizeof text) == 4;
        reads++;
    }
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    CHECK("PROC-13", right == reads, "%d of %d reads while another thread sets", right, reads);
}

/* All variables: as many as one by one, each what it is when it is asked for alone. */
static void environment_strings(void)
{
    char value[4096];
    unsigned found = 0;
    LPCH all = GetEnvironmentStrings();
    LPWCH wide = GetEnvironmentStringsW();

    REQUIRE(all && wide);
    LPWCH wide_at = wide;
    for (char *at = all; *at; at += strlen(at) + 1) {
        size_t units = 0;
        while (wide_at[units])
            units++;
        CHECK("PROC-14", units && wide_at[0] == (WCHAR)at[0], "the same in UTF-16: %s", at);
        wide_at += units + 1;
        char *is = strchr(at + 1, '=');
        CHECK("PROC-14", is != NULL, "a name and a value: %s", at);
        if (!is || strncmp(at, "PATH=", 5) != 0)
            continue;
        found++;
        DWORD length = GetEnvironmentVariableA("PATH", value, sizeof value);
        CHECK("PROC-14", length == strlen(is + 1) && strcmp(value, is + 1) == 0, "%s", at);
    }
    CHECK("PROC-14", *wide_at == 0, "and no more in UTF-16");
    CHECK("PROC-14", found == 1, "PATH is there %u times", found);
    CHECK("PROC-14", FreeEnvironmentStringsA(all) && FreeEnvironmentStringsW(wide), "given back");
}

static void streams(void)
{
    HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
    DWORD bytes = 0;

    CHECK("PROC-8", out && out != INVALID_HANDLE_VALUE, "there is an output");
    CHECK("PROC-8", WriteFile(out, "# written\n", 10, &bytes, NULL) && bytes == 10, "to write to");
    CHECK("PROC-8", GetStdHandle(STD_INPUT_HANDLE) == GetStdHandle(STD_INPUT_HANDLE),
          "an input, always the same");
    CHECK("PROC-8", GetStdHandle(5) == INVALID_HANDLE_VALUE, "and no fourth");
    CHECK("PROC-8", SetStdHandle(STD_ERROR_HANDLE, out) && GetStdHandle(STD_ERROR_HANDLE) == out,
          "one that is set");
}

static void descriptors(void)
{
    SECURITY_DESCRIPTOR descriptor;
    SECURITY_ATTRIBUTES attributes = {sizeof attributes, &descriptor, FALSE};
    struct pipe_name name = pipe_name_new();
    char room[64];
    ACL *list = (ACL *)(void *)room;

    CHECK("PROC-9", InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION),
          "made");
    CHECK("PROC-9",
          SetSecurityDescriptorDacl(&descriptor, TRUE, NULL, FALSE) &&
              descriptor.Control & SE_DACL_PRESENT && !descriptor.Dacl,
          "for everybody");
    CHECK("PROC-9", IsValidSecurityDescriptor(&descriptor), "valid");
    HANDLE pipe = CreateNamedPipeA(name.text, PIPE_ACCESS_DUPLEX, 0, 1, 0, 0, 0, &attributes);
    CHECK("PROC-9", pipe != INVALID_HANDLE_VALUE, "a pipe takes it");
    CloseHandle(pipe);
    CHECK("PROC-9",
          !InitializeSecurityDescriptor(&descriptor, 2) && GetLastError() == ERROR_UNKNOWN_REVISION,
          "another revision: %u", (unsigned)GetLastError());
    CHECK("PROC-9",
          InitializeAcl(list, sizeof room, ACL_REVISION) && list->AclSize == sizeof room &&
              list->AceCount == 0,
          "an empty list");
    CHECK("PROC-9",
          SetSecurityDescriptorDacl(&descriptor, TRUE, list, FALSE) &&
              IsValidSecurityDescriptor(&descriptor),
          "valid with a list");
    list->AclRevision = 99;
    CHECK_WINE_DEPARTS("PROC-9", !IsValidSecurityDescriptor(&descriptor),
                       "Wine does not look at the list", "not with another kind of list");
    descriptor.Revision = 2;
    CHECK("PROC-9", !IsValidSecurityDescriptor(&descriptor), "nor of another revision");
    CHECK("PROC-9",
          !InitializeAcl(list, 4, ACL_REVISION) && GetLastError() == ERROR_INSUFFICIENT_BUFFER,
          "no room: %u", (unsigned)GetLastError());
}

static void opening(void)
{
    const char *name = disk_name("opening");
    WCHAR wide[128];
    char text[256];
    CREATEFILE2_EXTENDED_PARAMETERS more = {.dwSize = sizeof more,
                                            .dwFileAttributes = FILE_ATTRIBUTE_NORMAL,
                                            .dwFileFlags =
                                                FILE_FLAG_OVERLAPPED | FILE_FLAG_DELETE_ON_CLOSE};
    HANDLE port = port_make(0);
    DWORD bytes;

    for (size_t i = 0; i <= strlen(name); i++)
        wide[i] = (WCHAR)name[i];
    HANDLE file = CreateFile2(wide, GENERIC_READ | GENERIC_WRITE | DELETE, 7, CREATE_NEW, &more);
    CHECK("FILE-21", file != INVALID_HANDLE_VALUE, "CreateFile2: %u", (unsigned)GetLastError());
    CHECK("FILE-21", CreateIoCompletionPort(file, port, 1, 0) == port, "overlapped, as asked");
    DWORD length = GetLongPathNameA(name, text, sizeof text);
    CHECK("NS-22", length == strlen(name) && strcmp(text, name) == 0, "its long name: %s", text);
    SetLastError(0);
    CHECK("NS-22",
          GetLongPathNameA("iocp-no-such-file", text, sizeof text) == 0 &&
              GetLastError() == ERROR_FILE_NOT_FOUND,
          "of nothing: %u", (unsigned)GetLastError());
    HANDLE again = ReOpenFile(file, GENERIC_READ | GENERIC_WRITE, 7, 0);
    CHECK("FILE-22", again != INVALID_HANDLE_VALUE, "ReOpenFile: %u", (unsigned)GetLastError());
    CHECK("FILE-22", WriteFile(again, "abc", 3, &bytes, NULL) && bytes == 3, "written without");
    CHECK("FILE-22", GetFileSize(file, NULL) == 3, "to the same file");
    CHECK("FILE-22", CreateIoCompletionPort(again, port, 1, 0) == NULL, "with flags of its own");
    CloseHandle(again);
    again = ReOpenFile(file, GENERIC_READ, 0, 0);
    CHECK("FILE-22", again == INVALID_HANDLE_VALUE && GetLastError() == ERROR_SHARING_VIOLATION,
          "sharing is asked: %u", (unsigned)GetLastError());
    CloseHandle(file);
    CloseHandle(port);
}

static void pipe_sessions(void)
{
    struct pipe_pair p;
    DWORD own = 1;
    ULONG client = 77, server = 77;

    pipe_pair_make(&p, PIPE_TYPE_BYTE, FALSE);
    REQUIRE(ProcessIdToSessionId(GetCurrentProcessId(), &own));
    CHECK("PIPE-21", GetNamedPipeClientSessionId(p.server, &client) && client == own,
          "client's: %u", (unsigned)client);
    CHECK("PIPE-21", GetNamedPipeServerSessionId(p.client, &server) && server == own,
          "server's: %u", (unsigned)server);
    pipe_pair_end(&p);
}

int main(void)
{
    RUN(process);
    RUN(memory);
    RUN(directories);
    RUN(environment);
    RUN(environment_set);
    RUN(environment_shared);
    RUN(environment_strings);
    RUN(streams);
    RUN(descriptors);
    RUN(opening);
    RUN(pipe_sessions);
    return check_report();
}
