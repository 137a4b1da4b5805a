/* SPDX-License-Identifier: MIT
 *
 * Native helpers that no SDK header declares: statuses and counted strings. See iocp_nt.h.
 */
#ifndef IOCP_NT_RTL_H
#define IOCP_NT_RTL_H

#include "winternl.h"

IOCP_BEGIN_DECLS

/* RtlNtStatusToDosErrorNoTeb: RtlNtStatusToDosError that does not remember the status for
 * RtlGetLastNtStatus. */
ULONG NTAPI RtlNtStatusToDosErrorNoTeb(NTSTATUS Status);

/* RtlGetLastNtStatus: of the calling thread, what RtlNtStatusToDosError was last called with, by
 * the program or by a Win32 call that failed; sockets' calls leave it alone. */
NTSTATUS NTAPI RtlGetLastNtStatus(VOID);

/* RtlCreateUnicodeString: a copy on the process's heap, which RtlFreeUnicodeString frees. FALSE:
 * memory is short, or the text longer than a counted string can be. */
BOOLEAN NTAPI RtlCreateUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString);

IOCP_END_DECLS

#endif
