/* SPDX-License-Identifier: MIT
 *
 * The native calls under the port, which no SDK header declares: programs on Windows bring their
 * own declarations and look the functions up in ntdll, and both work here without this header. It
 * is for programs that would rather include them. They return an NTSTATUS and leave the last error
 * alone; access masks are accepted and not enforced. Sources: rules NT-1 to NT-7 of
 * docs/contract.md.
 */
#ifndef IOCP_NT_H
#define IOCP_NT_H

#include "winternl.h"

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

/* the numbers and structures of port association at this level */
#define FileCompletionInformation ((FILE_INFORMATION_CLASS)30)
#define FileIoCompletionNotificationInformation ((FILE_INFORMATION_CLASS)41)
#define FILE_SKIP_SET_USER_EVENT_ON_FAST_IO 0x4

typedef struct _FILE_COMPLETION_INFORMATION {
    HANDLE Port;
    PVOID Key;
} FILE_COMPLETION_INFORMATION, *PFILE_COMPLETION_INFORMATION;

typedef struct _FILE_IO_COMPLETION_NOTIFICATION_INFORMATION {
    ULONG Flags;
} FILE_IO_COMPLETION_NOTIFICATION_INFORMATION, *PFILE_IO_COMPLETION_NOTIFICATION_INFORMATION;

IOCP_BEGIN_DECLS

/* NtCreateIoCompletion: a port, as CreateIoCompletionPort makes one; attributes may be NULL. */
NTSTATUS NTAPI NtCreateIoCompletion(PHANDLE IoCompletionHandle, ACCESS_MASK DesiredAccess,
                                    POBJECT_ATTRIBUTES ObjectAttributes,
                                    ULONG NumberOfConcurrentThreads);

/* NtSetIoCompletion: queues a packet of these four values, none looked at. */
NTSTATUS NTAPI NtSetIoCompletion(HANDLE IoCompletionHandle, ULONG_PTR CompletionKey,
                                 ULONG_PTR CompletionValue, NTSTATUS CompletionStatus,
                                 ULONG_PTR CompletionInformation);

/* NtRemoveIoCompletion: takes a packet; its status and byte count go into *IoStatusBlock. Timeout
 * in 100 ns, negative from now, NULL for none; zero only looks. STATUS_TIMEOUT: there was none. */
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

IOCP_END_DECLS

#endif
