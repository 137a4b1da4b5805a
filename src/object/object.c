/* SPDX-License-Identifier: MIT
 *
 * References on objects that may be gone, and the counts of a debug build.
 */
#include "object/object.h"

#ifndef NDEBUG
_Atomic long object_reference_count[OBJ_REF_REASONS];
#endif

bool object_try_ref(struct object *object, enum object_reason reason)
{
    /* Acquire: who was told of the object by the system (a notice's pointer) has nothing else that
     * orders this look behind the making of the memory it lies in. */
    uint32_t references = atomic_load_explicit(&object->references, memory_order_acquire);
    while (references != 0)
        if (atomic_compare_exchange_weak_explicit(&object->references, &references, references + 1,
                                                  memory_order_acquire, memory_order_relaxed)) {
            OBJECT_COUNT(reason, 1);
            return true;
        }
    return false;
}
