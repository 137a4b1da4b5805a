/* SPDX-License-Identifier: MIT
 *
 * Address space as VirtualAlloc gives it: reserved in units of 64 KiB, committed by the page, with
 * a protection for each page (rules VM). A region is what one call has reserved. Only memory that
 * was taken here is known here.
 *
 * Numbers are Windows' own: `how` is a set of MEM_, `protection` one PAGE_ with its modifiers.
 */
#ifndef MEM_REGION_H
#define MEM_REGION_H

#include "status/status.h"

#include <stddef.h>
#include <stdint.h>

/* Reserves, commits, or both; or says that contents are not needed any more (MEM_RESET). *address
 * is where it is wanted, or NULL, and becomes where it is. */
NTSTATUS region_allocate(void **address, size_t bytes, uint32_t how, uint32_t protection);

/* Decommits pages, or releases the region that begins at `address`. */
NTSTATUS region_free(void *address, size_t bytes, uint32_t how);

/* *before becomes what the first page had. */
NTSTATUS region_protect(void *address, size_t bytes, uint32_t protection, uint32_t *before);

#endif
