/* SPDX-License-Identifier: MIT
 *
 * Reserve objects: a packet's memory, set aside by a program that may later not fail to post.
 * A reserve whose handle is closed while its packet is queued stays until the packet is taken.
 * Takes no lock of its own.
 */
#include "port/wait_packet.h"
#include "status/codes.h"

#include "base/slab.h"

struct reserve {
    struct object object;
    _Atomic bool used; /* the packet is a port's, and holds a reference */
    struct packet packet;
};

static struct slab reserve_slab = {.size = sizeof(struct reserve), .index = SLAB_RESERVE};

static void reserve__release(struct packet *packet)
{
    struct reserve *reserve = CONTAINER_OF(packet, struct reserve, packet);

    atomic_store_explicit(&reserve->used, false, memory_order_release);
    object_unref(&reserve->object, OBJ_REF_OPERATION);
}

NTSTATUS reserve_post(struct reserve *reserve, struct port *port, const struct port_entry *values)
{
    if (atomic_exchange_explicit(&reserve->used, true, memory_order_acquire))
        return STATUS_INVALID_PARAMETER_2;
    object_ref(&reserve->object, OBJ_REF_OPERATION);
    reserve->packet = (struct packet){.key = values->key,
                                      .overlapped = values->overlapped,
                                      .information = values->information,
                                      .status = values->status,
                                      .owner = PACKET_RESERVE};
    port_insert(port, &reserve->packet, false);
    return STATUS_SUCCESS;
}

static void reserve__destroy(struct object *object)
{
    slab_free(&reserve_slab, object);
}

const struct object_ops reserve_ops = {.kind = "reserve", .destroy = reserve__destroy};

struct reserve *reserve_create(void)
{
    struct reserve *reserve = slab_alloc(&reserve_slab);

    if (!reserve)
        return NULL;
    port_set_packet_release(PACKET_RESERVE, reserve__release);
    atomic_store_explicit(&reserve->used, false, memory_order_relaxed);
    object_init(&reserve->object, &reserve_ops, OBJ_REF_CALL);
    return reserve;
}
