/* SPDX-License-Identifier: MIT
 *
 * Win32's own text functions: copying, comparing; and MulDiv (rules LSTR).
 */
#include "check.h"

enum { ROOM = 16 };

static const WCHAR wide_abc[] = {'a', 'b', 'c', 0};

static int wide_is(const WCHAR *wide, const char *text)
{
    while (*text && *wide == (BYTE)*text)
        wide++, text++;
    return *wide == (BYTE)*text;
}

static void copies(void)
{
    char room[ROOM] = "xxxxxxxxx";
    WCHAR wide[ROOM] = {'x', 'x', 'x', 'x', 'x', 'x', 'x'};

    CHECK("LSTR-1", lstrcpyA(room, "abc") == room && !memcmp(room, "abc\0xx", 6), "%s", room);
    CHECK("LSTR-1", lstrcatA(room, "de") == room && !memcmp(room, "abcde\0xx", 8), "%s", room);
    CHECK("LSTR-1", lstrcatA(room, "") == room && !strcmp(room, "abcde"), "nothing more");
    CHECK("LSTR-1", !lstrcpyA(NULL, "a") && !lstrcpyA(room, NULL), "NULL");
    CHECK("LSTR-1", !lstrcatA(NULL, "a") && !lstrcatA(room, NULL), "NULL");
    CHECK("LSTR-1", !strcmp(room, "abcde"), "the text stays: %s", room);
    CHECK("LSTR-1", lstrcpyW(wide, wide_abc) == wide && wide_is(wide, "abc") && wide[4] == 'x',
          "wide");
    CHECK("LSTR-1", lstrcatW(wide, wide_abc) == wide && wide_is(wide, "abcabc"), "wide");
    CHECK("LSTR-1", !lstrcpyW(NULL, wide) && !lstrcpyW(wide, NULL), "NULL");
    CHECK("LSTR-1", !lstrcatW(NULL, wide) && !lstrcatW(wide, NULL), "NULL");
}

static void cut_copies(void)
{
    char room[ROOM] = "xxxxxxxxx";
    WCHAR wide[ROOM] = {'x', 'x', 'x', 'x', 'x', 'x', 'x'};

    CHECK("LSTR-2", lstrcpynA(room, "abc", 0) == room && room[0] == 'x', "into nothing");
    CHECK("LSTR-2", lstrcpynA(room, "abc", 1) == room && !room[0] && room[1] == 'x', "a zero");
    CHECK("LSTR-2", lstrcpynA(room, "abc", 3) == room && !memcmp(room, "ab\0x", 4), "cut");
    CHECK("LSTR-2", lstrcpynA(room, "abc", 4) == room && !memcmp(room, "abc\0x", 5), "all");
    CHECK("LSTR-2", lstrcpynA(room, "de", ROOM) == room && !memcmp(room, "de\0\0x", 5), "shorter");
    CHECK("LSTR-2", !lstrcpynA(NULL, "a", 9) && !lstrcpynA(room, NULL, 9), "NULL");
    CHECK("LSTR-2", lstrcpynW(wide, wide_abc, 3) == wide && wide_is(wide, "ab") && wide[3] == 'x',
          "wide, cut");
    CHECK("LSTR-2", lstrcpynW(wide, wide_abc, ROOM) == wide && wide_is(wide, "abc"), "wide");
    CHECK("LSTR-2", lstrcpynW(wide, wide_abc, 0) == wide && wide_is(wide, "abc"), "into nothing");
    CHECK("LSTR-2", !lstrcpynW(NULL, wide, 9) && !lstrcpynW(wide, NULL, 9), "NULL");
}

static const WCHAR *widened(const char *text, WCHAR room[ROOM])
{
    size_t length = 0;

    while ((room[length] = (BYTE)text[length]))
        length++;
    return room;
}

/* All four functions, both ways. */
static void expect(const char *left, const char *right, int with_case, int without)
{
    WCHAR one[ROOM], two[ROOM];

    widened(left, one);
    widened(right, two);
    CHECK("LSTR-4", lstrcmpA(left, right) == with_case && lstrcmpW(one, two) == with_case,
          "'%s' '%s': %d %d", left, right, lstrcmpA(left, right), lstrcmpW(one, two));
    CHECK("LSTR-4", lstrcmpA(right, left) == -with_case && lstrcmpW(two, one) == -with_case,
          "'%s' '%s'", right, left);
    CHECK("LSTR-4", lstrcmpiA(left, right) == without && lstrcmpiW(one, two) == without,
          "'%s' '%s' without case: %d %d", left, right, lstrcmpiA(left, right),
          lstrcmpiW(one, two));
    CHECK("LSTR-4", lstrcmpiA(right, left) == -without && lstrcmpiW(two, one) == -without,
          "'%s' '%s' without case", right, left);
}

static void words(void)
{
    expect("abc", "abc", 0, 0);
    expect("", "", 0, 0);
    expect("", "a", -1, -1);
    expect("abc", "abcd", -1, -1);
    expect("abcz", "abcdefg", 1, 1);
    expect("a", "A", -1, 0);
    expect("Ab", "aC", -1, -1);
    expect("aB", "Ab", -1, 0);
    expect("coop", "co-op", -1, -1);
    expect("co-op", "coops", -1, -1);
    expect("co-op", "COOP", -1, 1);
    expect("its", "it's", -1, -1);
    expect("it's", "it-s", -1, -1);
    expect("aa-", "a-a", -1, -1);
    expect("-a", "b", -1, -1);
    expect("a b", "ab", -1, -1);
    expect("a_b", "a1", -1, -1);
    expect("a1", "aa", -1, -1);
    expect("a9", "A10", 1, 1);
    expect("a\001", "ab", -1, -1);
}

/* Every character of ASCII that is read, in its order. */
static void alphabet(void)
{
    static const char order[] = " \t\n\v\f\r!\"#$%&()*,./:;?@[\\]^_`{|}~+<=>0123456789"
                                "aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ";
    int wrong = 0;

    for (size_t one = 0; one < sizeof order - 1; one++)
        for (size_t two = 0; two < sizeof order - 1; two++) {
            char left[2] = {order[one], 0}, right[2] = {order[two], 0};
            int wanted = (one > two) - (one < two);
            wrong += lstrcmpA(left, right) != wanted;
        }
    CHECK("LSTR-4", wrong == 0, "%d of all pairs stand otherwise", wrong);
}

static void nothing(void)
{
    CHECK("LSTR-3", lstrcmpA(NULL, NULL) == 0 && lstrcmpiA(NULL, NULL) == 0, "NULL and NULL");
    CHECK("LSTR-3", lstrcmpW(NULL, NULL) == 0 && lstrcmpiW(NULL, NULL) == 0, "NULL and NULL");
    CHECK("LSTR-3", lstrcmpA(NULL, "") == -1 && lstrcmpiA(NULL, "") == -1, "NULL and nothing");
    CHECK("LSTR-3", lstrcmpA("", NULL) == 1 && lstrcmpiA("", NULL) == 1, "nothing and NULL");
    CHECK("LSTR-3", lstrcmpW(NULL, wide_abc) == -1 && lstrcmpiW(wide_abc, NULL) == 1, "wide");
}

static void other_letters(void)
{
    static const WCHAR upper[] = {0xC4, 0x416, 0x3A9, 0}, lower[] = {0xE4, 0x436, 0x3C9, 0};

    CHECK("LSTR-5", lstrcmpiW(upper, lower) == 0, "cases: %d", lstrcmpiW(upper, lower));
    CHECK("LSTR-5", lstrcmpW(lower, upper) == -1, "lower before upper: %d", lstrcmpW(lower, upper));
    CHECK("LSTR-5", lstrcmpW(upper, upper) == 0, "the same");
}

static void products(void)
{
    const int least = -0x7FFFFFFF - 1;

    CHECK("LSTR-6", MulDiv(7, 3, 2) == 11 && MulDiv(1, 1, 3) == 0 && MulDiv(2, 1, 3) == 1, "up");
    CHECK("LSTR-6", MulDiv(-7, 3, 2) == -11 && MulDiv(7, -3, 2) == -11 && MulDiv(7, 3, -2) == -11,
          "down");
    CHECK("LSTR-6", MulDiv(-7, -3, 2) == 11 && MulDiv(7, -3, -2) == 11, "two signs");
    CHECK("LSTR-6", MulDiv(0x7FFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF) == 0x7FFFFFFF, "64 bits between");
    CHECK("LSTR-6", MulDiv(least, -1, 2) == 0x40000000, "the least number");
    CHECK("LSTR-6", MulDiv(5, 5, 0) == -1, "by 0");
    CHECK("LSTR-6", MulDiv(0x7FFFFFFF, 2, 1) == -1 && MulDiv(0x40000000, 2, 1) == -1, "too much");
    CHECK("LSTR-6", MulDiv(0x40000000, 3, -1) == -1 && MulDiv(least, -1, 1) == -1, "too little");
}

int main(void)
{
    RUN(copies);
    RUN(cut_copies);
    RUN(words);
    RUN(alphabet);
    RUN(nothing);
    RUN(other_letters);
    RUN(products);
    return check_report();
}
