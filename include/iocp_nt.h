/* SPDX-License-Identifier: MIT
 *
 * The native calls under the port, which no SDK header declares: programs on Windows bring their
 * own declarations and look the functions up in ntdll, and both work here without this header. It
 * is for programs that would rather include them. They return an NTSTATUS and leave the last error
 * alone; access masks are accepted and not enforced. Sources: rules NT-1 to NT-10 of
 * docs/contract.md. The headers named at the end have those of the thread pool and of waits.
 */
#ifndef IOCP_NT_H
#define IOCP_NT_H

#include "winternl.h"
#include "iocp_nt_file.h"

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

/* what a reserve object is for; only ports' packets can be reserved here */
typedef enum _MEMORY_RESERVE_TYPE {
    MemoryReserveUserApc,
    MemoryReserveIoCompletion
} MEMORY_RESERVE_TYPE;

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

/* NtCreateWaitCompletionPacket: a packet that can be hung on an object to be waited for. Closing it
 * (NtClose) cancels. devnotes/ntcreatewaitcompletionpacket */
NTSTATUS NTAPI NtCreateWaitCompletionPacket(PHANDLE WaitCompletionPacketHandle,
                                            ACCESS_MASK DesiredAccess,
                                            POBJECT_ATTRIBUTES ObjectAttributes);

/* NtAssociateWaitCompletionPacket: has the packet queued to the port, with these four values, once
 * the object is signalled, which takes the object as a wait does; no thread waits meanwhile. Once:
 * associate again when it was removed from the port. *AlreadySignaled (may be NULL) tells that it
 * was queued at once. STATUS_INVALID_HANDLE; STATUS_INVALID_PARAMETER_1: the packet is in use;
 * STATUS_INVALID_PARAMETER_3: the object is a mutex, which a thread has to own;
 * STATUS_INSUFFICIENT_RESOURCES. devnotes/ntassociatewaitcompletionpacket */
NTSTATUS NTAPI NtAssociateWaitCompletionPacket(HANDLE WaitCompletionPacketHandle,
                                               HANDLE IoCompletionHandle,
                                               HANDLE TargetObjectHandle, PVOID KeyContext,
                                               PVOID ApcContext, NTSTATUS IoStatus,
                                               ULONG_PTR IoStatusInformation,
                                               PBOOLEAN AlreadySignaled);

/* NtCancelWaitCompletionPacket: ends the wait; with RemoveSignaledPacket also takes the packet out
 * of the port's queue. STATUS_SUCCESS; STATUS_PENDING: it is queued and stays so; STATUS_CANCELLED:
 * it was not associated, or has been removed from the port already.
 * devnotes/ntcancelwaitcompletionpacket */
NTSTATUS NTAPI NtCancelWaitCompletionPacket(HANDLE WaitCompletionPacketHandle,
                                            BOOLEAN RemoveSignaledPacket);

/* NtAllocateReserveObject: the memory of one packet, set aside. STATUS_NOT_SUPPORTED for
 * MemoryReserveUserApc. */
NTSTATUS NTAPI NtAllocateReserveObject(PHANDLE MemoryReserveHandle,
                                       POBJECT_ATTRIBUTES ObjectAttributes,
                                       MEMORY_RESERVE_TYPE Type);

/* NtSetIoCompletionEx: NtSetIoCompletion with that memory, so that it cannot be short.
 * STATUS_INVALID_PARAMETER_2: its packet has not been removed from a port yet. */
NTSTATUS NTAPI NtSetIoCompletionEx(HANDLE IoCompletionHandle, HANDLE IoCompletionReserveHandle,
                                   PVOID KeyContext, PVOID ApcContext, NTSTATUS IoStatus,
                                   ULONG_PTR IoStatusInformation);

/* NtSetInformationFile: with class FileCompletionInformation the association of a file with a port;
 * with FileIoCompletionNotificationInformation what SetFileCompletionNotificationModes sets. Other
 * classes: STATUS_INVALID_INFO_CLASS. STATUS_INFO_LENGTH_MISMATCH; STATUS_INVALID_HANDLE (file or
 * port); STATUS_INVALID_PARAMETER: not opened for overlapped I/O, associated already, or an unknown
 * mode. *IoStatusBlock is written on success. */
NTSTATUS NTAPI NtSetInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                    PVOID FileInformation, ULONG Length,
                                    FILE_INFORMATION_CLASS FileInformationClass);

IOCP_END_DECLS

#include "iocp_nt_pool.h"
#include "iocp_nt_rtl.h"
#include "iocp_nt_wait.h"

#endif
