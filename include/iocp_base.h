/* SPDX-License-Identifier: MIT
 *
 * The foundation of all headers here: what the compiler has to be told so that text written for a
 * Windows compiler reads the same on Linux. Calling conventions vanish (there is one on x86-64 and
 * arm64 Linux), __declspec becomes attributes, __int64 and its family become macros. It defines no
 * Windows type; basetsd.h does. It never defines _WIN32 and does not mind if the program does.
 */
#ifndef IOCP_BASE_H
#define IOCP_BASE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#if !defined(__LP64__)
#error "libiocp needs a 64-bit target: HANDLE, SOCKET and OVERLAPPED are those of 64-bit Windows"
#endif

/* The symbol a declaration is linked to. libc exports socket(), send(), accept() and others under
 * these very names; a program that calls Winsock's must not get libc's, and must not hijack libc's
 * for the other libraries of the process. A macro would rename class members called `send` too. */
#define IOCP_SYMBOL(name) __asm__(name)

/* Around every block of declarations: C linkage, and visible though the library hides the rest. */
#ifdef __cplusplus
#define IOCP_BEGIN_DECLS extern "C" { _Pragma("GCC visibility push(default)")
#define IOCP_END_DECLS _Pragma("GCC visibility pop") }
#else
#define IOCP_BEGIN_DECLS _Pragma("GCC visibility push(default)")
#define IOCP_END_DECLS _Pragma("GCC visibility pop")
#endif

/* Calling conventions: accepted wherever Windows accepts them, and without effect. */
#undef __cdecl
#undef __stdcall
#undef __fastcall
#define __cdecl
#define _cdecl
#define __stdcall
#define _stdcall
#define __fastcall
#define _fastcall
#define __thiscall
#define __vectorcall
#define __clrcall
#define WINAPI
#define WINAPIV
#define APIENTRY
#define APIPRIVATE
#define CALLBACK
#define NTAPI
#define PASCAL
#define FAR
#define NEAR

/* Storage and function attributes: __declspec(noreturn) and so on, one macro per known word. */
#undef __declspec
#define __declspec(word) IOCP_DECLSPEC_##word
#define IOCP_DECLSPEC_align(bytes) __attribute__((aligned(bytes)))
#define IOCP_DECLSPEC_allocate(section)
#define IOCP_DECLSPEC_allocator
#define IOCP_DECLSPEC_deprecated __attribute__((deprecated))
#define IOCP_DECLSPEC_dllexport __attribute__((visibility("default")))
#define IOCP_DECLSPEC_dllimport
#define IOCP_DECLSPEC_naked
#define IOCP_DECLSPEC_noalias
#define IOCP_DECLSPEC_noinline __attribute__((noinline))
#define IOCP_DECLSPEC_noreturn __attribute__((noreturn))
#define IOCP_DECLSPEC_nothrow __attribute__((nothrow))
#define IOCP_DECLSPEC_novtable
#define IOCP_DECLSPEC_restrict
#define IOCP_DECLSPEC_safebuffers
#define IOCP_DECLSPEC_selectany __attribute__((weak))
#define IOCP_DECLSPEC_uuid(text)
#ifdef __cplusplus
#define IOCP_DECLSPEC_thread thread_local
#else
#define IOCP_DECLSPEC_thread _Thread_local
#endif

#define DECLSPEC_ALIGN(bytes) __attribute__((aligned(bytes)))
#define DECLSPEC_CACHEALIGN DECLSPEC_ALIGN(64)
#define DECLSPEC_IMPORT
#define DECLSPEC_EXPORT __attribute__((visibility("default")))
#define DECLSPEC_NORETURN __attribute__((noreturn))
#define DECLSPEC_NOINLINE __attribute__((noinline))
#define DECLSPEC_SELECTANY __attribute__((weak))

#undef __forceinline
#define __forceinline __inline__ __attribute__((always_inline))
#define FORCEINLINE static __forceinline
#define CFORCEINLINE FORCEINLINE
#ifndef __cplusplus
#define _inline __inline__
#endif
#define __unaligned
#define __ptr64
#define __ptr32
#define __w64

/* Sized integers as keywords; macros, so that `unsigned __int64` is a type as well. */
#undef __int64
#undef __int32
#undef __int16
#undef __int8
#define __int64 long long
#define __int32 int
#define __int16 short
#define __int8 char
#define _int64 long long

/* Marks of parameters in old declarations. The lower-case __in and __out are left alone, because
 * libstdc++ uses them as names. */
#define IN
#define OUT
#define OPTIONAL

/* The SDK says where a function lives; here all live in one library. */
#define WINBASEAPI
#define WINADVAPI
#define WINUSERAPI
#define NTSYSAPI
#define NTSYSCALLAPI
#define WINSOCK_API_LINKAGE

/* Linkage of single declarations in a program's own headers. */
#ifdef __cplusplus
#define EXTERN_C extern "C"
#else
#define EXTERN_C extern
#endif

#endif
