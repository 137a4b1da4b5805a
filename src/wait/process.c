/* SPDX-License-Identifier: MIT
 *
 * The one process object. It is static: its first reference is never given back.
 */
#include "status/codes.h"
#include "wait/process.h"

static void process__destroy(struct object *object)
{
    (void)object;
    MUST(!"the process object is held by the process");
}

const struct object_ops process_ops = {
    .kind = "process", .waitable = &dispatcher_latch, .destroy = process__destroy};

struct dispatcher process_self = {.object = {.ops = &process_ops, .references = 1}};
