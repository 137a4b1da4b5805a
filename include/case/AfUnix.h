/* SPDX-License-Identifier: MIT */
#include <afunix.h>
