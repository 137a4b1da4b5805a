/* SPDX-License-Identifier: MIT
 *
 * Processes by handle: only the own one has any. For the files of api/.
 */
#ifndef API_OWN_PROCESS_H
#define API_OWN_PROCESS_H

#include <winnt.h>

/* TRUE if the handle is the own process's; else the last error says so. */
BOOL api_is_own_process(HANDLE handle);

#endif
