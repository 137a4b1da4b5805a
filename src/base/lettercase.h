/* SPDX-License-Identifier: MIT
 *
 * Upper and lower case of letters up to U+FFFF, the same in every locale. What is no letter, or has
 * no other case, stays what it is. No state.
 */
#ifndef BASE_LETTERCASE_H
#define BASE_LETTERCASE_H

#include <stdint.h>

uint32_t lettercase_upper(uint32_t character);
uint32_t lettercase_lower(uint32_t character);

#endif
