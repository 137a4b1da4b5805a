/* SPDX-License-Identifier: MIT */
#include <windowsx.h>
