/* __name__: a framing with a small header.
 *
 *     bytes  meaning
 *     1      0xB5: what every frame begins with
 *     3      the length of the message, the most significant byte first
 *     1      a checksum (CRC-8) over the three bytes of the length and the message
 *     ...    the message
 *
 * What is damaged ends the connection: the decoder says where and why, and does not look for the next boundary.
 * A framing is handed bytes and hands back messages. It opens no socket and reads no clock. wirebench.h says of every
 * function what it may do, and of every pointer whose it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "wirebench.h"

enum {
    MAGIC = 0xb5,
    HEADER = 5,
    MAX = 1 << 20, /* the longest message, in bytes; 24 bits hold up to 16 MiB less one */
    ROOM = 64      /* messages that one call finds; for more it is called again */
};

/* One end of a connection: what the answer to a call points to, until the next one. */
typedef struct {
    uint8_t header[HEADER];
    uint8_t table[256];
    wb_frame frames[ROOM];
} framing;

static int32_t fail(wb_report *report, int32_t status, const char *text) {
    report->set_error(report, NULL, 0, (const uint8_t *)text, strlen(text));
    return status;
}

/* What a byte does to a checksum: CRC-8 with the polynomial 0x07. It notices whatever is wrong in eight bits in a row. */
static void fill_table(uint8_t table[256]) {
    for (int byte = 0; byte < 256; byte++) {
        int crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = crc & 0x80 ? crc << 1 ^ 0x07 : crc << 1;
        table[byte] = (uint8_t)crc;
    }
}

/* The checksum of a frame, from its header and its message. */
static uint8_t crc8(const framing *self, const uint8_t header[HEADER], const uint8_t *message,
                    size_t len) {
    uint8_t crc = 0;
    for (int i = 1; i < 4; i++) crc = self->table[crc ^ header[i]];
    for (size_t i = 0; i < len; i++) crc = self->table[crc ^ message[i]];
    return crc;
}

/* This framing takes no settings: {} or nothing. */
static int32_t create(wb_report *report, uint32_t role, const uint8_t *config, size_t len,
                      void **instance) {
    (void)role;
    if (len > 0 && !(len == 2 && memcmp(config, "{}", 2) == 0)
        && !(len == 4 && memcmp(config, "null", 4) == 0))
        return fail(report, WB_ERROR, "__name__ takes no settings");
    framing *self = calloc(1, sizeof *self);
    if (!self) return fail(report, WB_ERROR, "out of memory");
    fill_table(self->table);
    *instance = self;
    return WB_OK;
}

static void destroy(void *instance) { free(instance); }

/* What it says of itself. WB_RESYNCHRONISES is missing: damage ends the connection. */
static int32_t nature(void *instance, wb_nature *out) {
    (void)instance;
    out->flags = WB_INVARIANT | WB_EMPTY | WB_BATCHABLE | WB_FINDS_CORRUPTION;
    out->max = MAX;
    return WB_OK;
}

static int32_t encode(void *instance, wb_report *report, uint64_t now, const uint8_t *message,
                      size_t len, wb_encoded *out) {
    framing *self = instance;
    (void)report; (void)now;
    if (len > MAX) {
        out->limit = MAX;
        return WB_UNSENDABLE_TOO_LONG;
    }
    self->header[0] = MAGIC;
    self->header[1] = (uint8_t)(len >> 16);
    self->header[2] = (uint8_t)(len >> 8);
    self->header[3] = (uint8_t)len;
    self->header[4] = crc8(self, self->header, message, len);
    out->header = (wb_bytes){ self->header, HEADER };
    out->payload = 1; /* the message itself, which is not copied */
    return WB_OK;
}

static int32_t malformed(wb_report *report, wb_decoded *out, size_t at, const char *text) {
    out->error_at = at;
    return fail(report, WB_MALFORMED, text);
}

/* input is what earlier calls did not consume, and then what has come since. A frame that is not whole stays there, so
 * nothing depends on where the reads were cut. */
static int32_t feed(void *instance, wb_report *report, uint64_t now, const uint8_t *input,
                    size_t len, wb_decoded *out) {
    framing *self = instance;
    (void)now;
    out->frames = self->frames;
    while (out->consumed < len) {
        size_t at = out->consumed, left = len - at;
        const uint8_t *frame = input + at;
        char text[96];
        if (frame[0] != MAGIC) {
            snprintf(text, sizeof text, "a frame begins with 0xb5, and here stands 0x%02x", frame[0]);
            return malformed(report, out, at, text);
        }
        if (left < HEADER) break;
        size_t size = (size_t)frame[1] << 16 | (size_t)frame[2] << 8 | frame[3];
        /* Before anything is waited for: a peer may claim whatever it likes. */
        if (size > MAX) {
            snprintf(text, sizeof text, "the frame claims %zu bytes, over the limit of %d", size, MAX);
            return malformed(report, out, at, text);
        }
        if (left - HEADER < size) {
            out->need = size - (left - HEADER);
            break;
        }
        if (out->frames_len == ROOM) {
            out->again = 1;
            break;
        }
        if (crc8(self, frame, frame + HEADER, size) != frame[4]) {
            snprintf(text, sizeof text, "the checksum of a frame of %zu bytes does not fit", size);
            return malformed(report, out, at, text);
        }
        out->consumed = at + HEADER + size;
        self->frames[out->frames_len++] = (wb_frame){
            .at = (uint32_t)(at + HEADER), .len = (uint32_t)size,
            .wire_at = (int64_t)at, .wire_end = (int64_t)out->consumed,
        };
    }
    return WB_OK;
}

/* ---- what this file brings ---- */

#ifndef WB_SDK
#define WB_SDK "wirebench.h"
#endif
#define ID "org.example.__name__"
#define VERSION "0.1.0"
#define NAME "__name__"
#define ABOUT "magic byte, 24-bit length, CRC-8 of length and message, message"

static const wb_framing checked = {
    .struct_size = sizeof(wb_framing), .name = WB_TEXT_OF(NAME), .about = WB_TEXT_OF(ABOUT),
    .create = create, .destroy = destroy, .nature = nature, .encode = encode, .feed = feed,
};
static const wb_framing *const framings[] = { &checked };

#ifdef WIREBENCH_NOTE /* headers that know it: what this is, for those who do not want to load it */
WIREBENCH_NOTE(ID, VERSION, WB_NOTE_FRAMING(NAME, ABOUT));
#endif

const wb_plugin wirebench_plugin_v1 = {
    .magic = WB_MAGIC, .struct_size = sizeof(wb_plugin),
    .abi_major = WB_ABI_MAJOR, .abi_minor = WB_ABI_MINOR,
    .id = WB_TEXT_OF(ID), .version = WB_TEXT_OF(VERSION), .sdk = WB_TEXT_OF(WB_SDK),
    .framings = framings, .framings_len = 1, .build = WB_BUILD_THIS,
};
