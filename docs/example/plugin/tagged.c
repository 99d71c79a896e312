/* The framing of server.py: the byte T, two bytes of length (big-endian), and as many bytes of payload. */
#include <stdlib.h>
#include <string.h>
#include "wirebench.h"

enum { HEAD = 3, LONGEST = 65535, FRAMES = 64 };

typedef struct {
    uint8_t head[HEAD];
    wb_frame frames[FRAMES]; /* what one call of `feed` finds at most */
} tagged;

static int32_t fail(wb_report *report, int32_t how, const char *text) {
    report->set_error(report, NULL, 0, (const uint8_t *)text, strlen(text));
    return how;
}

static int32_t create(wb_report *report, uint32_t role, const uint8_t *config, size_t len,
                      void **instance) {
    (void)role; (void)config; (void)len; /* it has no settings */
    *instance = calloc(1, sizeof(tagged));
    return *instance ? WB_OK : fail(report, WB_ERROR, "out of memory");
}

static void destroy(void *instance) { free(instance); }

static int32_t nature(void *instance, wb_nature *out) {
    (void)instance;
    out->flags = WB_INVARIANT | WB_EMPTY | WB_BATCHABLE;
    out->max = LONGEST;
    return WB_OK;
}

static int32_t encode(void *instance, wb_report *report, uint64_t now, const uint8_t *payload,
                      size_t len, wb_encoded *out) {
    tagged *self = instance;
    (void)report; (void)now; (void)payload;
    if (len > LONGEST) {
        out->limit = LONGEST;
        return WB_UNSENDABLE_TOO_LONG;
    }
    self->head[0] = 'T';
    self->head[1] = (uint8_t)(len >> 8);
    self->head[2] = (uint8_t)len;
    out->header = (wb_bytes){ self->head, HEAD };
    out->payload = 1;
    return WB_OK;
}

static int32_t feed(void *instance, wb_report *report, uint64_t now, const uint8_t *input,
                    size_t len, wb_decoded *out) {
    tagged *self = instance;
    size_t at = 0, found = 0;
    int32_t result = WB_OK;
    (void)now;
    while (at < len) {
        if (found == FRAMES) {
            out->again = 1;
            break;
        }
        if (input[at] != 'T') {
            out->error_at = at;
            result = fail(report, WB_MALFORMED, "a frame begins with T");
            break;
        }
        if (len - at < HEAD) break; /* the rest comes with a later read */
        size_t size = (size_t)input[at + 1] << 8 | input[at + 2];
        if (len - at - HEAD < size) {
            out->need = size - (len - at - HEAD);
            break;
        }
        self->frames[found++] = (wb_frame){
            .at = (uint32_t)(at + HEAD), .len = (uint32_t)size,
            .wire_at = (int64_t)at, .wire_end = (int64_t)(at + HEAD + size),
        };
        at += HEAD + size;
    }
    out->frames = self->frames;
    out->frames_len = found;
    out->consumed = at;
    return result;
}

static const wb_framing framing = {
    .struct_size = sizeof(wb_framing),
    .name = WB_TEXT_OF("tagged"), .about = WB_TEXT_OF("T, two bytes of length, payload"),
    .create = create, .destroy = destroy, .nature = nature, .encode = encode, .feed = feed,
};
static const wb_framing *const framings[] = { &framing };

const wb_plugin wirebench_plugin_v1 = {
    .magic = WB_MAGIC, .struct_size = sizeof(wb_plugin),
    .abi_major = WB_ABI_MAJOR, .abi_minor = WB_ABI_MINOR,
    .id = WB_TEXT_OF("org.example.tagged"), .version = WB_TEXT_OF("1.0"),
    .sdk = WB_TEXT_OF("wirebench.h 1.3"), .build = WB_BUILD_THIS,
    .framings = framings, .framings_len = 1,
};
