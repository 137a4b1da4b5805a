/* SPDX-License-Identifier: MIT
 *
 * What DeviceIoControl and NtFsControlFile do alike. For the files of api/.
 */
#ifndef API_CONTROL_H
#define API_CONTROL_H

#include "io/file.h"

struct control_call {
    uint32_t code;
    const void *input;
    void *output;
    uint32_t input_length, output_length;
    OVERLAPPED *overlapped;
    uint32_t *bytes; /* stored if the call ends at once with something to tell */
};
/* STATUS_PENDING, or the outcome. */
NTSTATUS control_file_system(struct io_file *file, const struct control_call *call);

#endif
