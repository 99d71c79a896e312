/* __name__: the server answers each message with its bytes in reverse order, and the client checks that.
 *
 * Put your own conversation in the place of reverse(). What to keep: a queue in every session, because a send may
 * find no room; a configuration that refuses what it does not know; and a count for what goes wrong. wirebench.h
 * says of every function what it may do, and of every pointer whose it is. */
#include <stdlib.h>
#include <string.h>
#include "wirebench.h"

/* ---- errors ---- */

/* Says why a hook is about to fail. pointer: where in the configuration, or "". */
static int32_t fail(wb_cx *cx, const char *pointer, const char *text) {
    cx->host->set_error(cx, (const uint8_t *)pointer, strlen(pointer), (const uint8_t *)text,
                        strlen(text));
    return WB_ERROR;
}

/* ---- the configuration ---- */

/* One side of a round; it serves all sessions. */
typedef struct {
    int check;                /* whether the client compares answers */
    const wb_count_v1 *count; /* NULL where the host cannot count */
    const wb_kept_v1 *kept;   /* NULL where the host does not ask */
} side_state;

/* Goes over a word, with blanks around it; 0: it does not stand there. */
static int skip(const char **at, const char *end, const char *word) {
    size_t len = strlen(word);
    while (*at < end && strchr(" \t\r\n", **at)) ++*at;
    if ((size_t)(end - *at) < len || memcmp(*at, word, len) != 0) return 0;
    *at += len;
    while (*at < end && strchr(" \t\r\n", **at)) ++*at;
    return 1;
}

/* Reads {} or {"check": true} or {"check": false}; nothing and null stand for {}. */
static int32_t configure(wb_cx *cx, const char *at, size_t len, side_state *self) {
    const char *end = at + len;
    self->check = 1;
    skip(&at, end, "null");
    if (at == end) return WB_OK;
    if (!skip(&at, end, "{")) return fail(cx, "", "the configuration is no table");
    if (!skip(&at, end, "}")) {
        if (!skip(&at, end, "\"check\"") || !skip(&at, end, ":"))
            return fail(cx, "", "the one key of __name__ is `check`");
        if (skip(&at, end, "false")) self->check = 0;
        else if (!skip(&at, end, "true")) return fail(cx, "/check", "`check` is true or false");
        if (!skip(&at, end, "}")) return fail(cx, "", "the one key of __name__ is `check`");
    }
    return at == end ? WB_OK : fail(cx, "", "there is something behind the configuration");
}

static const void *extension(wb_cx *cx, const char *id) {
    return cx->host->get_extension(cx, (const uint8_t *)id, strlen(id));
}

static int32_t create(wb_cx *cx, const uint8_t *config, size_t len, void **instance) {
    side_state *self = calloc(1, sizeof *self);
    if (!self) return fail(cx, "", "out of memory");
    int32_t status = configure(cx, (const char *)config, len, self);
    if (status != WB_OK) {
        free(self);
        return status;
    }
    self->count = extension(cx, WB_EXTENSION_COUNT_V1);
    self->kept = extension(cx, WB_EXTENSION_KEPT_V1);
    *instance = self;
    return WB_OK;
}

static void destroy(void *instance) { free(instance); }

/* ---- what waits for room ---- */

/* A message that found no room. */
typedef struct waiting {
    struct waiting *next;
    uint64_t token;
    int payload; /* 1: the scenario's payload, and no bytes */
    size_t len;
    uint8_t bytes[];
} waiting;

/* One connection. */
typedef struct {
    waiting *first, *last;
    size_t kept; /* bytes of memory in the queue */
} session_state;

enum { MOST_KEPT = 64 << 20 }; /* bytes; a peer that never reads must not fill the memory */

static void tell_kept(side_state *self, session_state *session, wb_cx *cx) {
    if (self->kept) self->kept->set(cx, cx->session, session->kept);
}

/* 1: it needs no more care, since it was taken or its session is over; 0: there is no room; else an error. */
static int settled(int32_t status) {
    return status == WB_OK || status == WB_CLOSED ? 1 : status == WB_FULL ? 0 : -1;
}

static int try_to_send(wb_cx *cx, uint64_t token, int payload, const uint8_t *bytes, size_t len) {
    if (payload) return settled(cx->host->send_payload(cx, cx->session, token));
    return settled(cx->host->send(cx, cx->session, token, bytes, len));
}

/* Sends a message, now or when there is room, and always in order. */
static int32_t send_in_order(side_state *self, session_state *session, wb_cx *cx, uint64_t token,
                             int payload, const uint8_t *bytes, size_t len) {
    if (!session->first) {
        int sent = try_to_send(cx, token, payload, bytes, len);
        if (sent != 0) return sent > 0 ? WB_OK : fail(cx, "", "the message is too long to be sent");
    }
    if (session->kept + sizeof(waiting) + len > MOST_KEPT)
        return fail(cx, "", "64 MiB wait to be sent: the peer does not read");
    waiting *one = malloc(sizeof *one + len);
    if (!one) return fail(cx, "", "out of memory");
    one->next = NULL;
    one->token = token;
    one->payload = payload;
    one->len = len;
    if (len) memcpy(one->bytes, bytes, len);
    if (session->last) session->last->next = one;
    else session->first = one;
    session->last = one;
    session->kept += sizeof *one + len;
    tell_kept(self, session, cx);
    return WB_OK;
}

static void forget_first(session_state *session) {
    waiting *one = session->first;
    session->first = one->next;
    if (!session->first) session->last = NULL;
    session->kept -= sizeof *one + one->len;
    free(one);
}

/* There is room again. */
static int32_t writable(void *instance, void *state, wb_cx *cx) {
    session_state *session = state;
    int sent = 1;
    while (session->first && sent > 0) {
        waiting *one = session->first;
        sent = try_to_send(cx, one->token, one->payload, one->bytes, one->len);
        if (sent > 0) forget_first(session);
    }
    tell_kept(instance, session, cx);
    return sent < 0 ? fail(cx, "", "the message is too long to be sent") : WB_OK;
}

static int32_t open_session(void *instance, wb_cx *cx, void **session) {
    (void)instance;
    *session = calloc(1, sizeof(session_state));
    return *session ? WB_OK : fail(cx, "", "out of memory");
}

static int32_t close_session(void *instance, void *state, wb_cx *cx) {
    session_state *session = state;
    (void)instance; (void)cx;
    while (session->first) forget_first(session);
    free(session);
    return WB_OK;
}

/* ---- the conversation ---- */

/* What the two sides agree on. */
static void reverse(uint8_t *to, const uint8_t *from, size_t len) {
    for (size_t i = 0; i < len; i++) to[i] = from[len - 1 - i];
}

/* The server has got a message. */
static int32_t answer(void *instance, void *session, wb_cx *cx, uint64_t token,
                      const uint8_t *bytes, size_t len) {
    uint8_t *reversed = malloc(len ? len : 1);
    if (!reversed) return fail(cx, "", "out of memory");
    reverse(reversed, bytes, len);
    /* The token says which exchange this answers. */
    int32_t status = send_in_order(instance, session, cx, token, 0, reversed, len);
    free(reversed);
    return status;
}

/* The client begins an exchange: with the payload that the scenario says. */
static int32_t ask(void *instance, void *session, wb_cx *cx, uint64_t token) {
    return send_in_order(instance, session, cx, token, 1, NULL, 0);
}

static int is_right(wb_cx *cx, uint64_t token, const uint8_t *bytes, size_t len) {
    wb_bytes asked;
    if (cx->host->payload(cx, token, &asked) != WB_OK || asked.len != len) return 0;
    for (size_t i = 0; i < len; i++)
        if (bytes[i] != asked.ptr[len - 1 - i]) return 0;
    return 1;
}

static const char KIND[] = "wrong-answer";

static void add_wrong(side_state *self, wb_cx *cx, uint64_t n, const char *example) {
    if (self->count)
        self->count->add(cx, (const uint8_t *)KIND, sizeof KIND - 1, n, (const uint8_t *)example,
                         strlen(example));
}

/* The client has got an answer. */
static int32_t judge(void *instance, void *session, wb_cx *cx, uint64_t token,
                     const uint8_t *bytes, size_t len) {
    static const char why[] = "not reversed";
    side_state *self = instance;
    (void)session;
    if (!self->check || is_right(cx, token, bytes, len))
        return cx->host->finish(cx, token, WB_DONE, NULL, 0);
    add_wrong(self, cx, 1, "an answer that is not the reversed request");
    return cx->host->finish(cx, token, WB_WRONG, (const uint8_t *)why, sizeof why - 1);
}

/* The client says what it counts, so that scenarios may hold a limit against it. */
static int32_t create_client(wb_cx *cx, const uint8_t *config, size_t len, void **instance) {
    int32_t status = create(cx, config, len, instance);
    if (status == WB_OK) add_wrong(*instance, cx, 0, "");
    return status;
}

/* ---- what this file brings ---- */

static const wb_side server = {
    .struct_size = sizeof(wb_side), .create = create, .destroy = destroy, .open = open_session,
    .message = answer, .writable = writable, .close = close_session,
};
static const wb_side client = {
    .struct_size = sizeof(wb_side), .create = create_client, .destroy = destroy,
    .open = open_session, .message = judge, .start = ask, .writable = writable,
    .close = close_session,
};

#ifndef WB_SDK
#define WB_SDK "wirebench.h"
#endif
#define ID "org.example.__name__"
#define VERSION "0.1.0"
#define NAME "__name__"
#define ABOUT "every message comes back reversed"

static const wb_handler handler = {
    .struct_size = sizeof(wb_handler), .name = WB_TEXT_OF(NAME), .about = WB_TEXT_OF(ABOUT),
    .server = &server, .client = &client,
};
static const wb_handler *const handlers[] = { &handler };

#ifdef WIREBENCH_NOTE /* headers that know it: what this is, for those who do not want to load it */
WIREBENCH_NOTE(ID, VERSION, WB_NOTE_HANDLER(NAME, ABOUT));
#endif

const wb_plugin wirebench_plugin_v1 = {
    .magic = WB_MAGIC, .struct_size = sizeof(wb_plugin),
    .abi_major = WB_ABI_MAJOR, .abi_minor = WB_ABI_MINOR,
    .id = WB_TEXT_OF(ID), .version = WB_TEXT_OF(VERSION), .sdk = WB_TEXT_OF(WB_SDK),
    .handlers = handlers, .handlers_len = 1, .build = WB_BUILD_THIS,
};
