/* SPDX-License-Identifier: MIT
 *
 * The protocol of src/port/ as a model for spin: two threads, a limit of one, packets that are
 * posted and completions that are polled, the watchdog and the service thread. What happens under
 * the port's lock is one atomic step; waking, kicking, polling and arming are steps of their own,
 * so everything may come in between. Names are those of the code, without the port__.
 *
 * Checked by assertion: packets leave in their order and once (FIFO); nobody is let out, or takes a
 * packet, over the limit (only a resumed thread goes over it); the newest waiter is let out.
 * Checked as LTL, under weak fairness: every packet is delivered although a thread may block for
 * ever behind the library's back (live), and after the close every thread comes out (closes).
 *
 * Parts, so that each check stays small: -DSOURCE completions, polling and kicks; -DBLOCK waits that
 * the library makes; -DUNSEEN others; -DTIMEOUTS removals that end by themselves; -DCLOSE a close at
 * any time. -DWRONG_x one error, which must be found; see model.sh.
 */
#define T 2 /* threads */
#define LIMIT 1
#ifndef POSTS
#define POSTS 1
#endif
#ifdef SOURCE
#define SOURCE_THERE 1
#define COMPLETIONS 1
#else
#define SOURCE_THERE 0
#define COMPLETIONS 0
#endif
#define N (POSTS + COMPLETIONS)
#define NOBODY T

mtype = { RUNNING, WAITING, PAUSED, BLOCKED };       /* a thread's state in the port */
mtype = { SLEEPING, GIVEN, LOOK, ABANDONED };        /* what a waiter is told */

mtype state[T] = PAUSED;
mtype word[T] = SLEEPING;
bool listed[T], polling[T], kicked[T], suspected[T];
bool asleep[T];  /* in the futex */
bool unseen[T];  /* blocked in a call that the library does not see */
bool ended[T];
byte top;        /* who of the two began to wait last */
byte current, waiting, blocked, kicks;
byte poller = NOBODY;
bool edge, left, armed, settled, closed, removed;

chan queue = [N] of { byte };
chan ready = [1] of { byte };
byte inserted, out, delivered;

hidden byte who, got; /* used inside one atomic step only */

#define newest (listed[top] -> top : 1 - top)

inline set_state(t, s)
{
    if
    :: state[t] == RUNNING -> current--
    :: state[t] == BLOCKED -> blocked--
    :: else
    fi;
    if
    :: s == RUNNING -> current++
    :: s == BLOCKED -> blocked++
    :: else
    fi;
    state[t] = s;
    suspected[t] = false
}

/* wake: whom to wake once the lock is dropped; with wake_poll by a kick. */
inline tell(t, what)
{
    if
    :: what != LOOK ->
        listed[t] = false;
        waiting--;
        if
        :: poller == t -> poller = NOBODY
        :: else
        fi
    :: else
    fi;
    if
    :: polling[t] && !kicked[t] -> kicked[t] = true; kicks++
    :: else
    fi;
    word[t] = what;
    wake = t;
    wake_poll = polling[t]
}

inline leaves_queue(number)
{
    assert(number == out);
    out++;
    removed = true;
    settled = false
}

inline hand_over(number)
{
    who = newest;
    assert(listed[who]);
    leaves_queue(number);
    set_state(who, RUNNING);
    assert(current <= LIMIT);
    tell(who, GIVEN)
}

inline release_one()
{
    if
    :: current < LIMIT && len(queue) && waiting ->
        queue?got;
        hand_over(got)
    :: else
    fi
}

inline let_poll()
{
    if
    :: SOURCE_THERE && waiting && poller == NOBODY && current < LIMIT && !len(queue) ->
        who = newest;
        tell(who, LOOK)
    :: else
    fi
}

/* The step after the lock: the waiter may be anywhere by now. */
inline wake_up()
{
    atomic {
        if
        :: wake == NOBODY
        :: wake != NOBODY && wake_poll -> edge = true
        :: wake != NOBODY && !wake_poll -> asleep[wake] = false
        fi;
        wake = NOBODY;
        wake_poll = false
    }
}

inline pass_kick_on()
{
#ifndef WRONG_KICK
    if
    :: kicks -> edge = true
    :: else
    fi
#else
    skip
#endif
}

inline arm()
{
    atomic {
        armed = armed || unattended;
        unattended = false
    }
}

inline insert(returning)
{
    atomic {
        unattended = waiting > 0;
        if
        :: closed -> unattended = false; inserted++
        :: else ->
            if
            :: waiting && current < LIMIT && !(returning) && !len(queue) ->
                hand_over(inserted);
                inserted++;
                unattended = false
            :: else ->
                queue!inserted;
                inserted++;
                if
                :: !(returning) -> release_one()
                :: else
                fi
            fi
        fi
    }
    wake_up();
    arm()
}

/* Takes what is ready and inserts it. */
inline take_ready(returning)
{
    edge = false;
    do
    :: ready?[_] ->
        ready?_;
        insert(returning)
    :: empty(ready) -> break
    od
}

inline wait()
{
    /* With the lock, until the first of the steps that drop it. */
    word[me] = SLEEPING;
    listed[me] = true;
    waiting++;
    unattended = len(queue) > 0;
    shall_poll = false;
    if
    :: !SOURCE_THERE || len(queue) || current >= LIMIT
    :: SOURCE_THERE && !len(queue) && current < LIMIT && poller != NOBODY ->
        if
        :: settled && top == me && word[poller] == SLEEPING -> who = poller; tell(who, LOOK)
        :: else
        fi
    :: SOURCE_THERE && !len(queue) && current < LIMIT && poller == NOBODY ->
        who = newest;
        if
        :: who == me -> shall_poll = true
        :: else -> tell(who, LOOK)
        fi
    fi;
    if
    :: shall_poll -> left = false; poller = me; polling[me] = true
    :: else
    fi
}

inline poll()
{
    if
    :: edge || len(ready) -> take_ready(true)
    :: patience -> expired = true
    fi;
    atomic {
        polling[me] = false;
        if
        :: kicked[me] -> kicked[me] = false; kicks--
        :: else
        fi;
        if
        :: poller == me -> poller = NOBODY
        :: else
        fi;
        pass_kick_on();
        stop_waiting()
    }
}

inline sleep()
{
    wake_up();
#ifndef WRONG_ARM
    arm();
#endif
    atomic {
        unattended = false;
        if
        :: word[me] == SLEEPING -> asleep[me] = true
        :: else
        fi
    }
    if
    :: !asleep[me]
    :: asleep[me] && patience -> asleep[me] = false; expired = true
    fi;
    atomic { stop_waiting() }
}

inline stop_waiting()
{
    if
    :: word[me] == SLEEPING || word[me] == LOOK -> listed[me] = false; waiting--
    :: else
    fi
}

/* port_remove: success, or expired, or closed. */
inline remove()
{
    atomic {
        set_state(me, WAITING);
        top = me
    }
    do
    :: atomic {
        closed ->
            gone = true;
            break
       }
    :: atomic {
#ifdef WRONG_LIMIT
        !closed && len(queue) ->
#else
        !closed && len(queue) && current < LIMIT ->
#endif
            queue?got;
            leaves_queue(got);
            taken = true;
            assert(current < LIMIT);
            break
       }
    :: atomic {
        !closed && !(len(queue) && current < LIMIT) && expired -> break
       }
    :: atomic {
        !closed && !(len(queue) && current < LIMIT) && !expired ->
            wait()
       }
       if
       :: shall_poll -> poll()
       :: !shall_poll -> sleep()
       fi;
       atomic {
           shall_poll = false;
           if
           :: word[me] == GIVEN -> taken = true; goto have
           :: else
           fi
       }
    od;
    atomic { set_state(me, RUNNING) }
have:
    atomic {
        word[me] = SLEEPING;
        if
        :: taken -> delivered++; assert(delivered <= N)
        :: else
        fi;
        unattended = (SOURCE_THERE && poller == NOBODY && !left) || (len(queue) && waiting);
        taken = false;
        expired = false;
        patience = false
    }
    arm()
}

proctype thread(byte me)
{
    byte wake = NOBODY;
    bool wake_poll, unattended, shall_poll, expired, gone, taken, patience;

again:
#ifdef TIMEOUTS
    if
    :: patience = true
    :: patience = false
    fi;
#endif
    remove();
    if
    :: gone -> goto leaves
    :: else
    fi;
    if
    :: skip
#ifdef BLOCK
    :: atomic { /* a wait that the library makes */
            set_state(me, PAUSED);
#ifndef WRONG_BLOCK
            release_one();
            if
            :: wake == NOBODY -> let_poll()
            :: else
            fi
#endif
       }
       wake_up();
       atomic { set_state(me, RUNNING) }
#endif
#ifdef UNSEEN
    :: unseen[me] = true;
       if
       :: unseen[me] = false
       :: me == 0 && !closed -> ended[me] = true; false /* for ever */
       fi
#endif
    fi;
    goto again;
leaves:
    ended[me] = true
}

proctype poster()
{
    byte wake = NOBODY, i;
    bool wake_poll, unattended;

    do
    :: i < POSTS -> insert(false); i++
    :: i == POSTS -> break
    od
}

proctype device()
{
    byte i;

    do
    :: i < COMPLETIONS -> ready!1; i++
    :: i == COMPLETIONS -> break
    od
}

proctype service()
{
    byte wake = NOBODY;
    bool wake_poll, unattended;

end:
    do
    :: left && (edge || len(ready)) ->
        take_ready(false);
        if
        :: !left -> edge = true
        :: left
        fi
    od
}

/* What a look at a thread found. */
inline found(t)
{
    if
    :: state[t] == BLOCKED && !letter[t] -> set_state(t, RUNNING)
#ifdef WRONG_WATCH
    :: state[t] == RUNNING && letter[t] && suspected[t] -> skip
#else
    :: state[t] == RUNNING && letter[t] && suspected[t] -> set_state(t, BLOCKED)
#endif
    :: else -> suspected[t] = letter[t] && state[t] == RUNNING
    fi
}

inline look_after_source()
{
    if
    :: !SOURCE_THERE || poller != NOBODY || left ->
        settled = !removed;
        if
        :: removed || blocked -> armed = true
        :: else
        fi
    :: SOURCE_THERE && poller == NOBODY && !left && (removed || kicks) -> armed = true
    :: SOURCE_THERE && poller == NOBODY && !left && !removed && !kicks && waiting -> let_poll(); armed = true
    :: SOURCE_THERE && poller == NOBODY && !left && !removed && !kicks && !waiting ->
        if
        :: armed = true; poll_once = true
        :: left = true; armed = armed || blocked
        fi
    fi;
    removed = false
}

proctype watchdog()
{
    byte wake = NOBODY;
    bool wake_poll, unattended, letter[T], poll_once;

end:
    do
    :: atomic { armed -> armed = false; poll_once = false }
       if
       :: atomic { blocked || (len(queue) && waiting && current >= LIMIT) }
            letter[0] = unseen[0] || asleep[0];
            letter[1] = unseen[1] || asleep[1];
            atomic {
                found(0);
                found(1);
                letter[0] = false;
                letter[1] = false;
                release_one()
            }
       :: else
       fi;
       if
       :: wake != NOBODY -> armed = true
       :: else ->
            atomic {
                if
                :: len(queue) && !removed -> release_one()
                :: else
                fi;
                if
                :: wake != NOBODY || (len(queue) && waiting) -> armed = true; removed = false
                :: else -> look_after_source()
                fi
            }
       fi;
       wake_up();
       if
       :: poll_once && (edge || len(ready)) ->
            take_ready(false);
            atomic { pass_kick_on() }
       :: else
       fi
    od
}

#ifdef CLOSE
proctype closer()
{
    byte wake = NOBODY;
    bool wake_poll;

    atomic {
        closed = true;
        do
        :: queue?[_] -> queue?_
        :: empty(queue) -> break
        od;
        /* Waking happens under the lock here. */
        do
        :: waiting ->
            who = newest;
            tell(who, ABANDONED);
            wake_up()
        :: !waiting -> break
        od
    }
}

ltl closes { <> (ended[0] && ended[1]) }
#else
ltl live { <> (delivered == N) }
#endif

init
{
    atomic {
        armed = true;
        run thread(0);
        run thread(1);
        run poster();
#ifdef SOURCE
        run device();
        run service();
#endif
        run watchdog();
#ifdef CLOSE
        run closer()
#endif
    }
}
