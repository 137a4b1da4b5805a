/* SPDX-License-Identifier: MIT
 *
 * libloaderapi.h: the names of Windows' own modules all stand for this library; any other name is
 * a shared object for the dynamic linker.
 *
 * GetProcAddress looks the name up among the library's exported symbols, first with the prefix of
 * those that would collide with the C library's ("socket" is iocp_socket). In a program that has
 * the library linked in statically these are the program's exported symbols, so such a program has
 * to be linked with -rdynamic for GetProcAddress to find anything.
 *
 * Lock: libloader_lock guards the list of loaded shared objects. The dynamic linker is called
 * without it.
 */
#include "api/last_error.h"
#include "api/utf16.h"
#include "base/fault.h"
#include "base/list.h"
#include "base/lock.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <winbase.h>

#define LONGEST_NAME 512
#define PREFIX "iocp_"

/* The handle of a module of Windows' is the address of its entry here. */
static const char *const libloader_own[] = {"kernel32", "kernelbase", "ntdll",  "ws2_32",
                                            "wsock32",  "mswsock",    "msvcrt", "ucrtbase",
                                            "iphlpapi", "winmm",      "psapi"};
#define OWN_MODULES (sizeof libloader_own / sizeof libloader_own[0])

/* The handle of the program itself. */
static const char libloader_program;

struct loaded {
    struct list link;
    void *object; /* dlopen's, and our handle */
    unsigned references;
};

static struct lock libloader_lock;
static struct list libloader_loaded = {&libloader_loaded, &libloader_loaded};

static const char *libloader__file_name(const char *path)
{
    const char *name = path;
    for (; *path; path++)
        if (*path == '/' || *path == '\\')
            name = path + 1;
    return name;
}

static HMODULE libloader__own_module(const char *path)
{
    const char *name = libloader__file_name(path);
    for (size_t i = 0; i < OWN_MODULES; i++) {
        size_t length = strlen(libloader_own[i]);
        if (strncasecmp(name, libloader_own[i], length) == 0 &&
            (name[length] == 0 || strcasecmp(name + length, ".dll") == 0))
            return (HMODULE)(uintptr_t)&libloader_own[i];
    }
    return NULL;
}

static bool libloader__is_own(HMODULE module)
{
    uintptr_t offset = (uintptr_t)module - (uintptr_t)libloader_own;
    return offset < sizeof libloader_own && offset % sizeof libloader_own[0] == 0;
}

static struct loaded *libloader__find(void *object)
{
    lock_assert_held(&libloader_lock);
    LIST_FOR_EACH(link, &libloader_loaded)
    {
        struct loaded *loaded = LIST_ELEMENT(link, struct loaded, link);
        if (loaded->object == object)
            return loaded;
    }
    return NULL;
}

/* One more reference to a shared object; false if memory is short. */
static bool libloader__keep(void *object)
{
    struct loaded *fresh = fault_calloc(1, sizeof *fresh);
    lock_take(&libloader_lock);
    struct loaded *loaded = libloader__find(object);
    if (!loaded && fresh) {
        loaded = fresh;
        fresh = NULL;
        loaded->object = object;
        list_push_front(&libloader_loaded, &loaded->link);
    }
    if (loaded)
        loaded->references++;
    lock_drop(&libloader_lock);
    free(fresh);
    return loaded != NULL;
}

/* The dynamic linker knows paths with slashes only. */
static void *libloader__open(const char *name, int mode)
{
    if (!strchr(name, '\\'))
        return dlopen(name, mode);
    size_t size = strlen(name) + 1;
    char *path = fault_malloc(size);
    if (!path)
        return NULL;
    for (size_t i = 0; i < size; i++)
        path[i] = name[i] == '\\' ? '/' : name[i];
    void *object = dlopen(path, mode);
    free(path);
    return object;
}

HMODULE WINAPI GetModuleHandleA(LPCSTR name)
{
    if (!name)
        return (HMODULE)(uintptr_t)&libloader_program;
    HMODULE own = libloader__own_module(name);
    if (own)
        return own;
    void *object = libloader__open(name, RTLD_LAZY | RTLD_NOLOAD);
    if (object)
        dlclose(object); /* what is loaded stays so; the caller has no reference */
    lock_take(&libloader_lock);
    bool known = object && libloader__find(object);
    lock_drop(&libloader_lock);
    if (known || (object && libloader__keep(object)))
        return object;
    api_set_last_error(ERROR_MOD_NOT_FOUND);
    return NULL;
}

HMODULE WINAPI LoadLibraryA(LPCSTR name)
{
    HMODULE own = name ? libloader__own_module(name) : NULL;
    if (own)
        return own;
    void *object = name && *name ? libloader__open(name, RTLD_NOW) : NULL;
    if (object && libloader__keep(object))
        return object;
    if (object)
        dlclose(object);
    api_set_last_error(name ? ERROR_MOD_NOT_FOUND : ERROR_INVALID_PARAMETER);
    return NULL;
}

/* Names of files are ASCII often enough; what is not becomes a name that no file has. */
static const char *libloader__narrow(LPCWSTR wide, char *narrow)
{
    size_t i = 0;
    for (; wide[i] && i < LONGEST_NAME - 1; i++)
        narrow[i] = wide[i] < 0x80 ? (char)wide[i] : '\x01';
    narrow[i] = 0;
    return narrow;
}

HMODULE WINAPI GetModuleHandleW(LPCWSTR name)
{
    char narrow[LONGEST_NAME];
    return GetModuleHandleA(name ? libloader__narrow(name, narrow) : NULL);
}

HMODULE WINAPI LoadLibraryW(LPCWSTR name)
{
    char narrow[LONGEST_NAME];
    return LoadLibraryA(name ? libloader__narrow(name, narrow) : NULL);
}

/* Flags about where to look, which the dynamic linker knows better, and about what there is not. */
static bool libloader__takes(HANDLE file, DWORD flags)
{
    const DWORD places = LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_APPLICATION_DIR |
                         LOAD_LIBRARY_SEARCH_USER_DIRS | LOAD_LIBRARY_SEARCH_SYSTEM32 |
                         LOAD_LIBRARY_SEARCH_DEFAULT_DIRS;
    const DWORD others = LOAD_WITH_ALTERED_SEARCH_PATH | LOAD_IGNORE_CODE_AUTHZ_LEVEL |
                         LOAD_LIBRARY_SAFE_CURRENT_DIRS;

    if (file || flags & ~(places | others))
        return false;
    return !(flags & LOAD_WITH_ALTERED_SEARCH_PATH && flags & places);
}

HMODULE WINAPI LoadLibraryExA(LPCSTR name, HANDLE file, DWORD flags)
{
    if (libloader__takes(file, flags))
        return LoadLibraryA(name);
    api_set_last_error(ERROR_INVALID_PARAMETER);
    return NULL;
}

HMODULE WINAPI LoadLibraryExW(LPCWSTR name, HANDLE file, DWORD flags)
{
    if (libloader__takes(file, flags))
        return LoadLibraryW(name);
    api_set_last_error(ERROR_INVALID_PARAMETER);
    return NULL;
}

static const char *libloader__own_path(void)
{
    Dl_info info;

    return dladdr(&libloader_program, &info) ? info.dli_fname : NULL;
}

static const char *libloader__object_path(HMODULE module)
{
    struct link_map *map;

    lock_take(&libloader_lock);
    bool known = libloader__find(module) != NULL;
    lock_drop(&libloader_lock);
    return known && dlinfo(module, RTLD_DI_LINKMAP, &map) == 0 ? map->l_name : NULL;
}

/* A new name, to be freed; NULL with the last error set. */
static char *libloader__path(HMODULE module)
{
    if (!module || module == (HMODULE)(uintptr_t)&libloader_program)
        return realpath("/proc/self/exe", NULL);
    const char *path =
        libloader__is_own(module) ? libloader__own_path() : libloader__object_path(module);
    char *full = path ? realpath(path, NULL) : NULL;
    if (!full)
        api_set_last_error(ERROR_MOD_NOT_FOUND);
    return full;
}

/* What fits, always with a zero at the end where there is any room. */
static DWORD libloader__cut(size_t length, DWORD size)
{
    api_set_last_error(length < size ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER);
    return length < size ? (DWORD)length : size;
}

DWORD WINAPI GetModuleFileNameA(HMODULE module, LPSTR room, DWORD size)
{
    char *path = libloader__path(module);

    if (!path)
        return 0;
    DWORD length = libloader__cut(strlen(path), size);
    if (size) {
        memcpy(room, path, length);
        room[length < size ? length : size - 1] = 0;
    }
    free(path);
    return length;
}

DWORD WINAPI GetModuleFileNameW(HMODULE module, LPWSTR room, DWORD size)
{
    char *path = libloader__path(module);
    size_t units = 0;
    WCHAR *wide = path ? utf16_from_utf8(path, strlen(path), &units) : NULL;
    DWORD length = 0;

    if (wide) {
        length = libloader__cut(units, size);
        if (size) {
            memcpy(room, wide, length * sizeof *room);
            room[length < size ? length : size - 1] = 0;
        }
    } else if (path) {
        api_set_last_error(ERROR_NOT_ENOUGH_MEMORY);
    }
    free(wide);
    free(path);
    return length;
}

BOOL WINAPI FreeLibrary(HMODULE module)
{
    void *object = NULL;
    if (libloader__is_own(module))
        return TRUE;
    lock_take(&libloader_lock);
    struct loaded *loaded = libloader__find(module);
    if (loaded) {
        object = loaded->object;
        if (--loaded->references > 0)
            loaded = NULL;
        else
            list_remove(&loaded->link);
    }
    lock_drop(&libloader_lock);
    free(loaded);
    if (object && dlclose(object) == 0)
        return TRUE;
    api_set_last_error(ERROR_INVALID_HANDLE);
    return FALSE;
}

/* A symbol of this library; what the linker finds in the libraries below it is not ours. */
static void *libloader__own_symbol(const char *name)
{
    Dl_info here;
    Dl_info there;
    if (!dladdr((const void *)(uintptr_t)&GetProcAddress, &here))
        return NULL;
    void *self = dlopen(here.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    if (!self)
        self = dlopen(NULL, RTLD_LAZY);
    if (!self)
        return NULL;
    void *symbol = dlsym(self, name);
    dlclose(self);
    bool ours = symbol && dladdr(symbol, &there) && there.dli_fbase == here.dli_fbase;
    return ours ? symbol : NULL;
}

static void *libloader__own_function(const char *name)
{
    char prefixed[LONGEST_NAME];
    snprintf(prefixed, sizeof prefixed, PREFIX "%s", name);
    void *symbol = libloader__own_symbol(prefixed);
    return symbol ? symbol : libloader__own_symbol(name);
}

static void *libloader__foreign_function(HMODULE module, const char *name, bool *known)
{
    lock_take(&libloader_lock);
    struct loaded *loaded = libloader__find(module);
    lock_drop(&libloader_lock);
    *known = loaded != NULL;
    return loaded ? dlsym(module, name) : NULL;
}

FARPROC WINAPI GetProcAddress(HMODULE module, LPCSTR name)
{
    bool known = true;
    void *symbol = NULL;
    if ((uintptr_t)name < 0x10000) {
        api_set_last_error(ERROR_PROC_NOT_FOUND); /* functions have no numbers here */
        return NULL;
    }
    if (libloader__is_own(module))
        symbol = libloader__own_function(name);
    else if ((uintptr_t)module == (uintptr_t)&libloader_program)
        symbol = dlsym(RTLD_DEFAULT, name);
    else
        symbol = libloader__foreign_function(module, name, &known);
    if (!symbol)
        api_set_last_error(known ? ERROR_PROC_NOT_FOUND : ERROR_INVALID_HANDLE);
    return (FARPROC)(uintptr_t)symbol;
}
