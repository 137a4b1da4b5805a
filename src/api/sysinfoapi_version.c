/* SPDX-License-Identifier: MIT
 *
 * Which Windows this is: the one whose behaviour the library keeps to. And the machine's name.
 */
#include "api/last_error.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include <winbase.h>

#define MAJOR 10
#define MINOR 0
#define BUILD 19045
#define CONDITION_BITS 3
#define CONDITION_MASK 7u
#define FIELDS 8

DWORD WINAPI GetVersion(VOID)
{
    return (DWORD)BUILD << 16 | MINOR << 8 | MAJOR;
}

/* Both widths begin alike, and the text of the service pack is empty. */
static BOOL version__fill(OSVERSIONINFOA *version, size_t plain, size_t extended, void *tail)
{
    if (version->dwOSVersionInfoSize != plain && version->dwOSVersionInfoSize != extended) {
        api_set_last_error(ERROR_INSUFFICIENT_BUFFER);
        return FALSE;
    }
    size_t size = version->dwOSVersionInfoSize;
    memset(version, 0, size);
    version->dwOSVersionInfoSize = (DWORD)size;
    version->dwMajorVersion = MAJOR;
    version->dwMinorVersion = MINOR;
    version->dwBuildNumber = BUILD;
    version->dwPlatformId = VER_PLATFORM_WIN32_NT;
    if (size == extended)
        *(BYTE *)tail = VER_NT_WORKSTATION;
    return TRUE;
}

BOOL WINAPI GetVersionExA(LPOSVERSIONINFOA version)
{
    return version__fill(version, sizeof *version, sizeof(OSVERSIONINFOEXA),
                         &((OSVERSIONINFOEXA *)version)->wProductType);
}

BOOL WINAPI GetVersionExW(LPOSVERSIONINFOW version)
{
    return version__fill((OSVERSIONINFOA *)version, sizeof *version, sizeof(OSVERSIONINFOEXW),
                         &((OSVERSIONINFOEXW *)version)->wProductType);
}

/* A field's condition lies at three times the number of its bit. Of several the highest counts. */
ULONGLONG WINAPI VerSetConditionMask(ULONGLONG mask, DWORD types, BYTE condition)
{
    types &= (1u << FIELDS) - 1;
    if (!types)
        return mask;
    unsigned field = 31 - (unsigned)__builtin_clz(types);
    return mask | (ULONGLONG)(condition & CONDITION_MASK) << field * CONDITION_BITS;
}

static unsigned version__condition(DWORDLONG mask, DWORD type)
{
    return (unsigned)(mask >> (unsigned)__builtin_ctz(type) * CONDITION_BITS) & CONDITION_MASK;
}

static bool version__holds(DWORD value, DWORD wanted, unsigned condition)
{
    switch (condition) {
    case VER_EQUAL:
        return value == wanted;
    case VER_GREATER:
        return value > wanted;
    case VER_GREATER_EQUAL:
        return value >= wanted;
    case VER_LESS:
        return value < wanted;
    case VER_LESS_EQUAL:
        return value <= wanted;
    case VER_AND: /* of suites: all that are wanted are there */
        return (value & wanted) == wanted;
    case VER_OR: /* at least one */
        return (value & wanted) != 0;
    default:
        return false;
    }
}

/* One number in several fields: the first that differs decides, or else the last. */
static bool version__number_holds(const OSVERSIONINFOEXW *wanted, DWORD types, DWORDLONG mask)
{
    const struct {
        DWORD type, value, wanted;
    } fields[] = {
        {VER_MAJORVERSION, MAJOR, wanted->dwMajorVersion},
        {VER_MINORVERSION, MINOR, wanted->dwMinorVersion},
        {VER_SERVICEPACKMAJOR, 0, wanted->wServicePackMajor},
        {VER_SERVICEPACKMINOR, 0, wanted->wServicePackMinor},
    };
    bool holds = true;

    for (size_t index = 0; index < sizeof fields / sizeof fields[0]; index++) {
        if (!(types & fields[index].type))
            continue;
        holds = version__holds(fields[index].value, fields[index].wanted,
                               version__condition(mask, fields[index].type));
        if (fields[index].value != fields[index].wanted)
            break;
    }
    return holds;
}

BOOL WINAPI VerifyVersionInfoW(LPOSVERSIONINFOEXW wanted, DWORD types, DWORDLONG mask)
{
    const struct {
        DWORD type, value, wanted;
    } fields[] = {
        {VER_BUILDNUMBER, BUILD, wanted->dwBuildNumber},
        {VER_PLATFORMID, VER_PLATFORM_WIN32_NT, wanted->dwPlatformId},
        {VER_SUITENAME, 0, wanted->wSuiteMask},
        {VER_PRODUCT_TYPE, VER_NT_WORKSTATION, wanted->wProductType},
    };

    if (!types || !mask) {
        api_set_last_error(ERROR_BAD_ARGUMENTS);
        return FALSE;
    }
    bool holds = version__number_holds(wanted, types, mask);
    for (size_t index = 0; holds && index < sizeof fields / sizeof fields[0]; index++)
        if (types & fields[index].type)
            holds = version__holds(fields[index].value, fields[index].wanted,
                                   version__condition(mask, fields[index].type));
    if (!holds)
        api_set_last_error(ERROR_OLD_WIN_VERSION);
    return holds;
}

BOOL WINAPI VerifyVersionInfoA(LPOSVERSIONINFOEXA narrow, DWORD types, DWORDLONG mask)
{
    OSVERSIONINFOEXW wanted = {.dwMajorVersion = narrow->dwMajorVersion,
                               .dwMinorVersion = narrow->dwMinorVersion,
                               .dwBuildNumber = narrow->dwBuildNumber,
                               .dwPlatformId = narrow->dwPlatformId,
                               .wServicePackMajor = narrow->wServicePackMajor,
                               .wServicePackMinor = narrow->wServicePackMinor,
                               .wSuiteMask = narrow->wSuiteMask,
                               .wProductType = narrow->wProductType};

    return VerifyVersionInfoW(&wanted, types, mask);
}

BOOL WINAPI GetComputerNameA(LPSTR buffer, LPDWORD size)
{
    char name[HOST_NAME_MAX + 1] = "";

    gethostname(name, sizeof name - 1);
    name[strcspn(name, ".")] = 0;
    name[MAX_COMPUTERNAME_LENGTH] = 0;
    DWORD length = (DWORD)strlen(name);
    bool fits = buffer && *size > length;
    *size = fits ? length : length + 1;
    if (!fits) {
        api_set_last_error(ERROR_BUFFER_OVERFLOW);
        return FALSE;
    }
    memcpy(buffer, name, length + 1);
    return TRUE;
}

BOOL WINAPI GetComputerNameW(LPWSTR buffer, LPDWORD size)
{
    char name[MAX_COMPUTERNAME_LENGTH + 1];
    DWORD room = buffer ? *size : 0;

    *size = sizeof name;
    GetComputerNameA(name, size);
    if (room <= *size) {
        ++*size;
        api_set_last_error(ERROR_BUFFER_OVERFLOW);
        return FALSE;
    }
    /* Names of machines are ASCII. */
    for (DWORD index = 0; index <= *size; index++)
        buffer[index] = (unsigned char)name[index];
    return TRUE;
}
