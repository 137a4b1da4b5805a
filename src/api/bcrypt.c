/* SPDX-License-Identifier: MIT
 *
 * Random numbers from the system: bcrypt.h, and rand_s of the C library.
 */
#define _CRT_RAND_S
#include <ntstatus.h>
#define WIN32_NO_STATUS
#include <windows.h>

#include <bcrypt.h>

#include <errno.h>
#include <stdbool.h>
#include <sys/random.h>

static bool bcrypt__same(const WCHAR *text, const WCHAR *other)
{
    while (*text && *text == *other) {
        text++;
        other++;
    }
    return *text == *other;
}

NTSTATUS WINAPI BCryptOpenAlgorithmProvider(BCRYPT_ALG_HANDLE *algorithm, LPCWSTR name,
                                            LPCWSTR provider, ULONG flags)
{
    if (!algorithm || !name || flags)
        return STATUS_INVALID_PARAMETER;
    if (!bcrypt__same(name, BCRYPT_RNG_ALGORITHM) ||
        (provider && !bcrypt__same(provider, MS_PRIMITIVE_PROVIDER)))
        return STATUS_NOT_FOUND;
    *algorithm = BCRYPT_RNG_ALG_HANDLE;
    return STATUS_SUCCESS;
}

NTSTATUS WINAPI BCryptCloseAlgorithmProvider(BCRYPT_ALG_HANDLE algorithm, ULONG flags)
{
    (void)flags;
    return algorithm == BCRYPT_RNG_ALG_HANDLE ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

NTSTATUS WINAPI BCryptGenRandom(BCRYPT_ALG_HANDLE algorithm, PUCHAR buffer, ULONG size, ULONG flags)
{
    bool preferred = flags & BCRYPT_USE_SYSTEM_PREFERRED_RNG;

    if (!preferred && algorithm != BCRYPT_RNG_ALG_HANDLE)
        return STATUS_INVALID_HANDLE;
    if ((preferred && algorithm) || !buffer ||
        flags & ~(ULONG)(BCRYPT_USE_SYSTEM_PREFERRED_RNG | BCRYPT_RNG_USE_ENTROPY_IN_BUFFER))
        return STATUS_INVALID_PARAMETER;
    while (size) {
        ssize_t got = getrandom(buffer, size, 0);
        if (got < 0 && errno != EINTR)
            return STATUS_UNSUCCESSFUL;
        if (got > 0) {
            buffer += got;
            size -= (ULONG)got;
        }
    }
    return STATUS_SUCCESS;
}

errno_t rand_s(unsigned int *number)
{
    if (!number)
        return EINVAL;
    return BCryptGenRandom(NULL, (PUCHAR)number, sizeof *number, BCRYPT_USE_SYSTEM_PREFERRED_RNG) ==
                   STATUS_SUCCESS
               ? 0
               : EINVAL;
}
