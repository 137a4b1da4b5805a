/* SPDX-License-Identifier: MIT
 *
 * consoleapi.h: modes of the console. A standard handle whose descriptor is a terminal is a
 * console; three bits of the input's mode are the terminal's own settings, the others are
 * remembered. There are no other consoles: of a terminal that was opened by name nothing says
 * whether it is meant as the keyboard or as the screen.
 */
#include "api/last_error.h"
#include "base/probe.h"
#include "file/file.h"
#include "status/codes.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <termios.h>
#include <unistd.h>

#include <winbase.h>

#define INPUT_SETTINGS (ENABLE_PROCESSED_INPUT | ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT)
#define INPUT_REMEMBERED                                                                           \
    (ENABLE_WINDOW_INPUT | ENABLE_MOUSE_INPUT | ENABLE_INSERT_MODE | ENABLE_QUICK_EDIT_MODE |      \
     ENABLE_EXTENDED_FLAGS | ENABLE_AUTO_POSITION | ENABLE_VIRTUAL_TERMINAL_INPUT)
#define OUTPUT_REMEMBERED                                                                          \
    (ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING |    \
     DISABLE_NEWLINE_AUTO_RETURN | ENABLE_LVB_GRID_WORLDWIDE)

static _Atomic DWORD mode_input;
static _Atomic DWORD mode_output = ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT;

/* The terminal's descriptor, or -1 with the last error. The C library's standard input is handle 0
 * to _get_osfhandle. */
static int mode__terminal(HANDLE handle, bool *is_input)
{
    *is_input = !handle || handle == GetStdHandle(STD_INPUT_HANDLE);
    bool is_output =
        handle == GetStdHandle(STD_OUTPUT_HANDLE) || handle == GetStdHandle(STD_ERROR_HANDLE);
    int descriptor = *is_input || is_output ? file_descriptor((uintptr_t)handle) : -1;

    if (descriptor >= 0 && isatty(descriptor))
        return descriptor;
    api_fail(STATUS_INVALID_HANDLE);
    return -1;
}

/* As on Windows there is no echo without lines. */
static DWORD mode__of(const struct termios *settings)
{
    DWORD mode = settings->c_lflag & ISIG ? ENABLE_PROCESSED_INPUT : 0;

    if (settings->c_lflag & ICANON)
        mode |= ENABLE_LINE_INPUT | (settings->c_lflag & ECHO ? ENABLE_ECHO_INPUT : 0);
    return mode;
}

BOOL WINAPI GetConsoleMode(HANDLE handle, LPDWORD mode)
{
    struct termios settings;
    bool is_input;
    int descriptor = mode__terminal(handle, &is_input);

    if (descriptor < 0)
        return FALSE;
    if (!mode || !probe_writable(mode, sizeof *mode))
        return api_fail(STATUS_ACCESS_VIOLATION);
    if (!is_input)
        *mode = atomic_load(&mode_output);
    else if (tcgetattr(descriptor, &settings) == 0)
        *mode = mode__of(&settings) | atomic_load(&mode_input);
    else
        return api_fail(STATUS_INVALID_HANDLE);
    return TRUE;
}

static NTSTATUS mode__set_input(int descriptor, DWORD mode)
{
    struct termios settings;

    if (mode & ~(DWORD)(INPUT_SETTINGS | INPUT_REMEMBERED) ||
        (mode & ENABLE_ECHO_INPUT && !(mode & ENABLE_LINE_INPUT)))
        return STATUS_INVALID_PARAMETER;
    if (tcgetattr(descriptor, &settings) != 0)
        return STATUS_INVALID_HANDLE;
    if (mode__of(&settings) != (mode & INPUT_SETTINGS)) {
        settings.c_lflag &= ~(tcflag_t)(ISIG | ICANON | ECHO);
        settings.c_lflag |= (mode & ENABLE_PROCESSED_INPUT ? ISIG : 0u) |
                            (mode & ENABLE_LINE_INPUT ? ICANON : 0u) |
                            (mode & ENABLE_ECHO_INPUT ? ECHO : 0u);
        if (!(mode & ENABLE_LINE_INPUT)) { /* a read returns what there is, at least one byte */
            settings.c_cc[VMIN] = 1;
            settings.c_cc[VTIME] = 0;
        }
        if (tcsetattr(descriptor, TCSANOW, &settings) != 0)
            return STATUS_INVALID_HANDLE;
    }
    atomic_store(&mode_input, mode & INPUT_REMEMBERED);
    return STATUS_SUCCESS;
}

BOOL WINAPI SetConsoleMode(HANDLE handle, DWORD mode)
{
    bool is_input;
    NTSTATUS status = STATUS_SUCCESS;
    int descriptor = mode__terminal(handle, &is_input);

    if (descriptor < 0)
        return FALSE;
    if (is_input)
        status = mode__set_input(descriptor, mode);
    else if (mode & ~(DWORD)OUTPUT_REMEMBERED)
        status = STATUS_INVALID_PARAMETER;
    else
        atomic_store(&mode_output, mode);
    return status == STATUS_SUCCESS ? TRUE : api_fail(status);
}
