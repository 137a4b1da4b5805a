/* SPDX-License-Identifier: MIT */
#include <libloaderapi.h>
