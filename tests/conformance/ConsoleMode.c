/* SPDX-License-Identifier: MIT
 *
 * Modes of what is no console (rule CON-1); where there is a terminal: tests/unit/api.
 */
#include "check.h"

static void expect_none(HANDLE handle, const char *what)
{
    DWORD mode;

    SetLastError(0);
    CHECK("CON-1", !GetConsoleMode(handle, &mode) && GetLastError() == ERROR_INVALID_HANDLE,
          "GetConsoleMode, %s: %u", what, (unsigned)GetLastError());
    SetLastError(0);
    CHECK("CON-1",
          !SetConsoleMode(handle, ENABLE_PROCESSED_INPUT) && GetLastError() == ERROR_INVALID_HANDLE,
          "SetConsoleMode, %s: %u", what, (unsigned)GetLastError());
}

static void no_console(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE null = CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    HANDLE reader, writer;

    REQUIRE(event && null != INVALID_HANDLE_VALUE && CreatePipe(&reader, &writer, NULL, 0));
    expect_none(NULL, "no handle");
    expect_none(event, "an event");
    expect_none(null, "a device");
    expect_none(reader, "a pipe");
    HANDLE error = GetStdHandle(STD_ERROR_HANDLE);
    REQUIRE(SetStdHandle(STD_ERROR_HANDLE, writer));
    expect_none(writer, "a pipe as standard error");
    REQUIRE(SetStdHandle(STD_ERROR_HANDLE, error));
    CloseHandle(reader);
    CloseHandle(writer);
    CloseHandle(null);
    CloseHandle(event);
}

int main(void)
{
    RUN(no_console);
    return check_report();
}
