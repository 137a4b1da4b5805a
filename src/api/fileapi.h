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

#endif
