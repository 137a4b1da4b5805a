/* SPDX-License-Identifier: MIT
 *
 * From here on DEFINE_GUID defines the GUIDs: see guiddef.h.
 */
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"
