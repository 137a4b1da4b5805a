/* SPDX-License-Identifier: MIT
 *
 * The native calls under the port. They return an NTSTATUS and leave the last error alone. Programs
 * on Windows declare most of these themselves and look them up in ntdll; both work here.
 * Access masks are accepted and not enforced. Sources: the rules NT-1 to NT-5 of docs/contract.md.
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

typedef struct _FILE_IO_COMPLETION_INFORMATION {
    ULONG_PTR CompletionKey;
    ULONG_PTR CompletionValue;
    IO_STATUS_BLOCK IoStatusBlock;
} FILE_IO_COMPLETION_INFORMATION, *PFILE_IO_COMPLETION_INFORMATION;

typedef struct _IO_COMPLETION_BASIC_INFORMATION {
    LONG Depth;
} IO_COMPLETION_BASIC_INFORMATION, *PIO_COMPLETION_BASIC_INFORMATION;

typedef enum _IO_COMPLETION_INFORMATION_CLASS {
    IoCompletionBasicInformation
} IO_COMPLETION_INFORMATION_CLASS, *PIO_COMPLETION_INFORMATION_CLASS;

IOCP_BEGIN_DECLS

/* RtlNtStatusToDosError: the Win32 number for a status, ERROR_MR_MID_NOT_FOUND if there is none.
 * sdk:rtlntstatustodoserror */
ULONG NTAPI RtlNtStatusToDosError(NTSTATUS Status);

/* NtCreateIoCompletion: a port, as CreateIoCompletionPort makes one; attributes may be NULL. */
NTSTATUS NTAPI NtCreateIoCompletion(PHANDLE IoCompletionHandle, ACCESS_MASK DesiredAccess,
                                    POBJECT_ATTRIBUTES ObjectAttributes,
                                    ULONG NumberOfConcurrentThreads);

/* NtSetIoCompletion: queues a packet of these four values, none looked at. */
NTSTATUS NTAPI NtSetIoCompletion(HANDLE IoCompletionHandle, ULONG_PTR CompletionKey,
                                 ULONG_PTR CompletionValue, NTSTATUS CompletionStatus,
                                 ULONG_PTR CompletionInformation);

/* NtRemoveIoCompletion: takes a packet; its status and byte count go into *IoStatusBlock. Timeout in
 * 100 ns, negative from now, NULL for none; zero only looks. STATUS_TIMEOUT when there was none. */
NTSTATUS NTAPI NtRemoveIoCompletion(HANDLE IoCompletionHandle, PULONG_PTR CompletionKey,
                                    PULONG_PTR CompletionValue, PIO_STATUS_BLOCK IoStatusBlock,
                                    PLARGE_INTEGER Timeout);

/* NtRemoveIoCompletionEx: takes up to Count packets. STATUS_TIMEOUT, or STATUS_USER_APC when
 * Alertable and an APC ran. */
NTSTATUS NTAPI NtRemoveIoCompletionEx(HANDLE IoCompletionHandle,
                                      PFILE_IO_COMPLETION_INFORMATION IoCompletionInformation,
                                      ULONG Count, PULONG NumEntriesRemoved,
                                      PLARGE_INTEGER Timeout, BOOLEAN Alertable);

/* NtQueryIoCompletion: class IoCompletionBasicInformation, the number of queued packets. Length in
 * bytes, exactly that of the structure. STATUS_INVALID_INFO_CLASS, STATUS_INFO_LENGTH_MISMATCH. */
NTSTATUS NTAPI NtQueryIoCompletion(HANDLE IoCompletionHandle,
                                   IO_COMPLETION_INFORMATION_CLASS InformationClass,
                                   PVOID IoCompletionInformation, ULONG Length,
                                   PULONG ReturnLength);

/* NtClose: CloseHandle with a status. STATUS_INVALID_HANDLE. sdk:ntclose */
NTSTATUS NTAPI NtClose(HANDLE Handle);

IOCP_END_DECLS

#endif
