/* SPDX-License-Identifier: MIT
 *
 * Ends what the last pshpack header began; may be included repeatedly.
 */
#pragma pack(pop)
