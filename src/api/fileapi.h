/* SPDX-License-Identifier: MIT
 *
 * From a HANDLE to a file or directory, for the files of api/.
 */
#ifndef API_FILEAPI_H
#define API_FILEAPI_H

#include "file/file.h"

/* With a reference for the call; NULL: another kind, or nothing. */
struct file *fileapi_file(HANDLE handle);
void fileapi_unref(struct file *file);

/* FlushFileBuffers. */
NTSTATUS fileapi_flush(HANDLE handle);
/* CreateFile for any name: *existed is told of files and directories only. */
NTSTATUS fileapi_open(const struct file_opening *opening, uintptr_t *handle, bool *existed);

#endif
