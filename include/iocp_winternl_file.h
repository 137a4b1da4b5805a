/* SPDX-License-Identifier: MIT
 *
 * Opening files as the NT layer does it, as far as winternl.h has it; included from there. Names
 * are \??\C:\dir\file, \??\pipe\name, \??\NUL and so on, translated as for CreateFile
 * (docs/files.md), or relative to a directory's handle. Rules NTF-10 to NTF-12.
 */
#ifndef IOCP_WINTERNL_FILE_H
#define IOCP_WINTERNL_FILE_H

#include "winternl.h"

/* what is to be done with a file that is there, or is not */
#define FILE_SUPERSEDE 0x00000000
#define FILE_OPEN 0x00000001
#define FILE_CREATE 0x00000002
#define FILE_OPEN_IF 0x00000003
#define FILE_OVERWRITE 0x00000004
#define FILE_OVERWRITE_IF 0x00000005
#define FILE_MAXIMUM_DISPOSITION 0x00000005

/* what was done: IO_STATUS_BLOCK.Information */
#define FILE_SUPERSEDED 0x00000000
#define FILE_OPENED 0x00000001
#define FILE_CREATED 0x00000002
#define FILE_OVERWRITTEN 0x00000003
#define FILE_EXISTS 0x00000004
#define FILE_DOES_NOT_EXIST 0x00000005

#define FILE_DIRECTORY_FILE 0x00000001
#define FILE_WRITE_THROUGH 0x00000002
#define FILE_SEQUENTIAL_ONLY 0x00000004
#define FILE_NO_INTERMEDIATE_BUFFERING 0x00000008
#define FILE_SYNCHRONOUS_IO_ALERT 0x00000010
#define FILE_SYNCHRONOUS_IO_NONALERT 0x00000020
#define FILE_NON_DIRECTORY_FILE 0x00000040
#define FILE_CREATE_TREE_CONNECTION 0x00000080
#define FILE_COMPLETE_IF_OPLOCKED 0x00000100
#define FILE_NO_EA_KNOWLEDGE 0x00000200
#define FILE_OPEN_REMOTE_INSTANCE 0x00000400
#define FILE_RANDOM_ACCESS 0x00000800
#define FILE_DELETE_ON_CLOSE 0x00001000
#define FILE_OPEN_BY_FILE_ID 0x00002000
#define FILE_OPEN_FOR_BACKUP_INTENT 0x00004000
#define FILE_NO_COMPRESSION 0x00008000
#define FILE_OPEN_REPARSE_POINT 0x00200000
#define FILE_OPEN_NO_RECALL 0x00400000
#define FILE_OPEN_FOR_FREE_SPACE_QUERY 0x00800000

IOCP_BEGIN_DECLS

/* NtCreateFile: opens or makes a file or directory, or opens a pipe's client end. Without one of
 * the FILE_SYNCHRONOUS_IO_ options the handle is overlapped. AllocationSize (bytes; may be NULL)
 * counts for what is made or overwritten. IoStatusBlock->Information tells what was done. Statuses:
 * as CreateFile's errors; STATUS_INVALID_PARAMETER: options that do not go together;
 * STATUS_OBJECT_PATH_SYNTAX_BAD; STATUS_NOT_A_DIRECTORY, STATUS_FILE_IS_A_DIRECTORY;
 * STATUS_NOT_SUPPORTED for FILE_OPEN_BY_FILE_ID and extended attributes. sdk:ntcreatefile */
NTSTATUS NTAPI NtCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                            POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                            PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess,
                            ULONG CreateDisposition, ULONG CreateOptions, PVOID EaBuffer,
                            ULONG EaLength);

/* NtOpenFile: the same with FILE_OPEN. sdk:ntopenfile */
NTSTATUS NTAPI NtOpenFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
                          POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
                          ULONG ShareAccess, ULONG OpenOptions);

/* NtDeviceIoControlFile: no file of the library's takes a device's codes (those of file systems go
 * through NtFsControlFile): STATUS_INVALID_DEVICE_REQUEST, STATUS_INVALID_HANDLE.
 * sdk:ntdeviceiocontrolfile */
NTSTATUS NTAPI NtDeviceIoControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                     PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                     ULONG IoControlCode, PVOID InputBuffer,
                                     ULONG InputBufferLength, PVOID OutputBuffer,
                                     ULONG OutputBufferLength);

IOCP_END_DECLS

#endif
