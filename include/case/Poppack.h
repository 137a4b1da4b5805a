/* SPDX-License-Identifier: MIT */
#include <poppack.h>
