/* SPDX-License-Identifier: MIT */
#include <winuser.h>
