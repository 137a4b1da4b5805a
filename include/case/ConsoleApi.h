/* SPDX-License-Identifier: MIT */
#include <consoleapi.h>
