/* SPDX-License-Identifier: MIT
 *
 * Random numbers, which is what servers want of this header; there is no other cryptography.
 */
#ifndef __BCRYPT_H__
#define __BCRYPT_H__

#include "minwindef.h"

typedef PVOID BCRYPT_HANDLE;
typedef PVOID BCRYPT_ALG_HANDLE;

#ifndef BCRYPT_SUCCESS
#define BCRYPT_SUCCESS(status) (((NTSTATUS)(status)) >= 0)
#endif

#define BCRYPT_RNG_ALGORITHM IOCP_WIDE_TEXT_("RNG")
#define MS_PRIMITIVE_PROVIDER IOCP_WIDE_TEXT_("Microsoft Primitive Provider")

/* An algorithm that need not be opened. */
#define BCRYPT_RNG_ALG_HANDLE ((BCRYPT_ALG_HANDLE)0x00000081)

#define BCRYPT_RNG_USE_ENTROPY_IN_BUFFER 0x00000001
#define BCRYPT_USE_SYSTEM_PREFERRED_RNG 0x00000002

IOCP_BEGIN_DECLS

/* BCryptOpenAlgorithmProvider: a handle for BCRYPT_RNG_ALGORITHM, the only one there is;
 * implementation NULL or MS_PRIMITIVE_PROVIDER, flags 0. STATUS_NOT_FOUND: another algorithm or
 * provider; STATUS_INVALID_PARAMETER. BCryptCloseAlgorithmProvider: STATUS_INVALID_HANDLE.
 * sdk:bcryptopenalgorithmprovider, sdk:bcryptclosealgorithmprovider */
NTSTATUS WINAPI BCryptOpenAlgorithmProvider(BCRYPT_ALG_HANDLE *phAlgorithm, LPCWSTR pszAlgId,
                                            LPCWSTR pszImplementation, ULONG dwFlags);
NTSTATUS WINAPI BCryptCloseAlgorithmProvider(BCRYPT_ALG_HANDLE hAlgorithm, ULONG dwFlags);

/* BCryptGenRandom: cbBuffer bytes of the system's randomness. The handle is NULL with
 * BCRYPT_USE_SYSTEM_PREFERRED_RNG; BCRYPT_RNG_USE_ENTROPY_IN_BUFFER changes nothing.
 * STATUS_INVALID_HANDLE: no handle, or another's; STATUS_INVALID_PARAMETER: no buffer, other flags,
 * or a handle besides the preferred generator. sdk:bcryptgenrandom */
NTSTATUS WINAPI BCryptGenRandom(BCRYPT_ALG_HANDLE hAlgorithm, PUCHAR pbBuffer, ULONG cbBuffer,
                                ULONG dwFlags);

IOCP_END_DECLS

#endif
