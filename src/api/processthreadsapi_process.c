/* SPDX-License-Identifier: MIT
 *
 * The own process, and what can be told of others. The system's files are read each time.
 */
#include "api/filetime.h"
#include "api/last_error.h"
#include "api/object.h"
#include "api/own_process.h"

#include "base/filetime.h"
#include "wait/process.h"

#include <windows.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

BOOL api_is_own_process(HANDLE handle)
{
    struct object *object = api_object_of(handle, &process_ops);

    if (!object)
        return api_fail(STATUS_INVALID_HANDLE);
    object_unref(object, OBJ_REF_CALL);
    return TRUE;
}

static bool process__exists(DWORD number)
{
    return number && number <= INT32_MAX && (kill((pid_t)number, 0) == 0 || errno == EPERM);
}

HANDLE WINAPI OpenProcess(DWORD access, BOOL inherit, DWORD number)
{
    uintptr_t handle = 0;

    (void)access;
    (void)inherit;
    if (number != (DWORD)getpid()) {
        api_fail(process__exists(number) ? STATUS_ACCESS_DENIED : STATUS_INVALID_PARAMETER);
        return NULL;
    }
    handle = handle_open(&process_self.object);
    if (!handle)
        api_fail(STATUS_INSUFFICIENT_RESOURCES);
    return (HANDLE)handle;
}

DWORD WINAPI GetProcessId(HANDLE process)
{
    return api_is_own_process(process) ? (DWORD)getpid() : 0;
}

BOOL WINAPI GetExitCodeProcess(HANDLE process, LPDWORD code)
{
    if (!api_is_own_process(process))
        return FALSE;
    *code = STILL_ACTIVE;
    return TRUE;
}

static FILETIME process__duration(const struct timeval *time)
{
    return api_filetime((uint64_t)time->tv_sec * FILETIME_PER_SECOND +
                        (uint64_t)time->tv_usec * 10);
}

/* The 22nd field of stat, in clock ticks since the system started. The second one, a name in
 * brackets, may hold anything. */
static uint64_t process__began(void)
{
    enum { FIELD_AFTER_NAME = 3, FIELD_START = 22 };
    char text[1024] = "";
    struct timespec now, up;
    FILE *stat = fopen("/proc/self/stat", "re");
    unsigned long long ticks = 0;

    if (stat && fread(text, 1, sizeof text - 1, stat) > 0) {
        char *field = strrchr(text, ')');
        for (int number = FIELD_AFTER_NAME - 1; field && number < FIELD_START; number++)
            field = strchr(field + 1, ' ');
        if (field)
            sscanf(field, "%llu", &ticks);
    }
    if (stat)
        fclose(stat);
    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_BOOTTIME, &up);
    int64_t booted = filetime_of(now.tv_sec - up.tv_sec, now.tv_nsec - up.tv_nsec);
    return (uint64_t)booted + ticks * FILETIME_PER_SECOND / (uint64_t)sysconf(_SC_CLK_TCK);
}

BOOL WINAPI GetProcessTimes(HANDLE process, LPFILETIME created, LPFILETIME ended, LPFILETIME kernel,
                            LPFILETIME user)
{
    struct rusage usage;

    if (!api_is_own_process(process))
        return FALSE;
    if (getrusage(RUSAGE_SELF, &usage) < 0)
        return api_fail(STATUS_INSUFFICIENT_RESOURCES);
    *created = api_filetime(process__began());
    *ended = api_filetime(0);
    *kernel = process__duration(&usage.ru_stime);
    *user = process__duration(&usage.ru_utime);
    return TRUE;
}

/* The kernel's own word for a login session; services have none. */
BOOL WINAPI ProcessIdToSessionId(DWORD number, DWORD *session)
{
    char name[64];
    unsigned found = (unsigned)-1;

    if (number == 0)
        number = (DWORD)getpid();
    if (!session)
        return api_fail(STATUS_INVALID_PARAMETER);
    snprintf(name, sizeof name, "/proc/%u/sessionid", (unsigned)number);
    FILE *file = fopen(name, "re");
    if (!file && !process__exists(number))
        return api_fail(STATUS_INVALID_PARAMETER);
    if (file && fscanf(file, "%u", &found) != 1)
        found = (unsigned)-1;
    if (file)
        fclose(file);
    *session = found == (unsigned)-1 ? 0 : found;
    return TRUE;
}
