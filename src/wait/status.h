/* SPDX-License-Identifier: MIT
 *
 * NTSTATUS values with their own type. Included first by the files of this room: winnt.h would
 * define some of them as DWORD, which compares with a sign warning.
 */
#ifndef WAIT_STATUS_H
#define WAIT_STATUS_H

#ifndef WIN32_NO_STATUS
#define WIN32_NO_STATUS
#endif
#include <winnt.h>
#include <ntstatus.h>

#ifndef STATUS_SUSPEND_COUNT_EXCEEDED
#define STATUS_SUSPEND_COUNT_EXCEEDED ((NTSTATUS)0xC000004A)
#endif

#endif
