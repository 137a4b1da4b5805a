/* SPDX-License-Identifier: MIT */
#include <qos.h>
