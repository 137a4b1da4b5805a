/* SPDX-License-Identifier: MIT
 *
 * Registered buffers: stretches of the program's memory with names. Takes no lock of its own.
 */
#ifndef RIO_BUFFER_H
#define RIO_BUFFER_H

#include "status/codes.h"

#include <stdint.h>

/* RIO_BUF. */
struct rio_slice {
    uintptr_t buffer;
    uint32_t offset, length;
};

/* RIORegisterBuffer. STATUS_ACCESS_VIOLATION: there is no memory; STATUS_INSUFFICIENT_RESOURCES. */
NTSTATUS rio_buffer_register(void *data, uint32_t length, uintptr_t *id);

/* RIODeregisterBuffer; an unknown name is ignored. */
void rio_buffer_deregister(uintptr_t id);

/* Where a slice is. STATUS_ACCESS_VIOLATION: its buffer is unknown (any more);
 * STATUS_INVALID_PARAMETER: it is not inside of its buffer. */
NTSTATUS rio_buffer_find(const struct rio_slice *slice, void **data);

#endif
