/* SPDX-License-Identifier: MIT
 *
 * The scalar types. Widths and signs are those of 64-bit Windows, not of Linux: LONG and DWORD
 * have 32 bits although `long` has 64 here, WCHAR always has 16. Pointer-sized types are `long` so
 * that they agree with size_t and uintptr_t; LONGLONG and INT64 are `long long`.
 * Windows keeps part of these in minwindef.h and winnt.h; both include this header, so that each
 * of them can be included alone and in any order.
 */
#ifndef _BASETSD_H_
#define _BASETSD_H_

#include "iocp_base.h"

/* 8 to 64 bits by name of width */
typedef signed char INT8, *PINT8;
typedef short INT16, *PINT16;
typedef int INT32, *PINT32;
typedef long long INT64, *PINT64;
typedef unsigned char UINT8, *PUINT8;
typedef unsigned short UINT16, *PUINT16;
typedef unsigned int UINT32, *PUINT32;
typedef unsigned long long UINT64, *PUINT64;
typedef int LONG32, *PLONG32;
typedef long long LONG64, *PLONG64;
typedef unsigned int ULONG32, *PULONG32;
typedef unsigned long long ULONG64, *PULONG64;
typedef unsigned int DWORD32, *PDWORD32;
typedef unsigned long long DWORD64, *PDWORD64;

/* as wide as a pointer */
typedef long INT_PTR, *PINT_PTR;
typedef unsigned long UINT_PTR, *PUINT_PTR;
typedef long LONG_PTR, *PLONG_PTR;
typedef unsigned long ULONG_PTR, *PULONG_PTR;
typedef ULONG_PTR DWORD_PTR, *PDWORD_PTR;
typedef ULONG_PTR SIZE_T, *PSIZE_T;
typedef LONG_PTR SSIZE_T, *PSSIZE_T;
typedef ULONG_PTR KAFFINITY, *PKAFFINITY;

/* the classic names */
#define VOID void
#define CONST const
typedef void *PVOID, *LPVOID;
typedef const void *LPCVOID;
typedef char CHAR, *PCHAR, CCHAR;
typedef unsigned char UCHAR, *PUCHAR;
typedef unsigned char BYTE, *PBYTE, *LPBYTE;
typedef BYTE BOOLEAN, *PBOOLEAN;
typedef short SHORT, *PSHORT;
typedef unsigned short USHORT, *PUSHORT;
typedef unsigned short WORD, *PWORD, *LPWORD;
typedef unsigned short ATOM;
typedef int INT, *PINT, *LPINT;
typedef unsigned int UINT, *PUINT;
typedef int BOOL, *PBOOL, *LPBOOL;
typedef int LONG, *PLONG, *LPLONG;
typedef unsigned int ULONG, *PULONG;
typedef unsigned int DWORD, *PDWORD, *LPDWORD;
typedef long long LONGLONG, *PLONGLONG;
typedef unsigned long long ULONGLONG, *PULONGLONG;
typedef unsigned long long DWORDLONG, *PDWORDLONG;
typedef LONGLONG USN;
typedef float FLOAT, *PFLOAT;
typedef double DOUBLE;
typedef LONG HRESULT;
typedef LONG NTSTATUS, *PNTSTATUS;
typedef DWORD LCID, *PLCID;
typedef WORD LANGID;

/* 16-bit text, whatever wchar_t is. L"..." fits only a program built with -fshort-wchar;
 * TEXT() below takes u"..." otherwise. */
#if defined(__SIZEOF_WCHAR_T__) && __SIZEOF_WCHAR_T__ == 2
typedef wchar_t WCHAR;
#define IOCP_WIDE_TEXT_(text) L##text
#elif defined(__cplusplus) && __cplusplus >= 201103L
typedef char16_t WCHAR;
#define IOCP_WIDE_TEXT_(text) u##text
#else
typedef unsigned short WCHAR;
#define IOCP_WIDE_TEXT_(text) u##text
#endif
typedef WCHAR *PWCHAR, *LPWCH, *PWCH, *NWPSTR, *LPWSTR, *PWSTR;
typedef const WCHAR *LPCWCH, *PCWCH, *LPCWSTR, *PCWSTR, *LPCUWSTR;
typedef CHAR *LPCH, *PCH, *NPSTR, *LPSTR, *PSTR;
typedef const CHAR *LPCCH, *PCCH, *LPCSTR, *PCSTR;
typedef PSTR *PZPSTR;
typedef PWSTR *PZPWSTR;
typedef PCSTR *PZPCSTR;

#ifdef UNICODE
typedef WCHAR TCHAR, *PTCHAR;
typedef LPWSTR LPTSTR, PTSTR, LPTCH, PTCH;
typedef LPCWSTR LPCTSTR, PCTSTR, LPCTCH;
#define IOCP_TEXT_(text) IOCP_WIDE_TEXT_(text)
#else
typedef char TCHAR, *PTCHAR;
typedef LPSTR LPTSTR, PTSTR, LPTCH, PTCH;
typedef LPCSTR LPCTSTR, PCTSTR, LPCTCH;
#define IOCP_TEXT_(text) text
#endif
typedef unsigned char TBYTE, *PTBYTE;
#define TEXT(text) IOCP_TEXT_(text)

/* Handles are opaque: never dereference one, never count on its value. */
typedef void *HANDLE;
typedef HANDLE *PHANDLE, *LPHANDLE;
#define DECLARE_HANDLE(name)                                                                       \
    struct name##__ {                                                                              \
        int unused;                                                                                \
    };                                                                                             \
    typedef struct name##__ *name

#define TRUE 1
#define FALSE 0
#define MAXUINT_PTR (~(UINT_PTR)0)
#define MAXULONG_PTR (~(ULONG_PTR)0)
#define MAXSIZE_T (~(SIZE_T)0)
#define MAXDWORD_PTR (~(DWORD_PTR)0)
#define MAXUINT32 ((UINT32)~(UINT32)0)
#define MAXUINT64 ((UINT64)~(UINT64)0)
#define MAXULONGLONG ((ULONGLONG)~(ULONGLONG)0)
#define MAXLONGLONG ((LONGLONG)0x7fffffffffffffffLL)

/* Between handles and 32 bits: a handle's low half is all of it, sign-extended on the way back. */
#define HandleToULong(handle) ((ULONG)(ULONG_PTR)(handle))
#define HandleToUlong(handle) HandleToULong(handle)
#define HandleToLong(handle) ((LONG)(LONG_PTR)(handle))
#define ULongToHandle(number) ((HANDLE)(ULONG_PTR)(ULONG)(number))
#define UlongToHandle(number) ULongToHandle(number)
#define LongToHandle(number) ((HANDLE)(LONG_PTR)(LONG)(number))
#define PtrToUlong(pointer) ((ULONG)(ULONG_PTR)(pointer))
#define PtrToLong(pointer) ((LONG)(LONG_PTR)(pointer))
#define PtrToUint(pointer) ((UINT)(UINT_PTR)(pointer))
#define PtrToInt(pointer) ((INT)(INT_PTR)(pointer))
#define UlongToPtr(number) ((VOID *)(ULONG_PTR)(ULONG)(number))
#define ULongToPtr(number) UlongToPtr(number)
#define LongToPtr(number) ((VOID *)(LONG_PTR)(LONG)(number))
#define UIntToPtr(number) ((VOID *)(UINT_PTR)(UINT)(number))
#define IntToPtr(number) ((VOID *)(INT_PTR)(INT)(number))

#endif
