// One stream, and every byte of every message is compared with what has to be there, at both ends.
//
// Messages are slices of one seeded pattern, which both sides make for themselves. Nothing is copied but
// by the kernel: the client writes the slices from where they are, the server its answers from where it
// has read.
#include "frames.h"
#include "sides.h"
#include "sockets.h"
#include "transfer.h"
#include "window.h"
#include <stdio.h>
#include <sys/uio.h>

enum {
    ROOM = 256 << 10,
    STARTS = 128, // messages differ in where they begin
    STEP = 64,    // by a line of the cache
    SEED = 42,
    MOST_IN_FLIGHT = 512, // two pieces each: as many as a call takes
};

static char in[ROOM];

static char *make_pattern(const struct options *options) {
    size_t length = STARTS * STEP + (size_t)options->payload;
    char *pattern = malloc(length);
    if (pattern == NULL)
        err(1, "malloc");
    uint64_t state = SEED;
    for (size_t at = 0; at < length; at++) {
        // Knuth's linear congruential generator; its upper bits are the random ones.
        state = state * 6364136223846793005u + 1442695040888963407u;
        pattern[at] = (char)(state >> 56);
    }
    return pattern;
}

static inline const char *payload_of(const char *pattern, unsigned long message) {
    return pattern + message % STARTS * STEP;
}

// Compares the whole frames of `have` bytes with the messages from `*next` on; returns how many bytes
// they are.
static size_t compare(size_t have, const char *pattern, size_t payload, unsigned long *next) {
    size_t used = 0, length;
    while ((length = whole_frame(in + used, have - used, HEADER + payload)) != 0) {
        if (length != HEADER + payload)
            errx(1, "a message of %zu bytes, not %zu", length - HEADER, payload);
        if (memcmp(in + used + HEADER, payload_of(pattern, *next), payload) != 0)
            errx(1, "message %lu has other bytes", *next);
        ++*next;
        used += length;
    }
    return used;
}

static void serve(int listener, const struct options *options) {
    int socket = accept_from(listener);
    const char *pattern = make_pattern(options);
    size_t have = 0;
    unsigned long next = 0;
    for (;;) {
        have += receive(socket, in + have, ROOM - have, options->spin);
        size_t used = compare(have, pattern, (size_t)options->payload, &next);
        send_all(socket, in, used);
        have -= used;
        memmove(in, in + used, have);
    }
}

// Writes the messages from `*next` on, in one call.
static void say(int socket, const char *pattern, size_t payload, size_t messages,
                unsigned long *next) {
    static struct iovec pieces[2 * MOST_IN_FLIGHT];
    static char header[HEADER];
    write_header(header, payload);
    for (size_t at = 0; at < messages; at++, ++*next) {
        pieces[2 * at] = (struct iovec){header, HEADER};
        pieces[2 * at + 1] = (struct iovec){(char *)payload_of(pattern, *next), payload};
    }
    size_t first = 0;
    while (first < 2 * messages) {
        ssize_t sent = writev(socket, pieces + first, (int)(2 * messages - first));
        if (sent < 0)
            err(1, "writev");
        // A signal may have come in between.
        size_t left = (size_t)sent;
        while (first < 2 * messages && left >= pieces[first].iov_len)
            left -= pieces[first++].iov_len;
        if (left > 0) {
            pieces[first].iov_base = (char *)pieces[first].iov_base + left;
            pieces[first].iov_len -= left;
        }
    }
}

static double drive(int socket, const struct options *options) {
    const size_t payload = (size_t)options->payload;
    const char *pattern = make_pattern(options);
    unsigned long said = 0, heard = 0, before;
    size_t have = 0;
    struct window window = begin_window(options);
    say(socket, pattern, payload, (size_t)options->in_flight, &said);
    do {
        have += receive(socket, in + have, ROOM - have, options->spin);
        before = heard;
        size_t used = compare(have, pattern, payload, &heard);
        say(socket, pattern, payload, heard - before, &said);
        have -= used;
        memmove(in, in + used, have);
    } while (count(&window, heard - before));
    return window.rate;
}

int main(int words, char **word) {
    struct options options = read_options(words, word);
    if (options.connections != 1 || options.in_flight > MOST_IN_FLIGHT)
        errx(1, "this loop has one connection, and at most %d messages in flight", MOST_IN_FLIGHT);
    struct address address;
    int listener = open_socket(&options, SOCK_STREAM, &address);
    pid_t server = start_server(serve, listener, &options);
    size_t in_flight = (size_t)options.in_flight * (HEADER + (size_t)options.payload);
    printf("%.1f\n", drive(connect_to(&address, SOCK_STREAM, in_flight), &options));
    stop_server(server);
    return 0;
}
