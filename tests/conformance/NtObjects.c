/* SPDX-License-Identifier: MIT
 *
 * Events, semaphores, mutants and timers by their native names (WAIT-17 to 20).
 */
#include "native_calls.h"
#include "support.h"

enum { NOTIFICATION, SYNCHRONIZATION, NO_SUCH_TYPE = 7 };
enum { ALL_ACCESS = 0x1F0003, OPEN_IF = 0x80 };

static struct {
    LONG(NTAPI *CreateEvent)
    (HANDLE *handle, ULONG access, OBJECT_ATTRIBUTES *attributes, int type, BOOLEAN set);
    LONG(NTAPI *OpenEvent)(HANDLE *handle, ULONG access, OBJECT_ATTRIBUTES *attributes);
    LONG(NTAPI *SetEvent)(HANDLE event, LONG *previous);
    LONG(NTAPI *ResetEvent)(HANDLE event, LONG *previous);
    LONG(NTAPI *ClearEvent)(HANDLE event);
    LONG(NTAPI *PulseEvent)(HANDLE event, LONG *previous);
    LONG(NTAPI *CreateSemaphore)
    (HANDLE *handle, ULONG access, OBJECT_ATTRIBUTES *attributes, LONG count, LONG limit);
    LONG(NTAPI *OpenSemaphore)(HANDLE *handle, ULONG access, OBJECT_ATTRIBUTES *attributes);
    LONG(NTAPI *ReleaseSemaphore)(HANDLE semaphore, LONG count, LONG *previous);
    LONG(NTAPI *CreateMutant)
    (HANDLE *handle, ULONG access, OBJECT_ATTRIBUTES *attributes, BOOLEAN owned);
    LONG(NTAPI *OpenMutant)(HANDLE *handle, ULONG access, OBJECT_ATTRIBUTES *attributes);
    LONG(NTAPI *ReleaseMutant)(HANDLE mutant, LONG *previous);
    LONG(NTAPI *CreateTimer)(HANDLE *handle, ULONG access, OBJECT_ATTRIBUTES *attributes, int type);
    LONG(NTAPI *OpenTimer)(HANDLE *handle, ULONG access, OBJECT_ATTRIBUTES *attributes);
    LONG(NTAPI *SetTimer)
    (HANDLE timer, LARGE_INTEGER *due, VOID(NTAPI *routine)(PVOID context, ULONG low, LONG high),
     PVOID context, BOOLEAN resume, LONG period, BOOLEAN *previous);
    LONG(NTAPI *CancelTimer)(HANDLE timer, BOOLEAN *current);
} nt;

static void look_up(void)
{
    NATIVE(nt, "Nt", CreateEvent);
    NATIVE(nt, "Nt", OpenEvent);
    NATIVE(nt, "Nt", SetEvent);
    NATIVE(nt, "Nt", ResetEvent);
    NATIVE(nt, "Nt", ClearEvent);
    NATIVE(nt, "Nt", PulseEvent);
    NATIVE(nt, "Nt", CreateSemaphore);
    NATIVE(nt, "Nt", OpenSemaphore);
    NATIVE(nt, "Nt", ReleaseSemaphore);
    NATIVE(nt, "Nt", CreateMutant);
    NATIVE(nt, "Nt", OpenMutant);
    NATIVE(nt, "Nt", ReleaseMutant);
    NATIVE(nt, "Nt", CreateTimer);
    NATIVE(nt, "Nt", OpenTimer);
    NATIVE(nt, "Nt", SetTimer);
    NATIVE(nt, "Nt", CancelTimer);
}

static int is_signalled(HANDLE object)
{
    return WaitForSingleObject(object, 0) == WAIT_OBJECT_0;
}

/* ---- what they do ---- */

static void events(void)
{
    HANDLE manual = NULL, automatic = NULL, none = NULL;
    LONG before = 77;

    SetLastError(77);
    LONG status = nt.CreateEvent(&manual, ALL_ACCESS, NULL, NOTIFICATION, FALSE);
    CHECK("WAIT-17", status == 0 && manual, "a manual event: %08x", (unsigned)status);
    status = nt.CreateEvent(&automatic, ALL_ACCESS, NULL, SYNCHRONIZATION, TRUE);
    CHECK("WAIT-17", status == 0 && automatic, "the other kind: %08x", (unsigned)status);
    CHECK("WAIT-17", !is_signalled(manual), "made reset");
    CHECK("WAIT-17", is_signalled(automatic) && !is_signalled(automatic), "made set, for one wait");
    status = nt.SetEvent(manual, &before);
    CHECK("WAIT-17", status == 0 && before == 0, "set: %08x, it was %ld", (unsigned)status,
          (long)before);
    status = nt.SetEvent(manual, &before);
    CHECK("WAIT-17", status == 0 && before == 1, "again: %08x, it was %ld", (unsigned)status,
          (long)before);
    CHECK("WAIT-17", is_signalled(manual) && is_signalled(manual), "for all waits");
    status = nt.ResetEvent(manual, &before);
    CHECK("WAIT-17", status == 0 && before == 1 && !is_signalled(manual), "reset: %08x, it was %ld",
          (unsigned)status, (long)before);
    status = nt.PulseEvent(manual, &before);
    CHECK("WAIT-17", status == 0 && before == 0 && !is_signalled(manual), "pulsed: %08x, was %ld",
          (unsigned)status, (long)before);
    status = nt.SetEvent(manual, NULL);
    CHECK("WAIT-17", status == 0 && nt.ClearEvent(manual) == 0 && !is_signalled(manual),
          "set without asking, and cleared: %08x", (unsigned)status);
    status = nt.CreateEvent(&none, ALL_ACCESS, NULL, NO_SUCH_TYPE, FALSE);
    CHECK("WAIT-17", status == NATIVE_INVALID_PARAMETER, "no such type: %08x", (unsigned)status);
    status = nt.SetEvent(NULL, NULL);
    CHECK("WAIT-17", status == NATIVE_INVALID_HANDLE, "no handle: %08x", (unsigned)status);
    status = nt.SetEvent(GetCurrentThread(), NULL);
    CHECK("WAIT-17", status == NATIVE_TYPE_MISMATCH, "no event: %08x", (unsigned)status);
    CHECK("WAIT-17", GetLastError() == 77, "the last error is left alone");
    CloseHandle(manual);
    CloseHandle(automatic);
}

static DWORD WINAPI waits_for_it(void *event)
{
    return WaitForSingleObject(event, DEADLINE_MS);
}

static void setting_lets_waiters_through(void)
{
    HANDLE event = NULL, waiters[4];
    LONG before = 77;

    REQUIRE(nt.CreateEvent(&event, ALL_ACCESS, NULL, NOTIFICATION, FALSE) == 0);
    for (int index = 0; index < 4; index++)
        waiters[index] = thread_start(waits_for_it, event);
    support_settle();
    CHECK("WAIT-17", nt.SetEvent(event, &before) == 0 && before == 0, "it was %ld", (long)before);
    for (int index = 0; index < 4; index++)
        CHECK("WAIT-17", thread_join(waiters[index]) == WAIT_OBJECT_0, "waiter %d", index);
    CloseHandle(event);
}

static void semaphores(void)
{
    HANDLE semaphore = NULL, none = NULL;
    LONG before = 77;

    LONG status = nt.CreateSemaphore(&semaphore, ALL_ACCESS, NULL, 1, 3);
    CHECK("WAIT-18", status == 0 && semaphore, "NtCreateSemaphore: %08x", (unsigned)status);
    status = nt.ReleaseSemaphore(semaphore, 2, &before);
    CHECK("WAIT-18", status == 0 && before == 1, "released: %08x, it was %ld", (unsigned)status,
          (long)before);
    before = 77;
    status = nt.ReleaseSemaphore(semaphore, 1, &before);
    CHECK("WAIT-18", status == NATIVE_LIMIT_EXCEEDED && before == 77, "too much: %08x, %ld",
          (unsigned)status, (long)before);
    status = nt.ReleaseSemaphore(semaphore, 0, NULL);
    CHECK_WINE_DEPARTS("WAIT-18", status == NATIVE_INVALID_PARAMETER, "Wine takes 0",
                       "nothing: %08x", (unsigned)status);
    status = nt.CreateSemaphore(&none, ALL_ACCESS, NULL, 4, 3);
    CHECK("WAIT-18", status == NATIVE_INVALID_PARAMETER, "more than the limit: %08x",
          (unsigned)status);
    status = nt.CreateSemaphore(&none, ALL_ACCESS, NULL, 0, 0);
    CHECK("WAIT-18", status == NATIVE_INVALID_PARAMETER, "no limit: %08x", (unsigned)status);
    CloseHandle(semaphore);
}

static void mutants(void)
{
    HANDLE mutant = NULL;
    LONG before = 77;

    LONG status = nt.CreateMutant(&mutant, ALL_ACCESS, NULL, TRUE);
    CHECK("WAIT-18", status == 0 && mutant, "NtCreateMutant: %08x", (unsigned)status);
    REQUIRE(is_signalled(mutant));
    status = nt.ReleaseMutant(mutant, &before);
    CHECK("WAIT-18", status == 0 && before == -1, "owned twice: %08x, %ld", (unsigned)status,
          (long)before);
    status = nt.ReleaseMutant(mutant, &before);
    CHECK("WAIT-18", status == 0 && before == 0, "owned once: %08x, %ld", (unsigned)status,
          (long)before);
    status = nt.ReleaseMutant(mutant, NULL);
    CHECK("WAIT-18", status == NATIVE_NOT_OWNED, "not owned: %08x", (unsigned)status);
    CloseHandle(mutant);
}

static LONG routine_runs;

static VOID NTAPI timer_routine(PVOID context, ULONG low, LONG high)
{
    routine_runs += context == &routine_runs && (low || high);
}

static void timers(void)
{
    LARGE_INTEGER soon = native_from_now(30), later = native_from_now(60000);
    HANDLE timer = NULL, none = NULL;
    BOOLEAN before = 77;

    LONG status = nt.CreateTimer(&timer, ALL_ACCESS, NULL, NOTIFICATION);
    CHECK("WAIT-19", status == 0 && timer, "NtCreateTimer: %08x", (unsigned)status);
    status = nt.SetTimer(timer, &soon, timer_routine, &routine_runs, FALSE, 0, &before);
    CHECK("WAIT-19", status == 0 && !before, "set: %08x, it was %d", (unsigned)status, before);
    REQUIRE(WaitForSingleObject(timer, DEADLINE_MS) == WAIT_OBJECT_0);
    for (int round = 0; round < 100 && !routine_runs; round++)
        SleepEx(10, TRUE);
    CHECK("WAIT-19", routine_runs == 1, "its routine runs: %ld", (long)routine_runs);
    status = nt.SetTimer(timer, &later, NULL, NULL, FALSE, 0, &before);
    CHECK("WAIT-19", status == 0 && before == TRUE, "set again: %08x, it was %d", (unsigned)status,
          before);
    CHECK("WAIT-19", !is_signalled(timer), "not signalled now");
    before = 77;
    status = nt.CancelTimer(timer, &before);
    CHECK("WAIT-19", status == 0 && !before, "cancelled: %08x, it is %d", (unsigned)status, before);
    status = nt.SetTimer(timer, &soon, NULL, NULL, FALSE, -1, NULL);
    CHECK_WINE_DEPARTS("WAIT-19", status == NATIVE_PARAMETER_6, "Wine takes any period",
                       "a negative period: %08x", (unsigned)status);
    status = nt.CreateTimer(&none, ALL_ACCESS, NULL, NO_SUCH_TYPE);
    CHECK_WINE_DEPARTS("WAIT-19", status == NATIVE_PARAMETER_4, "Wine has another status",
                       "no such type: %08x", (unsigned)status);
    CloseHandle(timer);
}

/* ---- names ---- */

struct name {
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING string;
    WCHAR text[80];
};

static OBJECT_ATTRIBUTES *name_is(struct name *name, const char *text, ULONG flags)
{
    USHORT length = 0;

    for (; text[length]; length++)
        name->text[length] = (WCHAR)text[length];
    name->string.Length = (USHORT)(length * sizeof(WCHAR));
    name->string.MaximumLength = name->string.Length;
    name->string.Buffer = name->text;
    InitializeObjectAttributes(&name->attributes, &name->string, flags, NULL, NULL);
    return &name->attributes;
}

static void names(void)
{
    const char *text = "\\BaseNamedObjects\\NtObjects test";
    HANDLE event = NULL, again = NULL, none = NULL;
    struct name name;

    LONG status = nt.CreateEvent(&event, ALL_ACCESS, name_is(&name, text, 0), NOTIFICATION, TRUE);
    CHECK("WAIT-20", status == 0 && event, "an event with a name: %08x", (unsigned)status);
    status = nt.CreateEvent(&none, ALL_ACCESS, name_is(&name, text, 0), NOTIFICATION, FALSE);
    CHECK("WAIT-20", status == NATIVE_NAME_COLLISION && !none, "it exists: %08x", (unsigned)status);
    status = nt.CreateEvent(&again, ALL_ACCESS, name_is(&name, text, OPEN_IF), NOTIFICATION, FALSE);
    CHECK("WAIT-20", status == NATIVE_NAME_EXISTS && again && is_signalled(again),
          "that one with OBJ_OPENIF: %08x", (unsigned)status);
    CloseHandle(again);
    status = nt.OpenEvent(&again, ALL_ACCESS, name_is(&name, text, 0));
    CHECK("WAIT-20", status == 0 && nt.ResetEvent(again, NULL) == 0 && !is_signalled(event),
          "opened: %08x", (unsigned)status);
    CloseHandle(again);
    again = OpenEventA(EVENT_ALL_ACCESS, FALSE, "Global\\NtObjects test");
    CHECK("WAIT-20", again != NULL, "by its Win32 name: %u", (unsigned)GetLastError());
    CloseHandle(again);
    status = nt.CreateSemaphore(&none, ALL_ACCESS, name_is(&name, text, OPEN_IF), 0, 1);
    CHECK("WAIT-20", status == NATIVE_TYPE_MISMATCH && !none, "another kind's: %08x",
          (unsigned)status);
    status = nt.OpenMutant(&none, ALL_ACCESS, name_is(&name, text, 0));
    CHECK("WAIT-20", status == NATIVE_TYPE_MISMATCH && !none, "opened as another kind: %08x",
          (unsigned)status);
    CloseHandle(event);
    status = nt.OpenEvent(&none, ALL_ACCESS, name_is(&name, text, 0));
    CHECK("WAIT-20", status == NATIVE_NAME_NOT_FOUND && !none, "after its last handle: %08x",
          (unsigned)status);
}

static void other_kinds_have_names(void)
{
    HANDLE made[3] = {NULL}, opened[3] = {NULL}, owned = NULL;
    struct name name;

    LONG status = nt.CreateSemaphore(&made[0], ALL_ACCESS,
                                     name_is(&name, "\\BaseNamedObjects\\NtObjects 0", 0), 1, 1);
    status |= nt.OpenSemaphore(&opened[0], ALL_ACCESS, &name.attributes);
    CHECK("WAIT-20", status == 0 && is_signalled(opened[0]) && !is_signalled(made[0]),
          "semaphores: %08x", (unsigned)status);
    status = nt.CreateMutant(&made[1], ALL_ACCESS,
                             name_is(&name, "\\BaseNamedObjects\\NtObjects 1", 0), FALSE);
    status |= nt.OpenMutant(&opened[1], ALL_ACCESS, &name.attributes);
    CHECK("WAIT-20", status == 0 && opened[1], "mutants: %08x", (unsigned)status);
    name.attributes.Attributes = OPEN_IF;
    status = nt.CreateMutant(&owned, ALL_ACCESS, &name.attributes, TRUE);
    CHECK("WAIT-20", status == NATIVE_NAME_EXISTS && owned, "one that exists: %08x",
          (unsigned)status);
    CHECK("WAIT-20", nt.ReleaseMutant(owned, NULL) == NATIVE_NOT_OWNED, "is not owned by that");
    status = nt.CreateTimer(&made[2], ALL_ACCESS,
                            name_is(&name, "\\BaseNamedObjects\\NtObjects 2", 0), NOTIFICATION);
    status |= nt.OpenTimer(&opened[2], ALL_ACCESS, &name.attributes);
    CHECK("WAIT-20", status == 0 && opened[2], "timers: %08x", (unsigned)status);
    for (int index = 0; index < 3; index++) {
        CloseHandle(made[index]);
        CloseHandle(opened[index]);
    }
    CloseHandle(owned);
}

static void bad_names(void)
{
    HANDLE none = NULL;
    struct name name;

    LONG status = nt.CreateEvent(&none, ALL_ACCESS, name_is(&name, "NtObjects", 0), 0, 0);
    CHECK("WAIT-20", status == NATIVE_PATH_SYNTAX && !none, "no directory: %08x", (unsigned)status);
    name_is(&name, "\\No such directory\\NtObjects", 0);
    status = nt.CreateEvent(&none, ALL_ACCESS, &name.attributes, 0, 0);
    CHECK("WAIT-20", status == NATIVE_PATH_NOT_FOUND && !none, "another directory: %08x",
          (unsigned)status);
    name_is(&name, "\\BaseNamedObjects\\NtObjects", 0);
    name.attributes.Length = 8;
    status = nt.CreateEvent(&none, ALL_ACCESS, &name.attributes, 0, 0);
    CHECK("WAIT-20", status == NATIVE_INVALID_PARAMETER && !none, "bad attributes: %08x",
          (unsigned)status);
}

int main(void)
{
    look_up();
    RUN(events);
    RUN(setting_lets_waiters_through);
    RUN(semaphores);
    RUN(mutants);
    RUN(timers);
    RUN(names);
    RUN(other_kinds_have_names);
    RUN(bad_names);
    return check_report();
}
