/* SPDX-License-Identifier: MIT
 *
 * Sections: files, or memory of no file, that can be mapped; and their views (rules MAP). A section
 * lives as long as a handle or a view of it.
 */
#ifndef FILE_SECTION_H
#define FILE_SECTION_H

#include "file/file.h"

/* Offsets and addresses of views are multiples of it. */
#define SECTION_GRANULARITY 0x10000

struct section;

extern const struct object_ops section_ops;

/* A section with a reference (OBJ_REF_CALL). `protection`: PAGE_*, SEC_*. `file` NULL: memory.
 * `size` 0: the file's. */
NTSTATUS section_new(struct file *file, uint32_t protection, uint64_t size,
                     struct section **section);
struct dispatcher *section_dispatcher(struct section *section);

/* `access`: FILE_MAP_*. `length` 0: to the end. `wanted` NULL: anywhere. */
NTSTATUS section_map(struct section *section, uint32_t access, uint64_t offset, uint64_t length,
                     void *wanted, void **address);
/* STATUS_CONFLICTING_ADDRESSES: no view begins there, or holds the range. */
NTSTATUS section_unmap(const void *address);
NTSTATUS section_flush(const void *address, uint64_t length);

#endif
