/* SPDX-License-Identifier: MIT
 *
 * Modules by name and flags (rules MOD).
 */
#include "check.h"

static const WCHAR wide_name[] = {'w', 's', '2', '_', '3', '2', '.', 'd', 'l', 'l', 0};

static const DWORD places[] = {
    0,
    LOAD_WITH_ALTERED_SEARCH_PATH,
    LOAD_LIBRARY_SEARCH_SYSTEM32,
    LOAD_LIBRARY_SEARCH_DEFAULT_DIRS,
    LOAD_LIBRARY_SEARCH_APPLICATION_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32,
};

static void where_to_look(void)
{
    HMODULE plain = LoadLibraryA("ws2_32.dll");

    REQUIRE(plain != NULL);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        HMODULE module = LoadLibraryExA("ws2_32.dll", NULL, places[i]);
        CHECK("MOD-1", module == plain, "flags %x", (unsigned)places[i]);
        CHECK("MOD-1", GetProcAddress(module, "WSAStartup") != NULL, "a function of it");
        CHECK("MOD-1", FreeLibrary(module), "given back");
        module = LoadLibraryExW(wide_name, NULL, places[i]);
        CHECK("MOD-1", module == plain, "wide, flags %x", (unsigned)places[i]);
        CHECK("MOD-1", FreeLibrary(module), "given back");
        SetLastError(0);
        module = LoadLibraryExA("no_such_module.dll", NULL, places[i]);
        CHECK("MOD-1", !module && GetLastError() == ERROR_MOD_NOT_FOUND, "no such module: %u",
              (unsigned)GetLastError());
    }
    CHECK("MOD-1", FreeLibrary(plain), "given back");
}

static void expect_refused(HANDLE file, DWORD flags, const char *what)
{
    SetLastError(0);
    HMODULE module = LoadLibraryExA("ws2_32.dll", file, flags);
    CHECK_WINE_DEPARTS("MOD-2", !module && GetLastError() == ERROR_INVALID_PARAMETER,
                       "Wine does not look", "%s: %u", what, (unsigned)GetLastError());
    SetLastError(0);
    module = LoadLibraryExW(wide_name, file, flags);
    CHECK_WINE_DEPARTS("MOD-2", !module && GetLastError() == ERROR_INVALID_PARAMETER,
                       "Wine does not look", "wide, %s: %u", what, (unsigned)GetLastError());
}

static void refused(void)
{
    expect_refused(NULL, LOAD_WITH_ALTERED_SEARCH_PATH | LOAD_LIBRARY_SEARCH_SYSTEM32,
                   "altered path and places");
    expect_refused(NULL, 0x80000000u, "an unknown flag");
    expect_refused((HANDLE)4, 0, "a file");
}

int main(void)
{
    RUN(where_to_look);
    RUN(refused);
    return check_report();
}
