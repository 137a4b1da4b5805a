/* SPDX-License-Identifier: MIT
 *
 * Blocks out of spans. A small block is a piece of a span that holds pieces of one size class; a
 * large one is a span of its own, which goes back to the kernel when the block is freed.
 *
 * A span's pieces are described by one 16-bit word each, kept outside of the span: for a live
 * piece how many bytes its owner did not ask for, for a free one PIECE_FREE and the number of the
 * next free one. So nothing the program writes through a stale pointer can lead the heap astray.
 *
 * Locks: heap->lock guards a heap and its spans; heap__headers_lock, inside it, the free span
 * headers. A header is never given back to the C library: a pointer that is looked up while its
 * span goes away (in a program that frees it twice) reads a header, if not the right one.
 */
#include "mem/mem.h"

#include "base/check.h"
#include "base/fault.h"
#include "mem/place.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SMALL_STEP                                                                                 \
    MEM_ALIGNMENT /* classes of 16, 32 ... 128 bytes, then four for each doubling                  \
                   */
#define SMALL_LAST 128u
#define SMALL_CLASSES (SMALL_LAST / SMALL_STEP)
#define CLASSES_PER_DOUBLING 4u
#define LARGEST_PIECE 32768u
/* Pieces up to this size come from spans of one unit, larger ones from spans of four, so that the
 * rest of a span that makes no piece stays small. */
#define UNIT_PIECE 4096u

#define PIECE_FREE 0x8000u
#define PIECE_NONE 0x7FFFu
#define NO_CLASS UINT32_MAX

struct mem_span {
    struct list all;                 /* heap->spans, or the free headers */
    struct list open;                /* heap->open[class] while there is a free piece */
    _Atomic(struct mem_heap *) heap; /* NULL: a free header */
    char *start;
    size_t bytes;
    uint32_t class; /* NO_CLASS: one large block of `size` */
    size_t size;    /* of a piece, or of the large block as asked for */
    uint32_t pieces;
    uint32_t live;
    uint32_t fresh; /* pieces from here on were never handed out: they are still zero */
    uint32_t free;  /* first free piece below `fresh`, or PIECE_NONE */
    uint16_t *words;
};

static struct lock heap__headers_lock;
static struct list heap__headers = {&heap__headers, &heap__headers};

static uint32_t heap__class_of(size_t size)
{
    if (size <= SMALL_LAST)
        return size == 0 ? 0 : (uint32_t)((size - 1) / SMALL_STEP);
    /* size - 1 has its top bit at 7 + n in the n-th doubling after 128; the two bits below that
     * say which of its four classes. */
    uint32_t last = (uint32_t)size - 1;
    uint32_t top = 31 - (uint32_t)__builtin_clz(last);
    uint32_t quarter = (last >> (top - 2)) & 3;
    return SMALL_CLASSES + (top - 7) * CLASSES_PER_DOUBLING + quarter;
}

static size_t heap__class_size(uint32_t class)
{
    if (class < SMALL_CLASSES)
        return (class + 1) * (size_t)SMALL_STEP;
    uint32_t doubling = (class - SMALL_CLASSES) / CLASSES_PER_DOUBLING;
    uint32_t quarter = (class - SMALL_CLASSES) % CLASSES_PER_DOUBLING;
    return ((size_t)SMALL_LAST << doubling) / 4 * (5 + quarter);
}
_Static_assert(SMALL_CLASSES + 8 * CLASSES_PER_DOUBLING == MEM_CLASSES,
               "from 128 bytes to 32 KiB there are eight doublings");

static void heap__prepare(struct mem_heap *heap)
{
    if (heap->ready)
        return;
    for (int class = 0; class < MEM_CLASSES; class ++)
        list_init(&heap->open[class]);
    list_init(&heap->spans);
    heap->ready = true;
}

static struct mem_span *heap__new_header(void)
{
    struct mem_span *span = NULL;
    lock_take(&heap__headers_lock);
    if (!list_empty(&heap__headers)) {
        span = LIST_ELEMENT(heap__headers.next, struct mem_span, all);
        list_remove(&span->all);
    }
    lock_drop(&heap__headers_lock);
    return span ? span : fault_calloc(1, sizeof *span);
}

static void heap__drop_header(struct mem_span *span)
{
    atomic_store(&span->heap, NULL);
    free(span->words);
    span->words = NULL;
    lock_take(&heap__headers_lock);
    list_push_front(&heap__headers, &span->all);
    lock_drop(&heap__headers_lock);
}

/* A span without a block yet; NULL when memory is short. */
static struct mem_span *heap__new_span(struct mem_heap *heap, uint32_t class, size_t size,
                                       size_t bytes)
{
    lock_assert_held(&heap->lock);
    struct mem_span *span = heap__new_header();
    if (!span)
        return NULL;
    span->class = class;
    span->size = size;
    span->bytes = bytes;
    span->live = span->fresh = 0;
    span->free = PIECE_NONE;
    span->pieces = class == NO_CLASS ? 1 : (uint32_t)(bytes / size);
    span->words = NULL;
    if (class != NO_CLASS && !(span->words = fault_calloc(span->pieces, sizeof *span->words)))
        goto no_words;
    span->start = place_take(bytes, span);
    if (!span->start)
        goto no_place;
    atomic_store(&span->heap, heap);
    list_push_back(&heap->spans, &span->all);
    return span;

no_place:
no_words:
    heap__drop_header(span);
    return NULL;
}

static void heap__end_span(struct mem_heap *heap, struct mem_span *span)
{
    lock_assert_held(&heap->lock);
    list_remove(&span->all);
    if (span->class != NO_CLASS && list_linked(&span->open))
        list_remove(&span->open);
    place_give(span->start, span->bytes);
    heap__drop_header(span);
}

static struct mem_span *heap__span_with_room(struct mem_heap *heap, uint32_t class)
{
    struct list *open = &heap->open[class];
    if (!list_empty(open))
        return LIST_ELEMENT(open->next, struct mem_span, open);
    size_t size = heap__class_size(class);
    struct mem_span *span = heap->spare[class];
    heap->spare[class] = NULL;
    if (!span)
        span = heap__new_span(heap, class, size, size <= UNIT_PIECE ? PLACE_UNIT : 4 * PLACE_UNIT);
    if (span)
        list_push_front(open, &span->open);
    return span;
}

static void *heap__take_piece(struct mem_heap *heap, size_t size, bool zero)
{
    struct mem_span *span = heap__span_with_room(heap, heap__class_of(size));
    if (!span)
        return NULL;
    uint32_t piece = span->free;
    bool fresh = piece == PIECE_NONE;
    if (fresh)
        piece = span->fresh++;
    else
        span->free = span->words[piece] & ~PIECE_FREE;
    span->words[piece] = (uint16_t)(span->size - size);
    if (++span->live == span->pieces)
        list_remove(&span->open);
    char *block = span->start + piece * span->size;
    if (zero && !fresh)
        memset(block, 0, size);
    return block;
}

static void *heap__take_large(struct mem_heap *heap, size_t size)
{
    struct mem_span *span = heap__new_span(heap, NO_CLASS, size, size);
    if (!span)
        return NULL;
    span->live = 1;
    return span->start;
}

/* Which span and piece a pointer is the start of; false if it is no live block of this heap. */
static bool heap__find(struct mem_heap *heap, const void *block, struct mem_span **found,
                       uint32_t *piece)
{
    lock_assert_held(&heap->lock);
    struct mem_span *span = place_owner(block);
    if (!span || atomic_load(&span->heap) != heap)
        return false;
    size_t offset = (size_t)((const char *)block - span->start);
    *found = span;
    *piece = 0;
    if (span->class == NO_CLASS)
        return offset == 0;
    *piece = (uint32_t)(offset / span->size);
    return offset % span->size == 0 && *piece < span->fresh && !(span->words[*piece] & PIECE_FREE);
}

static size_t heap__size(const struct mem_span *span, uint32_t piece)
{
    return span->class == NO_CLASS ? span->size : span->size - span->words[piece];
}

static void heap__give_piece(struct mem_heap *heap, struct mem_span *span, uint32_t piece)
{
    span->words[piece] = (uint16_t)(PIECE_FREE | span->free);
    span->free = piece;
    if (span->live-- == span->pieces)
        list_push_front(&heap->open[span->class], &span->open);
    if (span->live > 0)
        return;
    if (heap->spare[span->class]) {
        heap__end_span(heap, span);
        return;
    }
    list_remove(&span->open);
    heap->spare[span->class] = span;
}

void *mem_alloc(struct mem_heap *heap, size_t size, bool zero)
{
    void *block = NULL;
    if (size > SIZE_MAX / 4)
        return NULL;
    lock_take(&heap->lock);
    heap__prepare(heap);
    if (heap->limit && size > heap->limit - heap->used)
        block = NULL;
    else if (size > LARGEST_PIECE)
        block = heap__take_large(heap, size);
    else
        block = heap__take_piece(heap, size, zero);
    if (block)
        heap->used += size;
    lock_drop(&heap->lock);
    return block;
}

bool mem_free(struct mem_heap *heap, void *block)
{
    struct mem_span *span = NULL;
    uint32_t piece = 0;
    lock_take(&heap->lock);
    bool found = heap__find(heap, block, &span, &piece);
    if (found) {
        heap->used -= heap__size(span, piece);
        if (span->class == NO_CLASS)
            heap__end_span(heap, span);
        else
            heap__give_piece(heap, span, piece);
    }
    lock_drop(&heap->lock);
    return found;
}

/* Changes the size within the piece or the pages that the block has. False if it does not fit, or
 * if the block fits so loosely that it had better move to a smaller place and is allowed to. */
static bool heap__resize_here(struct mem_heap *heap, struct mem_span *span, uint32_t piece,
                              size_t size, bool must_stay)
{
    size_t old = heap__size(span, piece);
    size_t room = span->class == NO_CLASS ? span->bytes : span->size;
    if (heap->limit && size > old && size - old > heap->limit - heap->used)
        return false;
    if (size > room || (size < room / 2 && room > MEM_ALIGNMENT && !must_stay))
        return false;
    if (span->class == NO_CLASS)
        span->size = size;
    else
        span->words[piece] = (uint16_t)(span->size - size);
    heap->used += size - old;
    return true;
}

void *mem_resize(struct mem_heap *heap, void *block, size_t size, unsigned how)
{
    struct mem_span *span = NULL;
    uint32_t piece = 0;
    size_t old = 0;
    lock_take(&heap->lock);
    bool found = heap__find(heap, block, &span, &piece);
    bool here = false;
    if (found) {
        old = heap__size(span, piece);
        here = heap__resize_here(heap, span, piece, size, (how & MEM_IN_PLACE) != 0);
    }
    lock_drop(&heap->lock);
    if (here && (how & MEM_ZERO_GROWTH) && size > old)
        memset((char *)block + old, 0, size - old);
    if (!found || here || (how & MEM_IN_PLACE))
        return here ? block : NULL;
    void *moved = mem_alloc(heap, size, (how & MEM_ZERO_GROWTH) != 0);
    if (!moved)
        return NULL;
    memcpy(moved, block, old < size ? old : size);
    mem_free(heap, block);
    return moved;
}

bool mem_query(const void *block, struct mem_block_info *info)
{
    struct mem_span *span = place_owner(block);
    struct mem_heap *heap = span ? atomic_load(&span->heap) : NULL;
    uint32_t piece = 0;
    if (!heap)
        return false;
    lock_take(&heap->lock);
    bool found = heap__find(heap, block, &span, &piece);
    if (found)
        *info = (struct mem_block_info){.heap = heap, .size = heap__size(span, piece)};
    lock_drop(&heap->lock);
    return found;
}

void mem_clear(struct mem_heap *heap)
{
    lock_take(&heap->lock);
    heap__prepare(heap);
    while (!list_empty(&heap->spans))
        heap__end_span(heap, LIST_ELEMENT(heap->spans.next, struct mem_span, all));
    memset(heap->spare, 0, sizeof heap->spare);
    heap->used = 0;
    lock_drop(&heap->lock);
}
