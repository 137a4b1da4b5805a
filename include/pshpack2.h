/* SPDX-License-Identifier: MIT
 *
 * Members of structures lie at multiples of 2 at most, until poppack.h; may be included repeatedly.
 */
#pragma pack(push, 2)
