/* SPDX-License-Identifier: MIT */
#include <debugapi.h>
