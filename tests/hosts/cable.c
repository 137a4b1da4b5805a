/* SPDX-License-Identifier: MIT
 *
 * A cable between two network interfaces: carries frames both ways, late or not at all. A kernel
 * without netem has no other.
 *
 * usage: cable INTERFACE INTERFACE CONTROL
 * CONTROL is a FIFO with lines: "delay MS", "loss PERCENT", "pull", "plug". Prints "ready" once.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FRAME = 1 << 17, QUEUE_MOST = 4096 };

/* A frame on its way; what the kernel says of checksums and segments travels in front of it. */
struct frame {
    struct frame *next;
    double due;
    int to;
    size_t length;
    char bytes[];
};

static int ends[2];
static struct frame *queue_first, **queue_last = &queue_first;
static int queued;
static double delay;
static unsigned loss;
static int pulled;
static uint32_t chance_state = 1;

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static unsigned chance(void)
{
    chance_state = chance_state * 1664525u + 1013904223u;
    return (chance_state >> 8) % 100;
}

static int end_open(const char *name)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                  .sll_protocol = htons(ETH_P_ALL),
                                  .sll_ifindex = (int)if_nametoindex(name)};
    int on = 1, end = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);

    if (end < 0 || setsockopt(end, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) < 0 ||
        bind(end, (struct sockaddr *)&address, sizeof address) < 0) {
        perror(name);
        exit(1);
    }
    return end;
}

static void take(int from)
{
    static char bytes[FRAME];
    struct sockaddr_ll address;
    socklen_t length = sizeof address;
    ssize_t got;

    while ((got = recvfrom(ends[from], bytes, sizeof bytes, 0, (struct sockaddr *)&address,
                           &length)) > 0) {
        if (address.sll_pkttype == PACKET_OUTGOING || pulled || chance() < loss ||
            queued == QUEUE_MOST)
            continue;
        struct frame *frame = malloc(sizeof *frame + (size_t)got);
        if (!frame)
            continue;
        frame->next = NULL;
        frame->due = now() + delay;
        frame->to = 1 - from;
        frame->length = (size_t)got;
        memcpy(frame->bytes, bytes, (size_t)got);
        *queue_last = frame;
        queue_last = &frame->next;
        queued++;
    }
}

/* Hands over what is due; the rest waits. Returns how long for, in milliseconds. */
static int give(void)
{
    while (queue_first) {
        struct frame *frame = queue_first;
        double left = frame->due - now();
        if (left > 0 && !pulled)
            return (int)(left * 1e3) + 1;
        if (!pulled && send(ends[frame->to], frame->bytes, frame->length, 0) < 0 && errno == EAGAIN)
            return 1;
        queue_first = frame->next;
        if (!queue_first)
            queue_last = &queue_first;
        queued--;
        free(frame);
    }
    return -1;
}

static void command(const char *line)
{
    unsigned value = 0;

    if (sscanf(line, "delay %u", &value) == 1)
        delay = value * 1e-3;
    else if (sscanf(line, "loss %u", &value) == 1)
        loss = value;
    else if (strncmp(line, "pull", 4) == 0)
        pulled = 1;
    else if (strncmp(line, "plug", 4) == 0)
        pulled = 0;
}

int main(int count, char **arguments)
{
    char line[128];

    if (count != 4) {
        fprintf(stderr, "usage: cable INTERFACE INTERFACE CONTROL\n");
        return 2;
    }
    for (int i = 0; i < 2; i++)
        ends[i] = end_open(arguments[1 + i]);
    int control = open(arguments[3], O_RDWR | O_NONBLOCK);
    if (control < 0) {
        perror(arguments[3]);
        return 1;
    }
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        struct pollfd polled[3] = {{.fd = ends[0], .events = POLLIN},
                                   {.fd = ends[1], .events = POLLIN},
                                   {.fd = control, .events = POLLIN}};
        poll(polled, 3, give());
        for (int i = 0; i < 2; i++)
            take(i);
        ssize_t got = read(control, line, sizeof line - 1);
        if (got > 0) {
            line[got] = 0;
            for (char *next = line; next && *next; next = strchr(next, '\n'), next += next != NULL)
                command(next);
        }
    }
}
