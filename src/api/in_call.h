/* SPDX-License-Identifier: MIT
 *
 * Calls without an OVERLAPPED on what only knows overlapped operations. For the files of api/.
 */
#ifndef API_IN_CALL_H
#define API_IN_CALL_H

#include "io/operation.h"

/* Starts an operation with an OVERLAPPED of the library's, which queues no packet, and waits for
 * its end: its status. *bytes is stored if it pended. `handle` is that of its file. */
NTSTATUS in_call(uintptr_t handle, NTSTATUS (*start)(void *context, OVERLAPPED *own), void *context,
                 DWORD *bytes);

#endif
