/* SPDX-License-Identifier: MIT
 *
 * Overlapped operations: begun, completed, cancelled. io_complete runs with the engine's lane lock
 * held and takes the port's lock and leaves.
 */
#include "io/native.h"
#include "io/thread.h"

#include "base/fault.h"
#include "base/slab.h"
#include "base/thread_exit.h"
#include "object/handle.h"
#include "sched/sched.h"
#include "status/status.h"
#include "wait/event.h"
#include "wait/thread.h"

#include <stdlib.h>

/* The outcome of the operation that the calling thread has just seen end at once. */
static THREAD_LOCAL struct {
    NTSTATUS status;
    uintptr_t information;
} io_at_once;

/* The native call that the thread is in; APCs that run meanwhile may be in calls of their own. */
static THREAD_LOCAL struct io_native *io_native;

static struct slab io_slab = {.size = sizeof(struct io_operation), .index = SLAB_OPERATION};
static void (*_Atomic io_give_back)(struct io_operation *operation);

/* The operation's packet was taken, or nothing needs it any more. */
static void io__free(struct io_operation *operation)
{
    struct io_file *file = operation->file;

    if (UNLIKELY(operation->flags & IO_SIDE))
        io_memory_free(io_memory(operation));
    if (operation->flags & IO_POSITIONAL)
        atomic_load_explicit(&io_give_back, memory_order_relaxed)(operation);
    else
        slab_free(&io_slab, operation);
    object_unref(file_object(file), OBJ_REF_OPERATION);
}

static void io__release_packet(struct packet *packet)
{
    io__free(CONTAINER_OF(packet, struct io_operation, packet));
}

void io_native_enter(struct io_native *native)
{
    native->outer = io_native;
    io_native = native;
}

void io_native_leave(struct io_native *native)
{
    io_native = native->outer;
}

/* NTF-3: the block stays as it is until the end, so it is not marked. */
static OUT_OF_LINE NTSTATUS io__make_native(struct io_operation *operation,
                                            const struct io_native *native)
{
    operation->overlapped = native->block;
    if (!native->context)
        operation->flags |= IO_NO_PACKET;
    else if (!native->routine && native->context != native->block) {
        struct io_side *side = io_need_side(operation);
        if (!side)
            return STATUS_INSUFFICIENT_RESOURCES;
        side->context = native->context;
        operation->flags |= IO_CONTEXT;
    }
    return STATUS_SUCCESS;
}

/* Finds and resets what the end of the operation will signal (EVT-1, 2, 3). */
static NTSTATUS io__reset_signal(struct io_operation *operation, const OVERLAPPED *overlapped,
                                 bool native)
{
    uintptr_t handle = (uintptr_t)overlapped->hEvent;

    dispatcher_reset(&operation->file->dispatcher);
    if ((operation->flags & IO_ROUTINE && !native) || handle == 0)
        return STATUS_SUCCESS; /* EVT-6: hEvent is the program's own then */
    if (handle & 1 && !native)
        operation->flags |= IO_NO_PACKET;
    struct object *event = handle_get_kind(handle & ~(uintptr_t)3, &event_ops, NULL);
    if (!event)
        return STATUS_INVALID_HANDLE;
    struct io_side *side = io_need_side(operation);
    if (!side) {
        object_unref(event, OBJ_REF_CALL);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    object_relabel(OBJ_REF_CALL, OBJ_REF_EVENT);
    side->event = (struct dispatcher *)event;
    operation->flags |= IO_EVENT;
    dispatcher_reset(side->event);
    return STATUS_SUCCESS;
}

static void routine__free(struct io_routine *routine)
{
    object_unref((struct object *)routine->thread, OBJ_REF_OPERATION);
    free(routine);
}

static void routine__run(struct apc *apc)
{
    struct io_routine *routine = CONTAINER_OF(apc, struct io_routine, apc);
    struct io_routine copy = *routine;

    routine__free(routine);
    copy.call(&copy);
}

static void routine__drop(struct apc *apc)
{
    routine__free(CONTAINER_OF(apc, struct io_routine, apc));
}

static OUT_OF_LINE NTSTATUS io__add_routine(struct io_operation *operation,
                                            void (*call)(const struct io_routine *), void *function,
                                            void *context)
{
    if (atomic_load_explicit(&operation->file->port, memory_order_acquire))
        return STATUS_INVALID_PARAMETER;
    struct thread *thread = thread_current();
    struct io_side *side = thread ? io_need_side(operation) : NULL;
    struct io_routine *routine = side ? fault_calloc(1, sizeof *routine) : NULL;
    if (!routine)
        return STATUS_INSUFFICIENT_RESOURCES;
    object_ref((struct object *)thread, OBJ_REF_OPERATION);
    *routine = (struct io_routine){.apc = {.run = routine__run, .drop = routine__drop},
                                   .call = call,
                                   .function = function,
                                   .thread = thread,
                                   .overlapped = side->overlapped,
                                   .context = context};
    side->routine = routine;
    operation->flags |= IO_ROUTINE;
    return STATUS_SUCCESS;
}

static NTSTATUS io__prepare(struct io_operation *operation, uint32_t flags, struct io_file *file,
                            OVERLAPPED *overlapped, void (*call)(const struct io_routine *),
                            void *function)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct io_native *native = io_native;
    void *context = NULL;

    /* In parts: clearing it as a whole is a string instruction, which starts slowly. */
    operation->request = (struct engine_request){0};
    operation->file = file;
    operation->overlapped = overlapped;
    operation->thread = sched_thread_number();
    operation->flags = flags;
    object_ref(file_object(file), OBJ_REF_OPERATION);
    port_set_packet_release(PACKET_OPERATION, io__release_packet);
    if (UNLIKELY(native) && overlapped == &native->overlapped) {
        status = io__make_native(operation, native);
        call = native->call;
        function = native->routine;
        context = native->context;
    } else {
        io_mark_pending(overlapped);
        native = NULL;
    }
    if (status == STATUS_SUCCESS && function)
        status = io__add_routine(operation, call, function, context);
    if (status == STATUS_SUCCESS && overlapped)
        status = io__reset_signal(operation, overlapped, native != NULL);
    if (status != STATUS_SUCCESS) {
        io_abandon(operation);
        return status;
    }
    if (operation->flags & (IO_EVENT | IO_ROUTINE) ||
        !atomic_load_explicit(&file->port, memory_order_relaxed))
        thread_exit_register(THREAD_EXIT_IO, io_leave_thread);
    return STATUS_SUCCESS;
}

NTSTATUS io_begin(struct io_file *file, OVERLAPPED *overlapped,
                  void (*call)(const struct io_routine *), void *function,
                  struct io_operation **result)
{
    struct io_operation *operation = slab_alloc(&io_slab);

    if (!operation)
        return STATUS_INSUFFICIENT_RESOURCES;
    *result = operation;
    return io__prepare(operation, 0, file, overlapped, call, function);
}

NTSTATUS io_begin_in(struct io_operation *operation, void (*give_back)(struct io_operation *),
                     struct io_file *file, OVERLAPPED *overlapped,
                     void (*call)(const struct io_routine *), void *function)
{
    atomic_store_explicit(&io_give_back, give_back, memory_order_relaxed);
    return io__prepare(operation, IO_POSITIONAL, file, overlapped, call, function);
}

OUT_OF_LINE void io_abandon(struct io_operation *operation)
{
    if (operation->flags & IO_EVENT)
        object_unref(&operation->side->event->object, OBJ_REF_EVENT);
    if (operation->flags & IO_ROUTINE)
        routine__free(operation->side->routine);
    io__free(operation);
}

/* PKT-10: the byte count, the status, the event or the file, then the packet or the routine. */
static void io__publish(struct io_operation *operation, OVERLAPPED *overlapped, NTSTATUS status,
                        uintptr_t information)
{
    struct io_file *file = operation->file;

    overlapped->InternalHigh = information;
    /* Pairs with whoever polls Internal (HasOverlappedIoCompleted): who sees the status sees the
     * bytes and the data. */
    __atomic_store_n(&overlapped->Internal, (uint32_t)status, __ATOMIC_RELEASE);
    if (UNLIKELY(operation->flags & IO_EVENT)) {
        struct dispatcher *event = operation->side->event;
        dispatcher_set(event);
        object_unref(&event->object, OBJ_REF_EVENT);
    } else if (!(operation->flags & IO_ROUTINE) && !io_file_has(file, IO_FILE_SKIP_EVENT)) {
        dispatcher_set(&file->dispatcher);
    }
}

void io_complete(struct io_operation *operation, NTSTATUS status, uintptr_t information,
                 bool at_once)
{
    struct io_file *file = operation->file;
    OVERLAPPED *overlapped = io_overlapped(operation);

    if (at_once) {
        io_at_once.status = status;
        io_at_once.information = information;
    }
    if (!overlapped || (at_once && status_is_error(status))) {
        io_abandon(operation);
        return;
    }
    /* A port that was associated meanwhile counts too (PORT-12). Looked up before the result is
     * published: from then on a program that polls Internal may close the file. */
    struct port *port = atomic_load_explicit(&file->port, memory_order_acquire);
    bool skip =
        operation->flags & IO_NO_PACKET || (at_once && io_file_has(file, IO_FILE_SKIP_PORT));
    bool queued = port && !skip && !(operation->flags & IO_ROUTINE);
    bool announced = UNLIKELY(operation->flags & IO_EVENT) && queued; /* PKT-16 */
    if (announced)
        port_announce(port);
    io__publish(operation, overlapped, status, information);
    if (UNLIKELY(operation->flags & IO_ROUTINE)) {
        struct io_routine *routine = operation->side->routine;
        routine->status = status;
        routine->information = information;
        if (!apc_queue(routine->thread, &routine->apc))
            routine__free(routine);
    } else if (queued) {
        void *shown = overlapped;
        if (UNLIKELY(operation->flags & IO_CONTEXT))
            shown = operation->side->context;
        operation->packet = (struct packet){.key = file->key,
                                            .overlapped = shown,
                                            .information = information,
                                            .status = status,
                                            .owner = PACKET_OPERATION};
        port_insert(port, &operation->packet, true);
        if (announced)
            port_announced(port);
        return;
    }
    io__free(operation);
}

NTSTATUS io_start(struct io_operation *operation, enum engine_lane_index lane,
                  uintptr_t *information)
{
    long result;

    if (!engine_start(&operation->file->engine, lane, &operation->request, &result))
        return STATUS_PENDING;
    *information = io_at_once.information;
    return io_at_once.status;
}

void io_continue(struct io_operation *operation, struct io_file *file, enum engine_lane_index lane)
{
    long result;

    ASSERT(operation->request.flags & ENGINE_MUST_PEND);
    /* The request may end in the call, and with it the last that keeps the file: closed meanwhile,
     * the file would go while its lane is locked. */
    object_ref(file_object(file), OBJ_REF_CALL);
    engine_start(&file->engine, lane, &operation->request, &result);
    object_unref(file_object(file), OBJ_REF_CALL);
}

void io_file_start(struct io_file *file, struct engine_request *request,
                   enum engine_lane_index lane)
{
    long result;

    ASSERT(request->foreign);
    engine_start(&file->engine, lane, request, &result);
}

void io_prepare_accept(void)
{
    engine_prepare_accept();
}

bool io_engine_lingers(void)
{
    return engine_lingers();
}

void io_file_close(struct io_file *file, int error)
{
    engine_close(&file->engine, error);
}

void io_file_renew(struct io_file *file, bool out_held)
{
    engine_file_renew(&file->engine, out_held);
}

void io_file_drain_in(struct io_file *file)
{
    engine_file_drain_in(&file->engine);
}

bool io_file_is_polled(struct io_file *file)
{
    struct port *port = atomic_load_explicit(&file->port, memory_order_acquire);

    return port && port_is_polled(port);
}

bool io_file_try(struct io_file *file, enum engine_lane_index lane)
{
    if (io_file_is_polled(file))
        return false;
    engine_file_try(&file->engine, lane);
    return true;
}

void io_set_own(engine_own_attempt *in, engine_own_attempt *out)
{
    engine_set_own(in, out);
}

bool io_file_busy(struct io_file *file, enum engine_lane_index lane)
{
    return engine_busy(&file->engine, lane);
}

unsigned io_file_cancel(struct io_file *file, bool (*match)(struct engine_request *, void *),
                        void *context)
{
    return engine_cancel(&file->engine, match, context);
}

struct io_match {
    OVERLAPPED *overlapped;
    uint32_t thread;
};

static bool io__matches(struct engine_request *request, void *context)
{
    const struct io_match *wanted = context;
    const struct io_operation *operation = io_of(request);

    return io_may_cancel(request) &&
           (!wanted->overlapped || io_overlapped(operation) == wanted->overlapped) &&
           (!wanted->thread || operation->thread == wanted->thread);
}

unsigned io_cancel_matching(struct io_file *file, bool (*match)(struct engine_request *, void *),
                            void *context)
{
    const struct io_ops *ops = file_object(file)->ops->io;
    unsigned cancelled = engine_cancel(&file->engine, match, context);

    return cancelled + (ops->cancel ? ops->cancel(file, match, context) : 0);
}

NTSTATUS io_cancel(struct io_file *file, OVERLAPPED *overlapped, uint32_t thread)
{
    struct io_match wanted = {.overlapped = overlapped, .thread = thread};

    return io_cancel_matching(file, io__matches, &wanted) ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}
