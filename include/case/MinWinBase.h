/* SPDX-License-Identifier: MIT */
#include <minwinbase.h>
