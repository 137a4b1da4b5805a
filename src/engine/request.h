/* SPDX-License-Identifier: MIT
 *
 * What an engine is asked to do. As small as it can be: most pending operations are one of these
 * and little more (io/operation.h).
 */
#ifndef ENGINE_REQUEST_H
#define ENGINE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

enum engine_kind {
    ENGINE_RECEIVE,  /* into data/length or vector/count */
    ENGINE_READABLE, /* a receive of nothing: waits until there is something, takes nothing */
    ENGINE_SEND,     /* all of it */
    ENGINE_ACCEPT,   /* takes the place of descriptor `length`; the peer's name goes to data (NULL:
                        nowhere), which has room for `moved` bytes, its length then; result 0 */
    ENGINE_POLL_IN,  /* waits until an accept would succeed, takes nothing */
    ENGINE_CONNECT,  /* address in vector[0], then data to send in vector[1] */
    ENGINE_SHUTDOWN, /* ends the outgoing direction once everything before it is sent */
    ENGINE_TRANSMIT, /* all of `count` pieces at data: see engine/transmit.h */
    ENGINE_OWN_IN,   /* tried as the kind of file says: see engine/own.h */
    ENGINE_OWN_OUT,
    ENGINE_KINDS
};

enum engine_request_flags {
    ENGINE_MUST_PEND = 1,   /* never report the request finished from engine_start */
    ENGINE_WAIT_ALL = 2,    /* a receive that ends with its buffers full, at the end or in error */
    ENGINE_IN_KERNEL = 4,   /* the engine's own: it holds it (the fake one does) */
    ENGINE_CANCELLED = 8,   /* the engine's own: a cancel was asked for */
    ENGINE_CONNECTING = 16, /* the engine's own: connect has begun */
    ENGINE_KEEP_PLACE = 64, /* an accept's result, if not 0: the place's old file, in passing */
    ENGINE_MESSAGES = 32,   /* datagrams: a short receive does not mean that no more is there */
    ENGINE_HARDENED = 128,  /* a receive of datagrams that hears nothing of refused sends */
};

#define ENGINE_HEADER UINT16_MAX /* as count: data is a struct msghdr; engines see a vector */
#define ENGINE_LENGTH_MOST ((UINT64_C(1) << 40) - 1) /* of a request */
struct engine_request {
    struct engine_request *next; /* the lane's ring */
    /* result: bytes, a descriptor, or a negative errno; -ECANCELED after engine_cancel, the close
     * error after engine_close. at_once: called inside engine_start, which reports it as well. */
    void (*done)(struct engine_request *request, long result, bool at_once);
    union {
        void *data;
        struct iovec *vector;
    };
    uint32_t length; /* of data; low word: see engine_length */
    uint32_t moved;  /* bytes so far, of requests that need all; likewise */
    uint8_t length_high, moved_high;
    uint16_t count;        /* of vector; 0: data is one buffer; or ENGINE_HEADER */
    uint8_t message_flags; /* MSG_* of the system */
    uint8_t kind, flags;
    uint8_t foreign; /* no operation of io/'s; engines do not look at it */
};

/* One buffer is no longer than a low word, several or a file may be. */
static inline size_t engine_length(const struct engine_request *request)
{
    return (size_t)request->length_high << 32 | request->length;
}

static inline void engine_set_length(struct engine_request *request, size_t length)
{
    request->length = (uint32_t)length;
    request->length_high = (uint8_t)(length >> 32);
}

static inline size_t engine_moved(const struct engine_request *request)
{
    return (size_t)request->moved_high << 32 | request->moved;
}

static inline void engine_set_moved(struct engine_request *request, size_t moved)
{
    request->moved = (uint32_t)moved;
    request->moved_high = (uint8_t)(moved >> 32);
}

#endif
