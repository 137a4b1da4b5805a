/* SPDX-License-Identifier: MIT
 *
 * Random numbers by the older names; as in bcrypt.h, which comes with it, there is no other
 * cryptography, and there are no containers of keys.
 */
#ifndef __WINCRYPT_H__
#define __WINCRYPT_H__

#include "bcrypt.h"
#include "winerror.h"

typedef ULONG_PTR HCRYPTPROV;

/* kinds of providers */
#define PROV_RSA_FULL 1
#define PROV_RSA_AES 24

/* and their names */
#define MS_DEF_PROV_A "Microsoft Base Cryptographic Provider v1.0"
#define MS_DEF_PROV_W IOCP_WIDE_TEXT_("Microsoft Base Cryptographic Provider v1.0")
#define MS_ENHANCED_PROV_A "Microsoft Enhanced Cryptographic Provider v1.0"
#define MS_ENHANCED_PROV_W IOCP_WIDE_TEXT_("Microsoft Enhanced Cryptographic Provider v1.0")
#define MS_STRONG_PROV_A "Microsoft Strong Cryptographic Provider"
#define MS_STRONG_PROV_W IOCP_WIDE_TEXT_("Microsoft Strong Cryptographic Provider")
#define MS_ENH_RSA_AES_PROV_A "Microsoft Enhanced RSA and AES Cryptographic Provider"
#define MS_ENH_RSA_AES_PROV_W                                                                      \
    IOCP_WIDE_TEXT_("Microsoft Enhanced RSA and AES Cryptographic Provider")
#ifdef UNICODE
#define MS_DEF_PROV MS_DEF_PROV_W
#define MS_ENHANCED_PROV MS_ENHANCED_PROV_W
#define MS_STRONG_PROV MS_STRONG_PROV_W
#define MS_ENH_RSA_AES_PROV MS_ENH_RSA_AES_PROV_W
#else
#define MS_DEF_PROV MS_DEF_PROV_A
#define MS_ENHANCED_PROV MS_ENHANCED_PROV_A
#define MS_STRONG_PROV MS_STRONG_PROV_A
#define MS_ENH_RSA_AES_PROV MS_ENH_RSA_AES_PROV_A
#endif

/* CryptAcquireContext */
#define CRYPT_VERIFYCONTEXT 0xF0000000
#define CRYPT_NEWKEYSET 0x00000008
#define CRYPT_DELETEKEYSET 0x00000010
#define CRYPT_MACHINE_KEYSET 0x00000020
#define CRYPT_SILENT 0x00000040
#define CRYPT_DEFAULT_CONTAINER_OPTIONAL 0x00000080

IOCP_BEGIN_DECLS

/* CryptAcquireContext: a handle for CryptGenRandom.
 *   szContainer   NULL with CRYPT_VERIFYCONTEXT; else any name, or NULL for the user's own
 *   szProvider    one of the names above that goes with the type, or NULL
 *   dwProvType    PROV_RSA_FULL or PROV_RSA_AES
 *   dwFlags       CRYPT_VERIFYCONTEXT: no container; CRYPT_NEWKEYSET: a new one, which is forgotten
 *                 with the handle; neither: one that exists, and none does. CRYPT_SILENT and
 *                 CRYPT_MACHINE_KEYSET make no difference
 * FALSE: ERROR_INVALID_PARAMETER (a pointer), NTE_BAD_PROV_TYPE (not 1 to 999),
 * NTE_PROV_TYPE_NOT_DEF (not these), NTE_KEYSET_NOT_DEF (no such provider), NTE_PROV_TYPE_NO_MATCH
 * (it is of the other type), NTE_BAD_FLAGS (also for a container's name with CRYPT_VERIFYCONTEXT),
 * NTE_BAD_KEYSET (no such container), NTE_NO_MEMORY. sdk:cryptacquirecontexta,
 * sdk:cryptacquirecontextw */
WINADVAPI BOOL WINAPI CryptAcquireContextA(HCRYPTPROV *phProv, LPCSTR szContainer,
                                           LPCSTR szProvider, DWORD dwProvType, DWORD dwFlags);
WINADVAPI BOOL WINAPI CryptAcquireContextW(HCRYPTPROV *phProv, LPCWSTR szContainer,
                                           LPCWSTR szProvider, DWORD dwProvType, DWORD dwFlags);
#ifdef UNICODE
#define CryptAcquireContext CryptAcquireContextW
#else
#define CryptAcquireContext CryptAcquireContextA
#endif

/* CryptGenRandom: dwLen bytes of the system's randomness. FALSE: ERROR_INVALID_HANDLE (none, or
 * released), ERROR_INVALID_PARAMETER (the buffer), NTE_FAIL. sdk:cryptgenrandom */
WINADVAPI BOOL WINAPI CryptGenRandom(HCRYPTPROV hProv, DWORD dwLen, BYTE *pbBuffer);

/* CryptReleaseContext: the handle is none from then on, also with flags that are not 0, which are
 * refused. FALSE: ERROR_INVALID_HANDLE, NTE_BAD_FLAGS. sdk:cryptreleasecontext */
WINADVAPI BOOL WINAPI CryptReleaseContext(HCRYPTPROV hProv, DWORD dwFlags);

IOCP_END_DECLS

#endif
