/* SPDX-License-Identifier: MIT
 *
 * wincrypt.h: handles for random numbers. Nothing is behind one; it is remembered so that one that
 * was released is known for it. A handle is its place in the table and a number that no other has.
 *
 * Lock: wincrypt_lock guards the table; a leaf.
 */
#include <ntstatus.h>
#define WIN32_NO_STATUS
#include <windows.h>

#include <wincrypt.h>

#include "api/last_error.h"
#include "api/utf16.h"
#include "base/fault.h"
#include "base/lock.h"
#include "base/probe.h"

#include <stdlib.h>
#include <string.h>

enum { PLACE_BITS = 16, PROVIDER_TYPE_MAX = 999 };

struct wincrypt_provider {
    const char *name;
    DWORD type;
};

static const struct wincrypt_provider wincrypt_providers[] = {
    {MS_DEF_PROV_A, PROV_RSA_FULL},
    {MS_ENHANCED_PROV_A, PROV_RSA_FULL},
    {MS_STRONG_PROV_A, PROV_RSA_FULL},
    {MS_ENH_RSA_AES_PROV_A, PROV_RSA_AES},
    /* as Windows XP called it */
    {MS_ENH_RSA_AES_PROV_A " (Prototype)", PROV_RSA_AES},
};

static struct lock wincrypt_lock;
static HCRYPTPROV *wincrypt_handles; /* by place; 0: free */
static size_t wincrypt_room;
static HCRYPTPROV wincrypt_number; /* of the newest */

static bool wincrypt__grow(void)
{
    lock_assert_held(&wincrypt_lock);
    size_t room = wincrypt_room ? wincrypt_room * 2 : 16;
    HCRYPTPROV *grown = room < 1u << PLACE_BITS ? fault_calloc(room, sizeof *grown) : NULL;
    if (!grown)
        return false;
    if (wincrypt_room)
        memcpy(grown, wincrypt_handles, wincrypt_room * sizeof *grown);
    free(wincrypt_handles);
    wincrypt_handles = grown;
    wincrypt_room = room;
    return true;
}

/* 0: no memory for it. */
static HCRYPTPROV wincrypt__make(void)
{
    HCRYPTPROV made = 0;
    size_t place = 0;

    lock_take(&wincrypt_lock);
    while (place < wincrypt_room && wincrypt_handles[place])
        place++;
    if (place < wincrypt_room || wincrypt__grow()) {
        made = ++wincrypt_number << PLACE_BITS | (place + 1);
        wincrypt_handles[place] = made;
    }
    lock_drop(&wincrypt_lock);
    return made;
}

/* Whether it is one; no longer, if it ends. */
static bool wincrypt__is(HCRYPTPROV handle, bool ends)
{
    size_t place = (handle & ((1u << PLACE_BITS) - 1)) - 1;

    lock_take(&wincrypt_lock);
    bool is = handle && place < wincrypt_room && wincrypt_handles[place] == handle;
    if (is && ends)
        wincrypt_handles[place] = 0;
    lock_drop(&wincrypt_lock);
    return is;
}

static DWORD wincrypt__check_provider(const char *name, DWORD type)
{
    if (type < 1 || type > PROVIDER_TYPE_MAX)
        return (DWORD)NTE_BAD_PROV_TYPE;
    if (type != PROV_RSA_FULL && type != PROV_RSA_AES)
        return (DWORD)NTE_PROV_TYPE_NOT_DEF;
    if (!name)
        return NO_ERROR;
    for (size_t i = 0; i < sizeof wincrypt_providers / sizeof wincrypt_providers[0]; i++)
        if (strcmp(wincrypt_providers[i].name, name) == 0)
            return wincrypt_providers[i].type == type ? NO_ERROR : (DWORD)NTE_PROV_TYPE_NO_MATCH;
    return (DWORD)NTE_KEYSET_NOT_DEF;
}

static DWORD wincrypt__check_flags(bool has_container, DWORD flags)
{
    const DWORD neutral = CRYPT_MACHINE_KEYSET | CRYPT_SILENT;

    switch (flags & ~neutral) {
    case CRYPT_VERIFYCONTEXT:
    case CRYPT_VERIFYCONTEXT | CRYPT_DEFAULT_CONTAINER_OPTIONAL:
        return has_container ? (DWORD)NTE_BAD_FLAGS : NO_ERROR;
    case CRYPT_NEWKEYSET:
        return NO_ERROR;
    case CRYPT_DEFAULT_CONTAINER_OPTIONAL:
        return has_container ? (DWORD)NTE_BAD_KEYSET : NO_ERROR;
    case CRYPT_DELETEKEYSET:
    case 0:
        return (DWORD)NTE_BAD_KEYSET;
    default:
        return (DWORD)NTE_BAD_FLAGS;
    }
}

static BOOL wincrypt__fail(DWORD error)
{
    api_set_last_error(error);
    return FALSE;
}

static BOOL wincrypt__acquire(HCRYPTPROV *handle, bool has_container, const char *provider,
                              DWORD type, DWORD flags)
{
    if (!handle || !probe_writable(handle, sizeof *handle))
        return wincrypt__fail(ERROR_INVALID_PARAMETER);
    DWORD error = wincrypt__check_provider(provider, type);
    if (error == NO_ERROR)
        error = wincrypt__check_flags(has_container, flags);
    if (error != NO_ERROR)
        return wincrypt__fail(error);
    HCRYPTPROV made = wincrypt__make();
    if (!made)
        return wincrypt__fail((DWORD)NTE_NO_MEMORY);
    *handle = made;
    return TRUE;
}

BOOL WINAPI CryptAcquireContextA(HCRYPTPROV *handle, LPCSTR container, LPCSTR provider, DWORD type,
                                 DWORD flags)
{
    if ((container && !probe_readable(container, 1)) || (provider && !probe_readable(provider, 1)))
        return wincrypt__fail(ERROR_INVALID_PARAMETER);
    return wincrypt__acquire(handle, container && *container, provider, type, flags);
}

BOOL WINAPI CryptAcquireContextW(HCRYPTPROV *handle, LPCWSTR container, LPCWSTR provider,
                                 DWORD type, DWORD flags)
{
    char *name = NULL;

    if ((container && !probe_readable(container, sizeof *container)) ||
        (provider && !probe_readable(provider, sizeof *provider)))
        return wincrypt__fail(ERROR_INVALID_PARAMETER);
    if (provider && !(name = utf16_to_utf8(provider, (size_t)-1)))
        return wincrypt__fail((DWORD)NTE_NO_MEMORY);
    BOOL result = wincrypt__acquire(handle, container && *container, name, type, flags);
    free(name);
    return result;
}

BOOL WINAPI CryptGenRandom(HCRYPTPROV handle, DWORD size, BYTE *buffer)
{
    if (!wincrypt__is(handle, false))
        return wincrypt__fail(ERROR_INVALID_HANDLE);
    if (!buffer || !probe_writable(buffer, size))
        return wincrypt__fail(ERROR_INVALID_PARAMETER);
    if (BCryptGenRandom(NULL, buffer, size, BCRYPT_USE_SYSTEM_PREFERRED_RNG) != STATUS_SUCCESS)
        return wincrypt__fail((DWORD)NTE_FAIL);
    return TRUE;
}

BOOL WINAPI CryptReleaseContext(HCRYPTPROV handle, DWORD flags)
{
    if (!wincrypt__is(handle, true))
        return wincrypt__fail(ERROR_INVALID_HANDLE);
    return flags ? wincrypt__fail((DWORD)NTE_BAD_FLAGS) : TRUE;
}
