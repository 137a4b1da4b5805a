/* SPDX-License-Identifier: MIT
 *
 * GUIDs: the structure, how to define one, how to compare two. A file that defines INITGUID (or
 * includes initguid.h) before it reads DEFINE_GUID lines gets the GUIDs themselves, any other file
 * declarations of them; so DEFINE_GUID is decided anew whenever this header is included.
 */
#include "basetsd.h"

#ifndef GUID_DEFINED
#define GUID_DEFINED
typedef struct _GUID {
    DWORD Data1;
    WORD Data2;
    WORD Data3;
    BYTE Data4[8];
} GUID;
#endif

#undef DEFINE_GUID
#if !defined(INITGUID)
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) EXTERN_C const GUID name
#else
#ifdef __cplusplus
#define IOCP_DEFINE_GUID_ extern "C" const GUID DECLSPEC_SELECTANY
#else
#define IOCP_DEFINE_GUID_ const GUID DECLSPEC_SELECTANY
#endif
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)                               \
    IOCP_DEFINE_GUID_ name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#endif
#define DEFINE_OLEGUID(name, l, w1, w2) DEFINE_GUID(name, l, w1, w2, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)

#ifndef _GUIDDEF_H_
#define _GUIDDEF_H_

typedef GUID *LPGUID;
typedef const GUID *LPCGUID;
typedef GUID IID, *LPIID;
typedef GUID CLSID, *LPCLSID;
typedef GUID FMTID, *LPFMTID;
typedef GUID UUID;
#define IID_NULL GUID_NULL
#define CLSID_NULL GUID_NULL
#define FMTID_NULL GUID_NULL

/* Programs hand a GUID over as it is in C++, its address in C. */
#ifdef __cplusplus
#define REFGUID const GUID &
#define REFIID const IID &
#define REFCLSID const CLSID &
#define REFFMTID const FMTID &
#else
#define REFGUID const GUID *
#define REFIID const IID *
#define REFCLSID const CLSID *
#define REFFMTID const FMTID *
#endif

#ifdef __cplusplus
extern "C++" {
static __inline__ int IsEqualGUID(REFGUID a, REFGUID b)
{
    return !__builtin_memcmp(&a, &b, sizeof(GUID));
}
#ifndef _SYS_GUID_OPERATOR_EQ_ /* by which programs say that they have their own */
#define _SYS_GUID_OPERATOR_EQ_
static __inline__ bool operator==(REFGUID a, REFGUID b)
{
    return !__builtin_memcmp(&a, &b, sizeof(GUID));
}
static __inline__ bool operator!=(REFGUID a, REFGUID b)
{
    return __builtin_memcmp(&a, &b, sizeof(GUID)) != 0;
}
#endif
}
#else
#define IsEqualGUID(a, b) (!__builtin_memcmp((a), (b), sizeof(GUID)))
#endif
#define InlineIsEqualGUID(a, b) IsEqualGUID(a, b)
#define IsEqualIID(a, b) IsEqualGUID(a, b)
#define IsEqualCLSID(a, b) IsEqualGUID(a, b)
#define IsEqualFMTID(a, b) IsEqualGUID(a, b)

#endif
