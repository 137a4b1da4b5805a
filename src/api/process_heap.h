/* SPDX-License-Identifier: MIT
 *
 * The heap behind GetProcessHeap, GlobalAlloc, LocalAlloc and whatever else hands memory to the
 * program that it frees with one of their counterparts.
 */
#ifndef API_PROCESS_HEAP_H
#define API_PROCESS_HEAP_H

#include "mem/mem.h"

extern struct mem_heap api_process_heap;

#endif
