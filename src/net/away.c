/* SPDX-License-Identifier: MIT
 *
 * The list and how its operations are cancelled. Locks: the list is home's file.lock's, a leaf;
 * cancelling collects what it finds before it takes a lane.
 */
#include "net/away.h"

void away_begin(struct socket *home, struct socket_away *away)
{
    socket_set(home, SOCKET_HAS_AWAY);
    lock_take(&home->file.lock);
    list_push_back(&socket_has_extra(home)->away, &away->link);
    lock_drop(&home->file.lock);
}

void away_end(struct socket *home, struct socket_away *away)
{
    lock_take(&home->file.lock);
    list_remove(&away->link);
    lock_drop(&home->file.lock);
}

/* The next socket on the list whose operation was not picked before; referenced. Those that are
 * about to be started are marked, and counted: away_started ends them. */
static struct socket *away__pick(struct socket *home,
                                 bool (*match)(struct engine_request *, void *), void *context,
                                 unsigned *marked)
{
    struct socket *picked = NULL;

    lock_take(&home->file.lock);
    LIST_FOR_EACH(link, &socket_has_extra(home)->away)
    {
        struct socket_away *away = LIST_ELEMENT(link, struct socket_away, link);
        if (away->asked || (match && !match(&away->operation->request, context)))
            continue;
        away->asked = true;
        if (!away->started) {
            ++*marked;
            continue;
        }
        picked = away->elsewhere;
        object_ref(&picked->file.dispatcher.object, OBJ_REF_CALL);
        break;
    }
    lock_drop(&home->file.lock);
    return picked;
}

static bool away__is_of(struct engine_request *request, void *home)
{
    return io_of(request)->file == home;
}

unsigned socket_cancel_away(struct io_file *file, bool (*match)(struct engine_request *, void *),
                            void *context)
{
    struct socket *home = (struct socket *)file;
    unsigned cancelled = 0;
    struct socket *elsewhere;

    if (!socket_has(home, SOCKET_HAS_AWAY))
        return 0;
    while ((elsewhere = away__pick(home, match, context, &cancelled))) {
        /* Only one operation of home's can be there, so it is the one. It may have ended in the
         * meantime, or the kernel may take a while to give it back: either way it is picked once,
         * and the search goes on. */
        cancelled += io_file_cancel(&elsewhere->file, away__is_of, file);
        socket_unref(elsewhere);
    }
    return cancelled;
}

void away_started(struct socket *home, const struct socket_away *away, struct socket *elsewhere)
{
    bool end = false;

    lock_take(&home->file.lock);
    LIST_FOR_EACH(link, &socket_has_extra(home)->away)
    {
        struct socket_away *one = LIST_ELEMENT(link, struct socket_away, link);
        if (one == away) {
            one->started = true;
            end = one->asked || socket_has(home, SOCKET_CLOSED);
        }
    }
    lock_drop(&home->file.lock);
    if (end)
        io_file_cancel(&elsewhere->file, away__is_of, home);
}

unsigned socket_pending_away(struct io_file *file)
{
    struct socket *home = (struct socket *)file;
    unsigned count = 0;

    if (!socket_has(home, SOCKET_HAS_AWAY))
        return 0;
    lock_take(&home->file.lock);
    LIST_FOR_EACH(link, &socket_has_extra(home)->away)
    {
        count++;
    }
    lock_drop(&home->file.lock);
    return count;
}
