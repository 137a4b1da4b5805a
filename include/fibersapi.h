/* SPDX-License-Identifier: MIT
 *
 * Fiber-local storage: thread-local storage whose slots have a destructor. There are no fibers, so
 * a slot belongs to a thread.
 */
#ifndef _FIBERS_H_
#define _FIBERS_H_

#include "minwindef.h"

/* Runs when a thread that stored a non-NULL value ends, or when the index is freed. */
typedef VOID(WINAPI *PFLS_CALLBACK_FUNCTION)(PVOID lpFlsData);
#define FLS_OUT_OF_INDEXES 0xFFFFFFFFu

IOCP_BEGIN_DECLS

/* FlsAlloc: a new index, every thread's value being NULL. lpCallback may be NULL.
 * FLS_OUT_OF_INDEXES when none is left. sdk:flsalloc */
WINBASEAPI DWORD WINAPI FlsAlloc(PFLS_CALLBACK_FUNCTION lpCallback);

/* FlsFree: gives the index back, running the callback for every value. FALSE:
 * ERROR_INVALID_PARAMETER. sdk:flsfree */
WINBASEAPI BOOL WINAPI FlsFree(DWORD dwFlsIndex);

/* FlsGetValue: this thread's value; NULL also for a bad index (ERROR_INVALID_PARAMETER; success
 * clears the last error). sdk:flsgetvalue */
WINBASEAPI PVOID WINAPI FlsGetValue(DWORD dwFlsIndex);

/* FlsSetValue: stores it. FALSE: ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY.
 * sdk:flssetvalue */
WINBASEAPI BOOL WINAPI FlsSetValue(DWORD dwFlsIndex, PVOID lpFlsData);

IOCP_END_DECLS

#endif
