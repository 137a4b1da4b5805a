/* SPDX-License-Identifier: MIT */
#include <errhandlingapi.h>
