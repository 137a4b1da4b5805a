/* SPDX-License-Identifier: MIT
 *
 * The table of cases: a letter's other case leads back to it, and what is no letter stays.
 */
#include "../expect.h"

#include "base/lettercase.h"

static void there_and_back(void)
{
    enum { PAIRS = 1163 };
    unsigned pairs = 0;

    for (uint32_t character = 0; character < 0x20000; character++) {
        uint32_t upper = lettercase_upper(character);
        uint32_t lower = lettercase_lower(character);
        EXPECT(upper == character || lettercase_lower(upper) == character);
        EXPECT(lower == character || lettercase_upper(lower) == character);
        EXPECT(upper == character || lower == character);
        pairs += upper != character;
    }
    EXPECT(pairs == PAIRS);
}

static void some(void)
{
    EXPECT(lettercase_upper('z') == 'Z' && lettercase_upper('{') == '{');
    EXPECT(lettercase_lower('A') == 'a' && lettercase_lower('@') == '@');
    EXPECT(lettercase_upper(0xF7) == 0xF7 && lettercase_upper(0xFF) == 0x178);
    EXPECT(lettercase_upper(0x131) == 0x131 && lettercase_lower(0x130) == 0x130);
    EXPECT(lettercase_lower(0x2126) == 0x2126 && lettercase_upper(0x3C9) == 0x3A9);
}

int main(void)
{
    there_and_back();
    some();
    return expect_report();
}
