/* SPDX-License-Identifier: MIT */
#include <fileapi.h>
