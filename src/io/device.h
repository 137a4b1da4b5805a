/* SPDX-License-Identifier: MIT
 *
 * The devices of ports, for people to look at: every open handle of a file that is associated.
 */
#ifndef IO_DEVICE_H
#define IO_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

struct io_file;
struct port;

struct io_device {
    uintptr_t handle, key;
    const struct port *port; /* which one it is; not referenced */
    const char *kind;
    struct io_file *file;
};

/* Calls `visit` for every device until it returns false, sockets first, by rising handle. A file
 * with several handles is one device. The file is kept during the visit only. */
void io_each_device(bool (*visit)(const struct io_device *device, void *context), void *context);

/* Its pending operations; takes the locks of its lanes, one after the other. */
uint32_t io_device_pending(const struct io_device *device);

#endif
