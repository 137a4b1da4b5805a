/* SPDX-License-Identifier: MIT
 *
 * What can be said and asked of a thread: numbers, descriptions, processors; QueueUserAPC2.
 */
#include "../expect.h"

#include <windows.h>

#include <pthread.h>
#include <string.h>
#include <unistd.h>

static WCHAR description[] = {'t', 'h', 'e', ' ', 'w', 'o', 'r', 'k', 'e', 'r', 0};

static DWORD WINAPI report(LPVOID mask)
{
    char name[16] = "";
    PWSTR text = NULL;
    DWORD_PTR all, machine;

    EXPECT(pthread_getname_np(pthread_self(), name, sizeof name) == 0);
    EXPECT(strcmp(name, "the worker") == 0);
    EXPECT(GetThreadDescription(GetCurrentThread(), &text) >= 0 && text);
    EXPECT(text && memcmp(text, description, sizeof description) == 0);
    LocalFree(text);
    /* It runs where it may, and says where that was. */
    EXPECT(GetProcessAffinityMask(GetCurrentProcess(), &all, &machine) && (all & ~machine) == 0);
    EXPECT_EQUAL((DWORD_PTR)1 << GetCurrentProcessorNumber(), *(DWORD_PTR *)mask);
    EXPECT_EQUAL(SetThreadAffinityMask(GetCurrentThread(), all), *(DWORD_PTR *)mask);
    return 7;
}

static void before_it_runs(void)
{
    DWORD_PTR all = 0, machine = 0, lowest;
    DWORD id = 0, code = 0;
    PROCESSOR_NUMBER place = {.Group = 9, .Number = 99};

    EXPECT(GetProcessAffinityMask(GetCurrentProcess(), &all, &machine) && all);
    lowest = all & -all;
    HANDLE thread = CreateThread(NULL, 0, report, &lowest, CREATE_SUSPENDED, &id);
    EXPECT_EQUAL(GetThreadId(thread), id);
    EXPECT_EQUAL(GetProcessIdOfThread(thread), (DWORD)getpid());
    EXPECT(SetThreadDescription(thread, description) >= 0);
    EXPECT_EQUAL(SetThreadAffinityMask(thread, lowest), all);
    EXPECT_EQUAL(SetThreadAffinityMask(thread, lowest), lowest);
    EXPECT_EQUAL(ResumeThread(thread), 1);
    EXPECT_EQUAL(WaitForSingleObject(thread, 60000), WAIT_OBJECT_0);
    EXPECT(GetExitCodeThread(thread, &code) && code == 7);
    /* Ended, it still has what it had. */
    EXPECT(SetThreadDescription(thread, NULL) >= 0);
    EXPECT_EQUAL(GetThreadId(thread), id);
    EXPECT(CloseHandle(thread));
    GetCurrentProcessorNumberEx(&place);
    EXPECT(place.Group == 0 && place.Number < 64);
}

static void refused(void)
{
    PWSTR text = NULL;

    EXPECT_EQUAL(GetThreadId(NULL), 0);
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_HANDLE);
    EXPECT_EQUAL(GetThreadId(GetCurrentThread()), GetCurrentThreadId());
    EXPECT(SetThreadDescription(NULL, description) < 0);
    EXPECT(GetThreadDescription(NULL, &text) < 0);
    EXPECT(GetThreadDescription(GetCurrentThread(), &text) >= 0 && text && text[0] == 0);
    LocalFree(text);
    EXPECT_EQUAL(SetThreadAffinityMask(GetCurrentThread(), 0), 0);
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT_EQUAL(SetThreadIdealProcessor(GetCurrentThread(), 1), MAXIMUM_PROCESSORS);
    EXPECT_EQUAL(SetThreadIdealProcessor(GetCurrentThread(), MAXIMUM_PROCESSORS), 1);
    EXPECT_EQUAL(SetThreadIdealProcessor(GetCurrentThread(), 99), (DWORD)-1);
}

static VOID CALLBACK count(ULONG_PTR counter)
{
    ++*(int *)counter;
}

static void apcs(void)
{
    int calls = 0;

    EXPECT(QueueUserAPC2(count, GetCurrentThread(), (ULONG_PTR)&calls, QUEUE_USER_APC_FLAGS_NONE));
    EXPECT(!QueueUserAPC2(count, GetCurrentThread(), (ULONG_PTR)&calls,
                          QUEUE_USER_APC_FLAGS_SPECIAL_USER_APC));
    EXPECT_EQUAL(GetLastError(), ERROR_NOT_SUPPORTED);
    EXPECT(!QueueUserAPC2(count, GetCurrentThread(), (ULONG_PTR)&calls, (QUEUE_USER_APC_FLAGS)64));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT_EQUAL(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    EXPECT_EQUAL(calls, 1);
}

int main(void)
{
    before_it_runs();
    refused();
    apcs();
    return expect_report();
}
