/* SPDX-License-Identifier: MIT
 *
 * What the library has beyond Windows (iocp.h).
 */
#include "api/last_error.h"
#include "api/object.h"
#include "api/winsock.h"

#include "engine/engine.h"
#include "net/net.h"
#include "port/port.h"

#include <iocp.h>

#include <errno.h>
#include <stdio.h>

int iocp_version(void)
{
    return IOCP_VERSION;
}

int iocp_engine_set(const char *name)
{
    switch (engine_choose(name ? name : "auto")) {
    case 0:
        return 0;
    case -EINVAL:
        return ERROR_INVALID_PARAMETER;
    case -EBUSY:
        return ERROR_ALREADY_INITIALIZED;
    default:
        return ERROR_NOT_SUPPORTED;
    }
}

const char *iocp_engine(void)
{
    return engine_name();
}

int iocp_watch_set(const char *name)
{
    switch (port_watch_choose(name ? name : "auto")) {
    case 0:
        return 0;
    case -EINVAL:
        return ERROR_INVALID_PARAMETER;
    case -EMFILE:
        return ERROR_TOO_MANY_OPEN_FILES;
    default:
        return ERROR_NOT_SUPPORTED;
    }
}

const char *iocp_watch(void)
{
    return port_watch_name();
}

SOCKET iocp_adopt(int descriptor)
{
    uintptr_t handle = (uintptr_t)(unsigned)descriptor;
    struct socket *socket = descriptor < 0 ? NULL : socket_get(handle);
    NTSTATUS status = STATUS_SUCCESS;

    if (socket)
        socket_unref(socket);
    else
        status = socket_adopt(descriptor, &handle); /* once more, for the reason */
    if (status == STATUS_SUCCESS)
        return handle;
    api_fail_socket(status);
    return INVALID_SOCKET;
}

int iocp_port_query(HANDLE handle, struct iocp_port_state *state)
{
    struct port_state found;

    if (!state || state->struct_size < sizeof state->struct_size)
        return ERROR_INVALID_PARAMETER;
    struct port *port = (struct port *)api_object_of(handle, &port_ops);
    if (!port)
        return ERROR_INVALID_HANDLE;
    port_query(port, &found);
    object_unref(port_object(port), OBJ_REF_CALL);
    struct iocp_port_state full = {
        .concurrency = found.limit,
        .devices = found.devices,
        .queue_depth = found.depth,
        .waiting = found.waiting,
        .released = found.released,
        .paused = found.paused,
        .packets = found.packets,
        .wakeups = found.wakeups,
    };
    snprintf(full.engine, sizeof full.engine, "%s", engine_name());
    full.struct_size = state->struct_size < sizeof full ? state->struct_size : sizeof full;
    memcpy(state, &full, full.struct_size);
    return 0;
}
