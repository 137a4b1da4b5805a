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

#ifdef _WIN32
#define A_LIBRARY "version.dll"
#else
#define A_LIBRARY "libm.so.6"
#endif

/* A path is written with backslashes, whatever GetModuleFileName gives. */
static void by_path(void)
{
    char path[512] = "";
    WCHAR wide[512] = {0};
    HMODULE module = LoadLibraryA(A_LIBRARY);

    REQUIRE(module != NULL);
    REQUIRE(GetModuleFileNameA(module, path, sizeof path) != 0);
    for (size_t i = 0; path[i]; i++) {
        if (path[i] == '/')
            path[i] = '\\';
        wide[i] = (WCHAR)path[i];
    }
    HMODULE again = LoadLibraryA(path);
    CHECK("MOD-3", again == module, "%s", path);
    CHECK("MOD-3", !again || FreeLibrary(again), "given back");
    again = LoadLibraryW(wide);
    CHECK("MOD-3", again == module, "wide");
    CHECK("MOD-3", !again || FreeLibrary(again), "given back");
    CHECK("MOD-3", GetModuleHandleA(path) == module, "it is there");
    SetLastError(0);
    CHECK("MOD-3", !LoadLibraryA(".\\none\\of.dll") && GetLastError() == ERROR_MOD_NOT_FOUND,
          "not there: %u", (unsigned)GetLastError());
    CHECK("MOD-3", FreeLibrary(module), "given back");
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
    RUN(by_path);
    RUN(refused);
    return check_report();
}
