/* SPDX-License-Identifier: MIT
 *
 * A native call that starts an operation: its event, routine, context and block, made into the
 * OVERLAPPED that the rooms know (struct io_native). For the files of api/.
 */
#ifndef API_NATIVE_H
#define API_NATIVE_H

#include "io/native.h"

#include <windows.h>
#include <winternl.h>

struct native_call {
    struct io_native io;
    struct io_file *file;
};

/* Looks the file up and enters the call. STATUS_ACCESS_VIOLATION, STATUS_INVALID_HANDLE; after
 * STATUS_SUCCESS the call is to be ended. */
NTSTATUS native_begin(struct native_call *call, HANDLE file, HANDLE event, PIO_APC_ROUTINE routine,
                      void *context, PIO_STATUS_BLOCK block);
void native_end(struct native_call *call);

/* A native name as CreateFile takes it, in new memory: complete, relative to a directory's handle,
 * or, without either, where `sibling` is (which may be NULL). STATUS_OBJECT_PATH_SYNTAX_BAD,
 * STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_PATH_NOT_FOUND, STATUS_INVALID_HANDLE. */
struct file;
NTSTATUS native_file_name(HANDLE root, const WCHAR *text, size_t units, struct file *sibling,
                          char **name);

/* What calls that are done at once leave in their block. */
NTSTATUS native_finish(PIO_STATUS_BLOCK block, NTSTATUS status, uintptr_t information);

#endif
