/* SPDX-License-Identifier: MIT */
#include <winternl.h>
