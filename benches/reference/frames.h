// Frames as the framing `len32be` has them: a length of 32 bits, big-endian, then the payload.
#pragma once
#include <arpa/inet.h>
#include <err.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER = 4 };

static inline void write_header(char *frame, size_t payload) {
    uint32_t length = htonl((uint32_t)payload);
    memcpy(frame, &length, HEADER);
}

// Length of the frame at `bytes`, header included; 0: it is not whole yet. A frame longer than `most`
// ends the program.
static inline size_t whole_frame(const char *bytes, size_t have, size_t most) {
    if (have < HEADER)
        return 0;
    uint32_t payload;
    memcpy(&payload, bytes, HEADER);
    size_t length = HEADER + (size_t)ntohl(payload);
    if (length > most)
        errx(1, "a frame of %zu bytes, more than %zu", length, most);
    return length <= have ? length : 0;
}

// `count` equal frames one behind the other: a window of them is written in one call.
static inline char *equal_frames(size_t count, size_t payload) {
    size_t frame = HEADER + payload;
    char *frames = malloc(count * frame);
    if (frames == NULL)
        err(1, "malloc");
    for (size_t at = 0; at < count * frame; at += frame) {
        write_header(frames + at, payload);
        memset(frames + at + HEADER, 'x', payload);
    }
    return frames;
}
