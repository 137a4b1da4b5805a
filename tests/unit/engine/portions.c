/* SPDX-License-Identifier: MIT
 *
 * A poll works off no more notices than it was told to, and leaves none of the others behind.
 */
#include "unit/engine/rig.h"

enum { FILES = 24, PORTION = 5 };

static struct rig_file *files[FILES];
static struct rig_request requests[FILES];
static char bytes[FILES];
static int peers[FILES];

static int ended(void)
{
    int count = 0;

    for (int index = 0; index < FILES; index++)
        count += rig_ended(&requests[index]);
    return count;
}

static void make(struct engine_source *source)
{
    for (int index = 0; index < FILES; index++) {
        int pair[2];
        rig_pair(pair);
        files[index] = rig_file(pair[0], source);
        peers[index] = pair[1];
        rig_receive(files[index], &requests[index], &bytes[index], 1);
    }
    /* What arming made ready is taken out: connected sockets may be reported as writable. */
    for (int turn = 0; turn < FILES; turn++)
        engine_source_poll(source, 0, UINT32_MAX);
    EXPECT_EQUAL(ended(), 0);
}

int main(int count, char **arguments)
{
    int64_t deadline = clock_now() + RIG_PATIENCE;
    int before = 0, polls = 0;

    if (!rig_begin(count, arguments))
        return expect_report();
    struct engine_source *source = rig_source();
    make(source);
    for (int index = 0; index < FILES; index++)
        EXPECT_EQUAL(send(peers[index], "x", 1, 0), 1);
    while (before < FILES && clock_now() < deadline) {
        engine_source_poll(source, 0, PORTION);
        int now = ended();
        EXPECT(now - before <= PORTION);
        polls += now != before;
        before = now;
    }
    EXPECT_EQUAL(before, FILES);
    EXPECT(polls >= (FILES + PORTION - 1) / PORTION);
    for (int index = 0; index < FILES; index++) {
        EXPECT_EQUAL(bytes[index], 'x');
        rig_release(files[index]);
        close(peers[index]);
    }
    engine_source_destroy(source);
    rig_end();
    return expect_report();
}
