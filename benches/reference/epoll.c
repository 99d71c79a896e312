// Many streams: epoll, level-triggered, one read and one write for each connection that is ready.
//
// All connections of a side share its buffers. What a read leaves of a frame that is not whole waits with
// its connection.
#include "frames.h"
#include "sides.h"
#include "sockets.h"
#include "transfer.h"
#include "window.h"
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>

enum { ROOM = 256 << 10, EVENTS = 1024 };

static char in[ROOM], out[ROOM];

struct connection {
    int socket;
    size_t have; // bytes in `rest`
    char *rest;
};

// All connections, each with room for a frame, and watched.
struct connections {
    int epoll;
    size_t frame; // bytes of a frame, header included
    struct connection *each;
    struct epoll_event ready[EVENTS];
};

static struct connections *make_connections(const struct options *options) {
    struct connections *all = malloc(sizeof *all);
    size_t number = (size_t)options->connections, frame = HEADER + (size_t)options->payload;
    char *rests = malloc(number * frame);
    if (all == NULL || rests == NULL)
        err(1, "malloc");
    *all = (struct connections){.epoll = epoll_create1(0), .frame = frame};
    all->each = calloc(number, sizeof *all->each);
    if (all->epoll < 0 || all->each == NULL)
        err(1, "epoll_create1");
    for (size_t at = 0; at < number; at++)
        all->each[at].rest = rests + at * frame;
    return all;
}

static void watch(struct connections *all, int at, int socket) {
    all->each[at].socket = socket;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all->each[at]};
    if (epoll_ctl(all->epoll, EPOLL_CTL_ADD, socket, &event) != 0)
        err(1, "epoll_ctl");
}

static int wait_for_some(struct connections *all) {
    int ready;
    do
        ready = epoll_wait(all->epoll, all->ready, EVENTS, -1);
    while (ready < 0 && errno == EINTR);
    if (ready < 0)
        err(1, "epoll_wait");
    return ready;
}

// One read, behind what was left; how many bytes stand in `in`.
static size_t read_some(struct connection *one) {
    memcpy(in, one->rest, one->have);
    return one->have + receive(one->socket, in + one->have, ROOM - one->have, false);
}

// The first `used` bytes of `have` were frames; the rest is less than one.
static void keep(struct connection *one, size_t used, size_t have) {
    one->have = have - used;
    memcpy(one->rest, in + used, one->have);
}

static void serve(int listener, const struct options *options) {
    struct connections *all = make_connections(options);
    for (int at = 0; at < options->connections; at++)
        watch(all, at, accept_from(listener));
    for (;;) {
        int ready = wait_for_some(all);
        for (int at = 0; at < ready; at++) {
            struct connection *one = all->ready[at].data.ptr;
            size_t have = read_some(one), used = 0, length;
            while ((length = whole_frame(in + used, have - used, all->frame)) != 0) {
                memcpy(out + used, in + used, length);
                used += length;
            }
            send_all(one->socket, out, used);
            keep(one, used, have);
        }
    }
}

static double drive(struct connections *all, const struct options *options) {
    const char *frames = equal_frames((size_t)options->in_flight, (size_t)options->payload);
    for (int at = 0; at < options->connections; at++)
        send_all(all->each[at].socket, frames, (size_t)options->in_flight * all->frame);
    // Nobody is answered before all are accepted: that is no part of the warm-up.
    wait_for_some(all);
    struct window window = begin_window(options);
    unsigned long answered;
    do {
        answered = 0;
        int ready = wait_for_some(all);
        for (int at = 0; at < ready; at++) {
            struct connection *one = all->ready[at].data.ptr;
            size_t have = read_some(one), used = 0, length;
            for (; (length = whole_frame(in + used, have - used, all->frame)) != 0; answered++) {
                if (length != all->frame)
                    errx(1, "an answer of %zu bytes, not %zu", length, all->frame);
                used += length;
            }
            send_all(one->socket, frames, used);
            keep(one, used, have);
        }
    } while (count(&window, answered));
    return window.rate;
}

static void allow_open_files(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        err(1, "getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        err(1, "setrlimit");
}

int main(int words, char **word) {
    struct options options = read_options(words, word);
    if (options.spin)
        errx(1, "this loop sleeps while it waits");
    allow_open_files();
    struct address address;
    int listener = open_socket(&options, SOCK_STREAM, &address);
    pid_t server = start_server(serve, listener, &options);
    struct connections *all = make_connections(&options);
    size_t in_flight = (size_t)options.in_flight * all->frame;
    for (int at = 0; at < options.connections; at++)
        watch(all, at, connect_to(&address, SOCK_STREAM, in_flight));
    printf("%.1f\n", drive(all, &options));
    stop_server(server);
    return 0;
}
