/* SPDX-License-Identifier: MIT
 *
 * The native calls of files, pipes and memory that no SDK header declares, with their structures:
 * as with iocp_nt.h, which includes this, programs that look the functions up need it not. They
 * return an NTSTATUS and leave the last error alone. Sources: rules NTF-1 to NTF-13 of
 * docs/contract.md.
 */
#ifndef IOCP_NT_FILE_H
#define IOCP_NT_FILE_H

#include "winternl.h"

/* values of a ByteOffset's LowPart, with a HighPart of -1 */
#define FILE_WRITE_TO_END_OF_FILE 0xffffffff
#define FILE_USE_FILE_POINTER_POSITION 0xfffffffe

#define FileBasicInformation ((FILE_INFORMATION_CLASS)4)
#define FileStandardInformation ((FILE_INFORMATION_CLASS)5)
#define FileInternalInformation ((FILE_INFORMATION_CLASS)6)
#define FileEaInformation ((FILE_INFORMATION_CLASS)7)
#define FileAccessInformation ((FILE_INFORMATION_CLASS)8)
#define FileNameInformation ((FILE_INFORMATION_CLASS)9)
#define FileRenameInformation ((FILE_INFORMATION_CLASS)10)
#define FileDispositionInformation ((FILE_INFORMATION_CLASS)13)
#define FilePositionInformation ((FILE_INFORMATION_CLASS)14)
#define FileModeInformation ((FILE_INFORMATION_CLASS)16)
#define FileAlignmentInformation ((FILE_INFORMATION_CLASS)17)
#define FileAllocationInformation ((FILE_INFORMATION_CLASS)19)
#define FileEndOfFileInformation ((FILE_INFORMATION_CLASS)20)
#define FilePipeInformation ((FILE_INFORMATION_CLASS)23)
#define FilePipeLocalInformation ((FILE_INFORMATION_CLASS)24)
#define FileNetworkOpenInformation ((FILE_INFORMATION_CLASS)34)
#define FileAttributeTagInformation ((FILE_INFORMATION_CLASS)35)

/* times in 100 ns since 1601 */
typedef struct _FILE_BASIC_INFORMATION {
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    ULONG FileAttributes;
} FILE_BASIC_INFORMATION, *PFILE_BASIC_INFORMATION;

typedef struct _FILE_STANDARD_INFORMATION {
    LARGE_INTEGER AllocationSize;
    LARGE_INTEGER EndOfFile;
    ULONG NumberOfLinks;
    BOOLEAN DeletePending;
    BOOLEAN Directory;
} FILE_STANDARD_INFORMATION, *PFILE_STANDARD_INFORMATION;

typedef struct _FILE_INTERNAL_INFORMATION {
    LARGE_INTEGER IndexNumber;
} FILE_INTERNAL_INFORMATION, *PFILE_INTERNAL_INFORMATION;

typedef struct _FILE_EA_INFORMATION {
    ULONG EaSize;
} FILE_EA_INFORMATION, *PFILE_EA_INFORMATION;

typedef struct _FILE_ACCESS_INFORMATION {
    ACCESS_MASK AccessFlags;
} FILE_ACCESS_INFORMATION, *PFILE_ACCESS_INFORMATION;

typedef struct _FILE_NAME_INFORMATION {
    ULONG FileNameLength; /* bytes */
    WCHAR FileName[1];
} FILE_NAME_INFORMATION, *PFILE_NAME_INFORMATION;

typedef struct _FILE_RENAME_INFORMATION {
    __extension__ union {
        BOOLEAN ReplaceIfExists;
        ULONG Flags;
    } DUMMYUNIONNAME;
    HANDLE RootDirectory;
    ULONG FileNameLength; /* bytes */
    WCHAR FileName[1];
} FILE_RENAME_INFORMATION, *PFILE_RENAME_INFORMATION;

typedef struct _FILE_DISPOSITION_INFORMATION {
    BOOLEAN DeleteFile;
} FILE_DISPOSITION_INFORMATION, *PFILE_DISPOSITION_INFORMATION;

typedef struct _FILE_POSITION_INFORMATION {
    LARGE_INTEGER CurrentByteOffset;
} FILE_POSITION_INFORMATION, *PFILE_POSITION_INFORMATION;

typedef struct _FILE_MODE_INFORMATION {
    ULONG Mode; /* FILE_SYNCHRONOUS_IO_NONALERT and other options that it was opened with */
} FILE_MODE_INFORMATION, *PFILE_MODE_INFORMATION;

typedef struct _FILE_ALIGNMENT_INFORMATION {
    ULONG AlignmentRequirement; /* of a buffer's address, less one */
} FILE_ALIGNMENT_INFORMATION, *PFILE_ALIGNMENT_INFORMATION;

typedef struct _FILE_ALLOCATION_INFORMATION {
    LARGE_INTEGER AllocationSize;
} FILE_ALLOCATION_INFORMATION, *PFILE_ALLOCATION_INFORMATION;

typedef struct _FILE_END_OF_FILE_INFORMATION {
    LARGE_INTEGER EndOfFile;
} FILE_END_OF_FILE_INFORMATION, *PFILE_END_OF_FILE_INFORMATION;

typedef struct _FILE_NETWORK_OPEN_INFORMATION {
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    LARGE_INTEGER AllocationSize;
    LARGE_INTEGER EndOfFile;
    ULONG FileAttributes;
} FILE_NETWORK_OPEN_INFORMATION, *PFILE_NETWORK_OPEN_INFORMATION;

typedef struct _FILE_ATTRIBUTE_TAG_INFORMATION {
    ULONG FileAttributes;
    ULONG ReparseTag;
} FILE_ATTRIBUTE_TAG_INFORMATION, *PFILE_ATTRIBUTE_TAG_INFORMATION;

/* what the members of the next three hold */
#define FILE_PIPE_BYTE_STREAM_TYPE 0x0
#define FILE_PIPE_MESSAGE_TYPE 0x1
#define FILE_PIPE_BYTE_STREAM_MODE 0x0
#define FILE_PIPE_MESSAGE_MODE 0x1
#define FILE_PIPE_QUEUE_OPERATION 0x0
#define FILE_PIPE_COMPLETE_OPERATION 0x1
#define FILE_PIPE_INBOUND 0x0
#define FILE_PIPE_OUTBOUND 0x1
#define FILE_PIPE_FULL_DUPLEX 0x2
#define FILE_PIPE_DISCONNECTED_STATE 0x1
#define FILE_PIPE_LISTENING_STATE 0x2
#define FILE_PIPE_CONNECTED_STATE 0x3
#define FILE_PIPE_CLOSING_STATE 0x4
#define FILE_PIPE_CLIENT_END 0x0
#define FILE_PIPE_SERVER_END 0x1

typedef struct _FILE_PIPE_INFORMATION {
    ULONG ReadMode;
    ULONG CompletionMode;
} FILE_PIPE_INFORMATION, *PFILE_PIPE_INFORMATION;

typedef struct _FILE_PIPE_LOCAL_INFORMATION {
    ULONG NamedPipeType;
    ULONG NamedPipeConfiguration;
    ULONG MaximumInstances;
    ULONG CurrentInstances;
    ULONG InboundQuota;
    ULONG ReadDataAvailable;
    ULONG OutboundQuota;
    ULONG WriteQuotaAvailable;
    ULONG NamedPipeState;
    ULONG NamedPipeEnd;
} FILE_PIPE_LOCAL_INFORMATION, *PFILE_PIPE_LOCAL_INFORMATION;

/* what NtFsControlFile takes on a pipe */
#define FSCTL_PIPE_DISCONNECT 0x00110004
#define FSCTL_PIPE_LISTEN 0x00110008
#define FSCTL_PIPE_PEEK 0x0011400c
#define FSCTL_PIPE_TRANSCEIVE 0x0011c017
#define FSCTL_PIPE_WAIT 0x00110018

typedef struct _FILE_PIPE_PEEK_BUFFER {
    ULONG NamedPipeState;
    ULONG ReadDataAvailable;
    ULONG NumberOfMessages;
    ULONG MessageLength;
    CHAR Data[1];
} FILE_PIPE_PEEK_BUFFER, *PFILE_PIPE_PEEK_BUFFER;

typedef struct _FILE_PIPE_WAIT_FOR_BUFFER {
    LARGE_INTEGER Timeout; /* 100 ns, negative: from now */
    ULONG NameLength;      /* bytes */
    BOOLEAN TimeoutSpecified;
    WCHAR Name[1];
} FILE_PIPE_WAIT_FOR_BUFFER, *PFILE_PIPE_WAIT_FOR_BUFFER;

IOCP_BEGIN_DECLS

/* NtReadFile, NtWriteFile: STATUS_PENDING, or the outcome. The block is written when the operation
 * ends, the event (or NULL) set; then ApcRoutine(ApcContext, block, 0) runs in an alertable wait of
 * the calling thread, or, where the file has a port and ApcContext is not NULL, a packet is queued
 * that shows ApcContext as its OVERLAPPED. ByteOffset: bytes, or NULL for a synchronous handle's
 * position and for what has no positions. Key is about locks, and ignored. STATUS_INVALID_HANDLE;
 * STATUS_INVALID_PARAMETER: no ByteOffset, or a routine where there is a port;
 * STATUS_ACCESS_VIOLATION; and what the operation ends with. devnotes/ntreadfile */
NTSTATUS NTAPI NtReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                          PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                          ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key);
NTSTATUS NTAPI NtWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                           PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
                           ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key);

/* NtFsControlFile: on files FSCTL_SET_SPARSE and FSCTL_SET_ZERO_DATA; on pipes FSCTL_PIPE_LISTEN
 * (ConnectNamedPipe), _DISCONNECT, _PEEK (a FILE_PIPE_PEEK_BUFFER; STATUS_BUFFER_OVERFLOW when more
 * is there) and _TRANSCEIVE (TransactNamedPipe: the input goes out, what comes back goes to the
 * output); on \??\pipe\ FSCTL_PIPE_WAIT (WaitNamedPipe). Ends as NtReadFile does.
 * STATUS_INVALID_DEVICE_REQUEST for other codes. */
NTSTATUS NTAPI NtFsControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                               PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                               ULONG FsControlCode, PVOID InputBuffer, ULONG InputBufferLength,
                               PVOID OutputBuffer, ULONG OutputBufferLength);

/* NtFlushBuffersFile: FlushFileBuffers; the Ex form's flags may ask for less, which is not done. */
NTSTATUS NTAPI NtFlushBuffersFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock);
NTSTATUS NTAPI NtFlushBuffersFileEx(HANDLE FileHandle, ULONG Flags, PVOID Parameters,
                                    ULONG ParametersSize, PIO_STATUS_BLOCK IoStatusBlock);

/* NtCancelIoFile: CancelIo. NtCancelIoFileEx: CancelIoEx, for the operations of one block, or for
 * all if it is NULL; STATUS_NOT_FOUND. */
NTSTATUS NTAPI NtCancelIoFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock);
NTSTATUS NTAPI NtCancelIoFileEx(HANDLE FileHandle, PIO_STATUS_BLOCK IoRequestToCancel,
                                PIO_STATUS_BLOCK IoStatusBlock);

/* NtQueryInformationFile: one of the structures above; IoStatusBlock->Information becomes its
 * length. Names begin behind the drive, with a backslash. STATUS_INVALID_INFO_CLASS,
 * STATUS_INFO_LENGTH_MISMATCH, STATUS_BUFFER_OVERFLOW (a name that is longer; the length is right),
 * STATUS_INVALID_DEVICE_REQUEST: not of this kind of file. devnotes/ntqueryinformationfile
 * (NtSetInformationFile: iocp_nt.h.) */
NTSTATUS NTAPI NtQueryInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                      PVOID FileInformation, ULONG Length,
                                      FILE_INFORMATION_CLASS FileInformationClass);

/* RtlDosPathNameToNtPathName_U: \??\C:\dir\file for a name as CreateFile takes it; in memory of the
 * process's heap (GetProcessHeap), to be freed there. *FilePart (may be NULL) is its last part.
 * FALSE: no such name can be. */
BOOLEAN NTAPI RtlDosPathNameToNtPathName_U(PCWSTR DosFileName, PUNICODE_STRING NtFileName,
                                           PWSTR *FilePart, PVOID RelativeName);

/* NtAllocateVirtualMemory, NtFreeVirtualMemory: VirtualAlloc and VirtualFree for the own process;
 * address and size come back as they are in pages. ZeroBits has to be 0 (else
 * STATUS_INVALID_PARAMETER_3). sdk:ntallocatevirtualmemory, ntfreevirtualmemory */
NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress, ULONG_PTR ZeroBits,
                                       PSIZE_T RegionSize, ULONG AllocationType, ULONG Protect);
NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress, PSIZE_T RegionSize,
                                   ULONG FreeType);

IOCP_END_DECLS

#endif
