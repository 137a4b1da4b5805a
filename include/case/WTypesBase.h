/* SPDX-License-Identifier: MIT */
#include <wtypesbase.h>
