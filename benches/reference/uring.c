// One stream with one message under way, by io_uring: the answer is written and the next message waited for in
// one system call, a send with a receive linked behind it. What it brings over stream.c is all that an instrument
// that takes the same two calls a message could win by io_uring.
//
// The ring is told all that makes it quick here: one thread submits, its completions are worked off when it waits
// (DEFER_TASKRUN, Linux 6.1), the socket and the ring itself are registered, and a send that went well says nothing.
#include "frames.h"
#include "sides.h"
#include "sockets.h"
#include "window.h"
#include <errno.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef IORING_SETUP_DEFER_TASKRUN

enum { ROOM = 64 << 10, ENTRIES = 8 };

static char in[ROOM];

struct ring {
    int registered;
    unsigned *submitted, *submit_mask, *submit_index;
    unsigned *taken, *completed, *complete_mask;
    struct io_uring_sqe *entries;
    struct io_uring_cqe *completions;
};

static void *map(int ring, size_t length, off_t what) {
    void *at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, what);
    if (at == MAP_FAILED)
        err(1, "mmap of a ring");
    return at;
}

static void enlist(int ring, unsigned what, void *argument) {
    if (syscall(SYS_io_uring_register, ring, what, argument, 1) < 0)
        err(1, "io_uring_register");
}

static struct ring open_ring(int socket) {
    struct io_uring_params p = {.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN};
    int ring = (int)syscall(SYS_io_uring_setup, ENTRIES, &p);
    if (ring < 0)
        err(1, "io_uring_setup");
    size_t submissions = p.sq_off.array + p.sq_entries * sizeof(unsigned);
    size_t completions = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
    char *both = map(ring, submissions > completions ? submissions : completions, IORING_OFF_SQ_RING);
    struct io_uring_rsrc_update itself = {.offset = -1U, .data = (unsigned)ring};
    enlist(ring, IORING_REGISTER_FILES, &socket);
    enlist(ring, IORING_REGISTER_RING_FDS, &itself);
    return (struct ring){
        .registered = (int)itself.offset,
        .submitted = (unsigned *)(both + p.sq_off.tail),
        .submit_mask = (unsigned *)(both + p.sq_off.ring_mask),
        .submit_index = (unsigned *)(both + p.sq_off.array),
        .taken = (unsigned *)(both + p.cq_off.head),
        .completed = (unsigned *)(both + p.cq_off.tail),
        .complete_mask = (unsigned *)(both + p.cq_off.ring_mask),
        .entries = map(ring, p.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES),
        .completions = (struct io_uring_cqe *)(both + p.cq_off.cqes),
    };
}

static void submit(struct ring *ring, struct io_uring_sqe entry) {
    unsigned tail = *ring->submitted, index = tail & *ring->submit_mask;
    entry.flags |= IOSQE_FIXED_FILE;
    ring->entries[index] = entry;
    ring->submit_index[index] = index;
    __atomic_store_n(ring->submitted, tail + 1, __ATOMIC_RELEASE);
}

// Writes `length` bytes, if any, and waits for what comes next; returns how many bytes that were.
static size_t send_and_receive(struct ring *ring, const char *bytes, size_t length, size_t room) {
    unsigned entries = 1;
    if (length > 0) {
        submit(ring, (struct io_uring_sqe){
                         .opcode = IORING_OP_SEND,
                         .flags = IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS,
                         .addr = (uintptr_t)bytes,
                         .len = (unsigned)length,
                         .msg_flags = MSG_WAITALL,
                     });
        entries = 2;
    }
    submit(ring, (struct io_uring_sqe){
                     .opcode = IORING_OP_RECV, .addr = (uintptr_t)in, .len = (unsigned)room});
    const unsigned how = IORING_ENTER_GETEVENTS | IORING_ENTER_REGISTERED_RING;
    unsigned taken = *ring->taken;
    while (taken == __atomic_load_n(ring->completed, __ATOMIC_ACQUIRE)) {
        long done = syscall(SYS_io_uring_enter, ring->registered, entries, 1, how, NULL, 0);
        if (done >= 0)
            entries -= (unsigned)done;
        else if (errno != EINTR)
            err(1, "io_uring_enter");
    }
    int count = ring->completions[taken & *ring->complete_mask].res;
    __atomic_store_n(ring->taken, taken + 1, __ATOMIC_RELEASE);
    if (count <= 0)
        errx(1, count == 0 ? "the other side has ended" : "%s", strerror(-count));
    return (size_t)count;
}

// A message of one read, as ping-pong has it.
static size_t exchange(struct ring *ring, const char *bytes, size_t length, size_t frame) {
    size_t have = send_and_receive(ring, bytes, length, ROOM);
    if (whole_frame(in, have, frame) != have)
        errx(1, "%zu bytes in a read, not a frame of %zu", have, frame);
    return have;
}

static void serve(int listener, const struct options *options) {
    static char out[ROOM];
    struct ring ring = open_ring(accept_from(listener));
    for (size_t have = 0;;) {
        have = exchange(&ring, out, have, HEADER + (size_t)options->payload);
        memcpy(out, in, have);
    }
}

static double drive(int socket, const struct options *options) {
    const size_t frame = HEADER + (size_t)options->payload;
    const char *message = equal_frames(1, (size_t)options->payload);
    struct ring ring = open_ring(socket);
    struct window window = begin_window(options);
    do
        exchange(&ring, message, frame, frame);
    while (count(&window, 1));
    return window.rate;
}

int main(int words, char **word) {
    struct options options = read_options(words, word);
    if (options.connections != 1 || options.in_flight != 1 || options.spin || options.payload > 1 << 10)
        errx(1, "this loop has one connection, one small message under way, and sleeps while it waits");
    struct address address;
    int listener = open_socket(&options, SOCK_STREAM, &address);
    pid_t server = start_server(serve, listener, &options);
    size_t in_flight = HEADER + (size_t)options.payload;
    printf("%.1f\n", drive(connect_to(&address, SOCK_STREAM, in_flight), &options));
    stop_server(server);
    return 0;
}

#else

int main(int words, char **word) {
    read_options(words, word);
    errx(1, "this loop was built without io_uring as Linux 6.1 has it: its headers are older");
}

#endif
