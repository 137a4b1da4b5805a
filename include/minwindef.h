/* SPDX-License-Identifier: MIT
 *
 * Small things that all of Win32 is written with: FILETIME, module handles, halves of words,
 * min and max.
 */
#ifndef _MINWINDEF_
#define _MINWINDEF_

#include "winnt.h"

#ifndef MAX_PATH
#define MAX_PATH 260
#endif

DECLARE_HANDLE(HINSTANCE);
DECLARE_HANDLE(HWND);
DECLARE_HANDLE(HKEY);
typedef HINSTANCE HMODULE;
typedef HANDLE HGLOBAL;
typedef HANDLE HLOCAL;
typedef HANDLE GLOBALHANDLE;
typedef HANDLE LOCALHANDLE;

typedef UINT_PTR WPARAM;
typedef LONG_PTR LPARAM;
typedef LONG_PTR LRESULT;
typedef INT_PTR(WINAPI *FARPROC)(void);
typedef INT_PTR(WINAPI *NEARPROC)(void);
typedef INT_PTR(WINAPI *PROC)(void);

/* 100 ns since 1601-01-01 UTC, in two halves */
typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

#define MAKEWORD(low, high)                                                                        \
    ((WORD)(((BYTE)((DWORD_PTR)(low) & 0xff)) | ((WORD)((BYTE)((DWORD_PTR)(high) & 0xff))) << 8))
#define MAKELONG(low, high)                                                                        \
    ((LONG)(((WORD)((DWORD_PTR)(low) & 0xffff)) |                                                  \
            ((DWORD)((WORD)((DWORD_PTR)(high) & 0xffff))) << 16))
#define LOWORD(value) ((WORD)((DWORD_PTR)(value) & 0xffff))
#define HIWORD(value) ((WORD)(((DWORD_PTR)(value) >> 16) & 0xffff))
#define LOBYTE(value) ((BYTE)((DWORD_PTR)(value) & 0xff))
#define HIBYTE(value) ((BYTE)(((DWORD_PTR)(value) >> 8) & 0xff))

/* As macros these would break every C++ standard header included later; as templates of two types
 * they accept min(DWORD, int) as the macros do, and std::min wins where both fit. */
#ifndef NOMINMAX
#ifdef __cplusplus
extern "C++" {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-compare"
#if __cplusplus >= 201103L
template <class A, class B>
constexpr auto min(A a, B b) -> decltype(a < b ? a : b)
{
    return a < b ? a : b;
}
template <class A, class B>
constexpr auto max(A a, B b) -> decltype(a > b ? a : b)
{
    return a > b ? a : b;
}
#else
template <class A, class B> inline __typeof__(true ? A() : B()) min(A a, B b)
{
    return a < b ? a : b;
}
template <class A, class B> inline __typeof__(true ? A() : B()) max(A a, B b)
{
    return a > b ? a : b;
}
#endif
#pragma GCC diagnostic pop
}
#else
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#endif
#endif

#endif
