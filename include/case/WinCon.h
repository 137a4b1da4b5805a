/* SPDX-License-Identifier: MIT */
#include <wincon.h>
