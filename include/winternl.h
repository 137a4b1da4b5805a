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

/* RtlInitUnicodeString: names the text, which is not copied; of one that is longer the first 32766
 * units. NULL: no text. RtlFreeUnicodeString: frees what RtlCreateUnicodeString made, and clears
 * the structure. sdk:rtlinitunicodestring, sdk:rtlfreeunicodestring */
VOID NTAPI RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString);
VOID NTAPI RtlFreeUnicodeString(PUNICODE_STRING UnicodeString);

/* NtWaitForSingleObject: STATUS_WAIT_0, STATUS_ABANDONED_WAIT_0 (a mutex), STATUS_TIMEOUT,
 * STATUS_USER_APC (Alertable, and an APC ran). Timeout in 100 ns, negative from now, positive a
 * FILETIME, zero past, NULL for ever. STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH.
 * sdk:ntwaitforsingleobject */
NTSTATUS NTAPI NtWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout);

/* NtQuerySystemTime: the time of day in 100 ns since 1601. STATUS_ACCESS_VIOLATION: nowhere to put
 * it. sdk:ntquerysystemtime */
NTSTATUS NTAPI NtQuerySystemTime(PLARGE_INTEGER SystemTime);

/* NtClose: CloseHandle with a status. STATUS_INVALID_HANDLE. sdk:ntclose */
NTSTATUS NTAPI NtClose(HANDLE Handle);

IOCP_END_DECLS

#include "iocp_winternl_file.h"

#endif
