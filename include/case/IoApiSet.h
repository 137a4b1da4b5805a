/* SPDX-License-Identifier: MIT */
#include <ioapiset.h>
