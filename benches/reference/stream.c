// One stream: read what is there, walk its frames, answer each, one write a read.
//
// The server makes its answers in a buffer of their own, as any server does whose answer is not the
// very bytes that it was asked with. The client's messages are all equal, so a window of them is made once.
#include "frames.h"
#include "sides.h"
#include "sockets.h"
#include "transfer.h"
#include "window.h"
#include <stdio.h>

// Bytes of a buffer: more than a socket usually holds.
enum { ROOM = 256 << 10 };

static char in[ROOM], out[ROOM];

static void serve(int listener, const struct options *options) {
    int socket = accept_from(listener);
    size_t have = 0;
    for (;;) {
        have += receive(socket, in + have, ROOM - have, options->spin);
        size_t used = 0, frame;
        while ((frame = whole_frame(in + used, have - used, ROOM)) != 0) {
            memcpy(out + used, in + used, frame);
            used += frame;
        }
        send_all(socket, out, used);
        have -= used;
        memmove(in, in + used, have);
    }
}

static double drive(int socket, const struct options *options) {
    const size_t frame = HEADER + (size_t)options->payload;
    const char *frames = equal_frames((size_t)options->in_flight, (size_t)options->payload);
    size_t have = 0, answered;
    struct window window = begin_window(options);
    send_all(socket, frames, (size_t)options->in_flight * frame);
    do {
        have += receive(socket, in + have, ROOM - have, options->spin);
        size_t used = 0, length;
        for (answered = 0; (length = whole_frame(in + used, have - used, frame)) != 0; answered++) {
            if (length != frame)
                errx(1, "an answer of %zu bytes, not %zu", length, frame);
            used += length;
        }
        send_all(socket, frames, used);
        have -= used;
        memmove(in, in + used, have);
    } while (count(&window, answered));
    return window.rate;
}

int main(int words, char **word) {
    struct options options = read_options(words, word);
    if (options.connections != 1)
        errx(1, "this loop has one connection");
    struct address address;
    int listener = open_socket(&options, SOCK_STREAM, &address);
    pid_t server = start_server(serve, listener, &options);
    size_t in_flight = (size_t)options.in_flight * (HEADER + (size_t)options.payload);
    printf("%.1f\n", drive(connect_to(&address, SOCK_STREAM, in_flight), &options));
    stop_server(server);
    return 0;
}
