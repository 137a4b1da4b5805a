/* SPDX-License-Identifier: MIT
 *
 * From a HANDLE to the object behind it, pseudo handles included; names of objects as programs
 * write them. For the files of api/.
 */
#ifndef API_OBJECT_H
#define API_OBJECT_H

#include "object/handle.h"
#include "wait/dispatcher.h"

struct io_file;

/* GetCurrentProcess() and GetCurrentThread(). */
#define API_CURRENT_PROCESS ((uintptr_t)-1)
#define API_CURRENT_THREAD ((uintptr_t)-2)

/* The room for a name in UTF-8: MAX_PATH UTF-16 units and the end. */
enum { API_NAME_BYTES = 3 * 260 + 1 };

/* The object with a reference for the call (OBJ_REF_CALL), or NULL. */
struct object *api_object(const void *handle);

/* The same if it is of this kind. */
struct object *api_object_of(const void *handle, const struct object_ops *ops);

/* The same if it can be waited for. */
struct dispatcher *api_waitable(const void *handle);

/* The file behind a handle: anything that does overlapped I/O. Adopts a descriptor that is a socket
 * and not known yet. With a reference for the call (api_file_unref); NULL: none. */
struct io_file *api_file(const void *handle);
void api_file_unref(struct io_file *file);

/* The name without a "Local\" in front, which is where all names here live. NULL stays NULL. */
NTSTATUS api_name(const char *given, const char **name);

/* A UTF-16 name in UTF-8, in `room`, prepared likewise. */
NTSTATUS api_wide_name(const uint16_t *given, char room[API_NAME_BYTES], const char **name);

#endif
