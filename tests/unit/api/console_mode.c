/* SPDX-License-Identifier: MIT
 *
 * Modes of the console, on a pseudo terminal in the place of standard input and error.
 */
#include "unit/expect.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <windows.h>

static int terminal;

static bool stand_on_a_terminal(void)
{
    int controller = posix_openpt(O_RDWR | O_NOCTTY);

    if (controller < 0 || grantpt(controller) != 0 || unlockpt(controller) != 0)
        return false;
    terminal = open(ptsname(controller), O_RDWR | O_NOCTTY);
    return terminal >= 0 && dup2(terminal, STDIN_FILENO) == STDIN_FILENO &&
           dup2(terminal, STDERR_FILENO) == STDERR_FILENO;
}

static tcflag_t settings(void)
{
    struct termios now;

    EXPECT(tcgetattr(terminal, &now) == 0);
    return now.c_lflag & (tcflag_t)(ISIG | ICANON | ECHO);
}

static void input_modes(void)
{
    const DWORD all = ENABLE_PROCESSED_INPUT | ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT;
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    DWORD mode = 0;

    EXPECT(GetConsoleMode(input, &mode) && mode == all);
    EXPECT(SetConsoleMode(input, 0) && settings() == 0);
    EXPECT(GetConsoleMode(input, &mode) && mode == 0);
    EXPECT(SetConsoleMode(input, ENABLE_LINE_INPUT) && settings() == ICANON);
    EXPECT(SetConsoleMode(input, ENABLE_PROCESSED_INPUT) && settings() == ISIG);
    EXPECT(SetConsoleMode(input, ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT));
    EXPECT(settings() == (ICANON | ECHO));
    EXPECT(!SetConsoleMode(input, ENABLE_ECHO_INPUT) && GetLastError() == ERROR_INVALID_PARAMETER &&
           settings() == (ICANON | ECHO));
    EXPECT(!SetConsoleMode(input, 0x8000) && GetLastError() == ERROR_INVALID_PARAMETER);
    EXPECT(SetConsoleMode(input, all | ENABLE_VIRTUAL_TERMINAL_INPUT));
    EXPECT(settings() == (ISIG | ICANON | ECHO));
    EXPECT(GetConsoleMode(input, &mode) && mode == (all | ENABLE_VIRTUAL_TERMINAL_INPUT));
}

static void output_modes(void)
{
    HANDLE output = GetStdHandle(STD_ERROR_HANDLE);
    DWORD before = 0, mode = 0;

    EXPECT(GetConsoleMode(output, &before));
    EXPECT(before & ENABLE_PROCESSED_OUTPUT && before & ENABLE_WRAP_AT_EOL_OUTPUT);
    EXPECT(SetConsoleMode(output, before | ENABLE_VIRTUAL_TERMINAL_PROCESSING));
    EXPECT(GetConsoleMode(output, &mode));
    EXPECT(mode == (before | ENABLE_VIRTUAL_TERMINAL_PROCESSING));
    EXPECT(!SetConsoleMode(output, 0x8000) && GetLastError() == ERROR_INVALID_PARAMETER);
    EXPECT(SetConsoleMode(output, before) && settings() == (ISIG | ICANON | ECHO));
}

static void no_console(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE null = CreateFileA("NUL", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    HANDLE wrong[] = {event, null, NULL, INVALID_HANDLE_VALUE};
    DWORD mode;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        EXPECT(!GetConsoleMode(wrong[i], &mode) && GetLastError() == ERROR_INVALID_HANDLE);
        EXPECT(!SetConsoleMode(wrong[i], 3) && GetLastError() == ERROR_INVALID_HANDLE);
    }
    EXPECT(!GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), NULL) &&
           GetLastError() == ERROR_NOACCESS);
    CloseHandle(event);
    CloseHandle(null);
    EXPECT(dup2(open("/dev/null", O_RDWR), STDERR_FILENO) == STDERR_FILENO);
    EXPECT(!GetConsoleMode(GetStdHandle(STD_ERROR_HANDLE), &mode) &&
           GetLastError() == ERROR_INVALID_HANDLE);
}

int main(void)
{
    if (!stand_on_a_terminal()) {
        puts("skipped: no pseudo terminals here");
        return 77;
    }
    input_modes();
    output_modes();
    no_console();
    return expect_report();
}
