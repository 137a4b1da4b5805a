/* SPDX-License-Identifier: MIT
 *
 * What the thread pool's newer and older calls share.
 */
#ifndef API_THREADPOOL_H
#define API_THREADPOOL_H

#include "pool/pool.h"
#include "status/status.h"

#include <windows.h>

/* The file behind a handle, with a reference (OBJ_REF_CALL) on its object; NULL: it is none. */
struct io_file *threadpool_file(HANDLE handle);

#endif
