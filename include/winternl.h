/* SPDX-License-Identifier: MIT
 *
 * Native calls, as far as the SDK's own header has them. They return an NTSTATUS and leave the last
 * error alone. The port's native calls are in no SDK header, so that programs declare them
 * themselves; here iocp_nt.h has them, which this header therefore does not include.
 */
#ifndef _WINTERNL_
#define _WINTERNL_

#include "windef.h"
#include "ntdef.h"

typedef struct _IO_STATUS_BLOCK {
    __extension__ union {
        NTSTATUS Status;
        PVOID Pointer;
    } DUMMYUNIONNAME;
    ULONG_PTR Information;
} IO_STATUS_BLOCK, *PIO_STATUS_BLOCK;

typedef VOID(NTAPI *PIO_APC_ROUTINE)(PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                     ULONG Reserved);

/* As in the SDK: one member, for programs to cast their numbers to. */
typedef enum _FILE_INFORMATION_CLASS {
    FileDirectoryInformation = 1
} FILE_INFORMATION_CLASS, *PFILE_INFORMATION_CLASS;

IOCP_BEGIN_DECLS

/* RtlNtStatusToDosError: the Win32 number for a status, ERROR_MR_MID_NOT_FOUND if there is none.
 * sdk:rtlntstatustodoserror */
ULONG NTAPI RtlNtStatusToDosError(NTSTATUS Status);

/* NtClose: CloseHandle with a status. STATUS_INVALID_HANDLE. sdk:ntclose */
NTSTATUS NTAPI NtClose(HANDLE Handle);

IOCP_END_DECLS

#include "iocp_winternl_file.h"

#endif
