/* SPDX-License-Identifier: MIT
 *
 * Is the engine that IOCP_ENGINE names the one in force? The library falls back to epoll where it
 * cannot use io_uring; without this test every other one could pass on epoll twice.
 */
#include <winsock2.h>
#include <windows.h>
#include <iocp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    const char *asked = getenv("IOCP_ENGINE");
    struct iocp_port_state state;
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    int same;

    memset(&state, 0, sizeof state);
    state.struct_size = sizeof state;
    if (asked == NULL || port == NULL || iocp_port_query(port, &state) != 0) {
        printf("FAIL no engine asked for, no port, or no state of it\n");
        return 1;
    }
    same = strcmp(state.engine, asked) == 0;
    printf("%s engine asked for: %s, in force: %s\n", same ? "ok" : "FAIL", asked, state.engine);
    CloseHandle(port);
    return !same;
}
