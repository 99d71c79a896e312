/* The handler without wirebench: a host that writes down what it is asked for, and has no room when told so. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "wirebench.h"

/* ---- the host ---- */

enum { MOST = 8, LONGEST = 16 };

static int no_room;                 /* 1: sends find no room */
static int sent_count, how = -1;    /* messages sent; how the last exchange ended */
static char sent[MOST][LONGEST];    /* what was sent, in order */
static char refused[LONGEST];       /* the place of the last fault in the configuration */
static const char payload[] = "abc";

static int32_t take(wb_cx *cx, uint32_t session, uint64_t token, const uint8_t *bytes, size_t len) {
    (void)cx; (void)session; (void)token;
    if (no_room) return WB_FULL;
    if (sent_count == MOST || len >= LONGEST) return WB_TOO_LARGE;
    if (len) memcpy(sent[sent_count], bytes, len);
    sent[sent_count++][len] = 0;
    return WB_OK;
}

static int32_t take_payload(wb_cx *cx, uint32_t session, uint64_t token) {
    return take(cx, session, token, (const uint8_t *)payload, sizeof payload - 1);
}

static int32_t show_payload(wb_cx *cx, uint64_t token, wb_bytes *out) {
    (void)cx; (void)token;
    out->ptr = (const uint8_t *)payload;
    out->len = sizeof payload - 1;
    return WB_OK;
}

static int32_t end(wb_cx *cx, uint64_t token, int32_t ended, const uint8_t *why, size_t len) {
    (void)cx; (void)token; (void)why; (void)len;
    how = ended;
    return WB_OK;
}

static void hear_error(wb_cx *cx, const uint8_t *pointer, size_t pointer_len, const uint8_t *text,
                       size_t len) {
    (void)cx; (void)text; (void)len;
    memset(refused, 0, sizeof refused);
    if (pointer_len > 0 && pointer_len < LONGEST) memcpy(refused, pointer, pointer_len);
}

static const void *no_extension(wb_cx *cx, const uint8_t *id, size_t len) {
    (void)cx; (void)id; (void)len;
    return NULL; /* as an old host: the handler has to do without */
}

/* ---- what has to hold ---- */

static void expect(int holds, const char *what) {
    printf("%s: %s\n", holds ? "ok" : "FAILED", what);
    if (!holds) exit(1);
}

static wb_cx cx;

static int32_t make(const wb_side *side, const char *config, void **instance) {
    return side->create(&cx, (const uint8_t *)config, strlen(config), instance);
}

static int32_t say(const wb_side *side, void *instance, void *session, const char *text) {
    return side->message(instance, session, &cx, 1, (const uint8_t *)text, strlen(text));
}

static void try_server(const wb_side *server) {
    void *instance = NULL, *session = NULL;
    expect(make(server, "{}", &instance) == WB_OK, "the server needs no settings");
    expect(server->open(instance, &cx, &session) == WB_OK, "a session is taken");
    expect(say(server, instance, session, "hello") == WB_OK, "a message is taken");
    expect(sent_count == 1 && !strcmp(sent[0], "olleh"), "it comes back reversed");
    no_room = 1;
    expect(say(server, instance, session, "ab") == WB_OK, "a message is taken without room");
    expect(say(server, instance, session, "cd") == WB_OK, "another is, too");
    no_room = 0;
    expect(say(server, instance, session, "ef") == WB_OK, "so is one with room again");
    expect(server->writable(instance, session, &cx) == WB_OK, "what waits can be sent");
    expect(sent_count == 4 && !strcmp(sent[1], "ba") && !strcmp(sent[2], "dc") && !strcmp(sent[3], "fe"),
           "what found no room is sent later, and in order");
    no_room = 1;
    expect(say(server, instance, session, "gh") == WB_OK, "a message waits when the session ends");
    no_room = 0;
    expect(server->close(instance, session, &cx) == WB_OK, "the session ends");
    server->destroy(instance);
}

static void try_client(const wb_side *client, const char *config, const char *answer, int32_t ended) {
    void *instance = NULL, *session = NULL;
    sent_count = 0;
    expect(make(client, config, &instance) == WB_OK, config);
    expect(client->open(instance, &cx, &session) == WB_OK, "a session is taken");
    expect(client->start(instance, session, &cx, 1) == WB_OK, "an exchange begins");
    expect(sent_count == 1 && !strcmp(sent[0], payload), "it sends what the scenario says");
    expect(say(client, instance, session, answer) == WB_OK && how == ended, answer);
    expect(client->close(instance, session, &cx) == WB_OK, "the session ends");
    client->destroy(instance);
}

int main(void) {
    static wb_host host;
    const wb_handler *handler = wirebench_plugin_v1.handlers[0];
    void *instance = NULL;
    host.struct_size = sizeof host;
    host.send = take;
    host.send_payload = take_payload;
    host.payload = show_payload;
    host.finish = end;
    host.set_error = hear_error;
    host.get_extension = no_extension;
    cx.host = &host;
    try_server(handler->server);
    try_client(handler->client, "{}", "cba", WB_DONE);
    try_client(handler->client, "{\"check\": true}", "abc", WB_WRONG);
    try_client(handler->client, " { \"check\" : false } ", "abc", WB_DONE);
    expect(make(handler->server, "{\"chek\":true}", &instance) == WB_ERROR, "an unknown key is refused");
    expect(make(handler->server, "{\"check\":3}", &instance) == WB_ERROR && !strcmp(refused, "/check"),
           "a wrong value is refused at its place");
    return 0;
}
