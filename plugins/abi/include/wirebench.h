/* The C interface between wirebench and its plugins, major 1.
 *
 * A plugin is a shared object that exports one constant:
 *
 *     const wb_plugin wirebench_plugin_v1 = { WB_MAGIC, sizeof(wb_plugin), ... };
 *
 * What it is should stand in a note too (WIREBENCH_NOTE), which is read without loading it.
 *
 * Rules that hold everywhere:
 *  - Memory: bytes and UTF-8 text are borrowed until the call that they are given to returns,
 *    unless the field says otherwise. Neither side frees the other's memory.
 *  - Threads: all hooks of one instance run on one thread at a time. Only post of wb_mailbox_v1,
 *    tell of wb_trouble_v1, and release of both may be called from any thread.
 *  - Status: functions answer with an int32_t; WB_OK is good.
 *  - Growth: tables grow only at their end; nothing beyond struct_size may be read.
 *  - No exception may leave a function of this interface.
 */
#ifndef WIREBENCH_H
#define WIREBENCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WB_MAGIC UINT64_C(0x7769726562656e31)
#define WB_ABI_MAJOR 1
#define WB_ABI_MINOR 4

/* The session in a context that concerns none (create). */
#define WB_NO_SESSION UINT32_MAX

/* Status. */
#define WB_OK 0
#define WB_ERROR 1       /* failed; set_error was called before with the reason */
#define WB_PANIC 2       /* the instance must not be called any more */
#define WB_REENTRANT 3   /* a hook is running already */
#define WB_POISONED 4    /* an earlier panic */
#define WB_INVALID 5     /* an argument breaks a rule */
#define WB_UNSUPPORTED 6 /* the other side does not have this */
#define WB_FULL 16       /* send: not taken, writable follows */
#define WB_CLOSED 17     /* send: the session is closed */
#define WB_TOO_LARGE 18  /* send or post: longer than can be carried */
#define WB_UNSENDABLE_EMPTY 32     /* encode: no form for an empty message */
#define WB_UNSENDABLE_TOO_LONG 33  /* encode: longer than limit */
#define WB_UNSENDABLE_FORBIDDEN 34 /* encode: the byte at `at` may not stand in a message */
#define WB_UNSENDABLE_TOO_SHORT 35 /* encode: shorter than limit; since minor 2 */
#define WB_MALFORMED 48  /* feed and its kin: bytes from error_at on follow no rule */

/* How an exchange ends. */
#define WB_DONE 0
#define WB_WRONG 1
#define WB_REJECTED 2

/* How loud a log line is. */
#define WB_LOG_ERROR 1
#define WB_LOG_WARN 2
#define WB_LOG_INFO 3
#define WB_LOG_DEBUG 4

/* Which end of the connection a framing serves. */
#define WB_ROLE_CLIENT 0
#define WB_ROLE_SERVER 1

/* Answers of wb_framing.gate. */
#define WB_GATE_OPEN 0
#define WB_GATE_UNTIL 1
#define WB_GATE_BLOCKED 2

/* Bits of wb_nature.flags. */
#define WB_INVARIANT 1   /* what it delivers does not depend on how the bytes were cut */
#define WB_DUPLEX 2      /* both directions must use it together */
#define WB_EMPTY 4       /* it has a form for an empty message */
#define WB_TEXT 8        /* it carries printable text without line feeds, not every byte */
#define WB_BATCHABLE 16  /* coalescing writes does not change what it does */
#define WB_STREAM_ONLY 32 /* it needs a byte stream */
/* Since minor 2. */
#define WB_RESYNCHRONISES 64    /* a damaged frame is dropped, and decoding goes on behind it */
#define WB_FINDS_CORRUPTION 128 /* a checksum covers the message */
#define WB_PER_CONNECTION 256   /* the end of the stream ends the one message of a direction */

/* Whether the host knows this field of what it gives you, as older ones do not know what came with a
 * later minor: WB_HAS(out, wb_decoded, dropped). What it does not know may not be touched. */
#define WB_HAS(out, type, field) \
    ((out)->struct_size >= offsetof(type, field) + sizeof((out)->field))

/* How a plugin was built: wb_plugin.build. WB_BUILD_THIS is what the compiler does now. */
#define WB_BUILD_UNKNOWN 0
#define WB_BUILD_RELEASE 1
#define WB_BUILD_DEBUG 2 /* not optimised: its figures say nothing about cost */
#if defined(__OPTIMIZE__)
#define WB_BUILD_THIS WB_BUILD_RELEASE
#elif defined(__GNUC__)
#define WB_BUILD_THIS WB_BUILD_DEBUG
#else
#define WB_BUILD_THIS WB_BUILD_UNKNOWN
#endif

/* What a plugin was built with: wb_plugin.sdk, and its note. Another one may be named before this header
 * is included. */
#define WB_STRING_OF(number) WB_STRING_OF_(number)
#define WB_STRING_OF_(number) #number
#define WB_ABI WB_STRING_OF(WB_ABI_MAJOR) "." WB_STRING_OF(WB_ABI_MINOR)
#ifndef WB_SDK
#define WB_SDK "wirebench.h " WB_ABI
#endif

/* The note of a plugin: what it is, for those who do not want to load it. Once, in one source file:
 *
 *     WIREBENCH_NOTE("org.example.shout", "1.0",
 *                    WB_NOTE_HANDLER("shout", "every message comes back in upper case")
 *                    WB_NOTE_FRAMING("len8", ""));
 *
 * All arguments are string literals. It has to say what the descriptor says, its sdk (WB_SDK) included; a
 * plugin whose note and descriptor differ is refused. It is an ELF note of owner "wirebench", and its
 * descriptor is UTF-8 text in entries key=value, each ended by a NUL. Compilers that cannot place it leave
 * it out; such a plugin works, and has to be loaded to be listed. */
#define WB_NOTE_FORMAT "1"
#define WB_NOTE_TYPE 1
#define WB_NOTE_LONGEST 65536 /* bytes */
#define WB_NOTE_HANDLER(name, about) "handler=" name " " about "\0"
#define WB_NOTE_FRAMING(name, about) "framing=" name " " about "\0"
#if WB_BUILD_THIS == WB_BUILD_RELEASE
#define WB_NOTE_BUILD "build=release\0"
#elif WB_BUILD_THIS == WB_BUILD_DEBUG
#define WB_NOTE_BUILD "build=debug\0"
#else
#define WB_NOTE_BUILD ""
#endif
#if defined(__x86_64__)
#define WB_NOTE_ARCH "arch=x86_64\0"
#elif defined(__aarch64__)
#define WB_NOTE_ARCH "arch=aarch64\0"
#else
#define WB_NOTE_ARCH ""
#endif
#define WB_NOTE_TEXT(id, version, items)                                                           \
    "note=" WB_NOTE_FORMAT "\0abi=" WB_ABI "\0id=" id "\0version=" version "\0sdk=" WB_SDK "\0"    \
    WB_NOTE_BUILD WB_NOTE_ARCH items
#if defined(__GNUC__) && defined(__ELF__)
#define WIREBENCH_NOTE(id, version, items)                                                         \
    __attribute__((used, aligned(4), section(".note.wirebench"))) static const struct {            \
        uint32_t owner_length, text_length, type;                                                  \
        char owner[12];                                                                            \
        char text[(sizeof(WB_NOTE_TEXT(id, version, items)) + 3) / 4 * 4];                         \
    } wirebench_note = {10, (sizeof(WB_NOTE_TEXT(id, version, items)) + 3) / 4 * 4, WB_NOTE_TYPE,  \
                        "wirebench", WB_NOTE_TEXT(id, version, items)}
#else
#define WIREBENCH_NOTE(id, version, items) struct wb_no_note
#endif

/* Extension ids. */
#define WB_EXTENSION_TIMER_V1 "wirebench.timer/1"
#define WB_EXTENSION_MAILBOX_V1 "wirebench.mailbox/1"
#define WB_EXTENSION_COUNT_V1 "wirebench.count/1"
#define WB_EXTENSION_PLACE_V1 "wirebench.place/1"
#define WB_EXTENSION_PENDING_V1 "wirebench.pending/1"
#define WB_EXTENSION_KEPT_V1 "wirebench.kept/1"
#define WB_EXTENSION_TROUBLE_V1 "wirebench.trouble/1"
#define WB_EXTENSION_ROOM_V1 "wirebench.room/1"
#define WB_EXTENSION_RANDOM_V1 "wirebench.random/1"

/* Which directory wb_place_v1.get is asked for. */
#define WB_PLACE_SCRATCH 0  /* empty, of this side and round; the host removes it */
#define WB_PLACE_SCENARIO 1 /* the scenario's own: where relative paths start */

typedef struct wb_bytes {
    const uint8_t *ptr; /* may be NULL when len is 0 */
    size_t len;
} wb_bytes;

/* A wb_bytes from a string literal, for constant tables. */
#define WB_TEXT_OF(literal) { (const uint8_t *)(literal), sizeof(literal) - 1 }

typedef struct wb_host wb_host;

/* The context of one hook: the host's, valid until the hook returns, never to be copied. */
typedef struct wb_cx {
    const wb_host *host; /* constant, alive as long as the process */
    uint32_t session;    /* the session the hook is called for */
    /* Not 0: of the messages that messages was given, or the exchanges of starts, no further one is to
     * be begun. It changes inside calls of the host's functions only. Since minor 3; 0 before. */
    uint32_t stop;
} wb_cx;

/* The functions of the host: on the loop thread, inside a hook, with the hook's own cx. A call that
 * breaks a rule (a session that never was open, an exchange that never was started or that the
 * handler ended before, a null pointer, an unknown number) does nothing, ends nothing, and is counted
 * among the errors of the round as misuse. */
struct wb_host {
    uint32_t struct_size;
    uint32_t abi_minor;
    /* WB_OK, WB_FULL, WB_CLOSED, WB_TOO_LARGE or WB_INVALID. token 0: unsolicited. */
    int32_t (*send)(wb_cx *cx, uint32_t session, uint64_t token, const uint8_t *bytes, size_t len);
    /* One message that stands in count places (at most 64). */
    int32_t (*send_parts)(wb_cx *cx, uint32_t session, uint64_t token, const wb_bytes *parts,
                          size_t count);
    /* The scenario's own seeded payload. */
    int32_t (*send_payload)(wb_cx *cx, uint32_t session, uint64_t token);
    /* What send_payload would send; valid until the next call of a function of this table. */
    int32_t (*payload)(wb_cx *cx, uint64_t token, wb_bytes *out);
    /* Ends an exchange (client side); why is shown for everything but WB_DONE. */
    int32_t (*finish)(wb_cx *cx, uint64_t token, int32_t how, const uint8_t *why, size_t why_len);
    /* Closes a session once everything handed over is written. */
    int32_t (*close)(wb_cx *cx, uint32_t session);
    /* Calls each with every open session before it returns; each may not call the host. */
    int32_t (*sessions)(wb_cx *cx, void (*each)(void *user, uint32_t session), void *user);
    /* Nanoseconds on the clock that both sides share. */
    uint64_t (*now)(wb_cx *cx);
    /* A line for the round's report. */
    void (*log)(wb_cx *cx, uint32_t level, const uint8_t *text, size_t len);
    /* Why this hook is about to fail; pointer is a JSON pointer into the configuration or empty.
     * Both are copied. */
    void (*set_error)(wb_cx *cx, const uint8_t *pointer, size_t pointer_len, const uint8_t *text,
                      size_t text_len);
    /* The constant table of an extension, or NULL. */
    const void *(*get_extension)(wb_cx *cx, const uint8_t *id, size_t id_len);
};

typedef struct wb_timer_v1 {
    uint32_t struct_size;
    uint32_t reserved;
    /* Replaces a timer of the session with the same id; UINT64_MAX cancels. Loop thread. */
    int32_t (*set)(wb_cx *cx, uint32_t session, uint64_t id, uint64_t after_ns);
} wb_timer_v1;

typedef struct wb_mailbox_v1 {
    uint32_t struct_size;
    uint32_t reserved;
    /* A handle, the plugin's until released. Loop thread. */
    int32_t (*open)(wb_cx *cx, void **mailbox);
    /* At most 16 MiB; the session's mail hook follows. ANY THREAD. */
    int32_t (*post)(void *mailbox, uint32_t session, const uint8_t *bytes, size_t len);
    /* ANY THREAD. */
    void (*release)(void *mailbox);
} wb_mailbox_v1;

typedef struct wb_count_v1 {
    uint32_t struct_size;
    uint32_t reserved;
    /* n more of kind (at most 64 bytes of small letters, digits, '-'); example is kept once a kind.
     * n 0 declares the kind; gates may name what create declared. Loop thread. */
    int32_t (*add)(wb_cx *cx, const uint8_t *kind, size_t kind_len, uint64_t n,
                   const uint8_t *example, size_t example_len);
} wb_count_v1;

typedef struct wb_place_v1 {
    uint32_t struct_size;
    uint32_t reserved;
    /* The absolute path of a directory, the host's as long as the instance lives; WB_UNSUPPORTED
     * where there is none. Loop thread. */
    int32_t (*get)(wb_cx *cx, uint32_t which, wb_bytes *out);
} wb_place_v1;

typedef struct wb_pending_v1 {
    uint32_t struct_size;
    uint32_t reserved;
    /* Whether something that the peer of session has asked for will be answered in a later hook (not
     * 0), or everything is answered (0; so it begins). A peer that ends its sending direction is kept
     * as long as something is pending. What found no room (WB_FULL) counts by itself until writable
     * has returned. Loop thread. */
    int32_t (*set)(wb_cx *cx, uint32_t session, uint32_t pending);
} wb_pending_v1;

typedef struct wb_room_v1 {
    uint32_t struct_size;
    uint32_t reserved;
    /* The longest message, in bytes, that can be handed over on any session of this side: what its
     * framing, a datagram and the memory that records messages take. A longer one is unsendable or
     * answered with WB_TOO_LARGE. 0 while no session can be open (create). Loop thread. */
    uint64_t (*longest)(wb_cx *cx);
} wb_room_v1;

typedef struct wb_random_v1 {
    uint32_t struct_size;
    uint32_t reserved;
    /* The next 64 random bits of this side: they follow from the seed of the round and the side alone,
     * so that the same seed gives the same. Not for secrets. Loop thread. */
    uint64_t (*next)(wb_cx *cx);
} wb_random_v1;

typedef struct wb_kept_v1 {
    uint32_t struct_size;
    uint32_t reserved;
    /* How many bytes of memory the handler keeps for session because of what its peer has said or
     * does not read (0; so it begins): queues and what stands in them, with their overhead. A session
     * that holds too much is ended, perhaps within this call. Loop thread. */
    int32_t (*set)(wb_cx *cx, uint32_t session, uint64_t bytes);
} wb_kept_v1;

typedef struct wb_trouble_v1 {
    uint32_t struct_size;
    uint32_t reserved;
    /* A handle, the plugin's until released. Loop thread. */
    int32_t (*open)(wb_cx *cx, void **trouble);
    /* What happened to a thread of the plugin's own: counted among the round's errors. It ends
     * nothing and never waits. ANY THREAD. */
    int32_t (*tell)(void *trouble, const uint8_t *text, size_t len);
    /* ANY THREAD. */
    void (*release)(void *trouble);
} wb_trouble_v1;

/* One of several messages that are handed over together. It never grows. */
typedef struct wb_message {
    wb_bytes bytes; /* the host's */
    uint64_t token; /* the exchange it belongs to (0: none) */
} wb_message;

/* The hooks of one side of a handler, on the loop thread, one at a time.
 *
 * create, then for each session open, any number of others, close; then destroy. After open failed
 * there is no close. After a hook answered WB_PANIC, and when a round is broken off, no hook is
 * called any more. instance and session are what create and open made; NULL is a legal value.
 *
 * What else a hook answers than WB_OK is an error. From create it refuses the configuration. From
 * close it is counted, and the session is over anyway. From every other hook it ends its session;
 * close follows, but not after open. The round goes on, errors are counted by hook.
 *
 * messages and starts do for several messages or exchanges, in one call, what message and start do for
 * each; what comes of it must be the same. A host of an earlier minor calls message and start alone.
 * Before it handles number i (from 0) the plugin stores i in *at: so it says which one is under way.
 * What it asks of the host meanwhile is held to be about that one, and a crash or a hang is told with
 * it. After each one it goes on only while cx->stop is 0. When it answers WB_OK, *at is how many it
 * has handled: less than count after a stop, or because it wants the others in another call; 0 is
 * an error. When it answers anything else, *at is the number of the one that failed. */
typedef struct wb_side {
    uint32_t struct_size;
    uint32_t reserved;
    /* config is JSON text. Required. */
    int32_t (*create)(wb_cx *cx, const uint8_t *config, size_t config_len, void **instance);
    /* Required. */
    void (*destroy)(void *instance);
    /* A session is connected. Required. */
    int32_t (*open)(void *instance, wb_cx *cx, void **session);
    /* A message arrived; its bytes are the host's. Required. */
    int32_t (*message)(void *instance, void *session, wb_cx *cx, uint64_t token,
                       const uint8_t *bytes, size_t len);
    /* Begin exchange token. Required on the client side, NULL on the server side. */
    int32_t (*start)(void *instance, void *session, wb_cx *cx, uint64_t token);
    /* A timer is due. May be NULL. */
    int32_t (*timer)(void *instance, void *session, wb_cx *cx, uint64_t id);
    /* A mailbox post. May be NULL. */
    int32_t (*mail)(void *instance, void *session, wb_cx *cx, const uint8_t *bytes, size_t len);
    /* After WB_FULL: there is room again. May be NULL. */
    int32_t (*writable)(void *instance, void *session, wb_cx *cx);
    /* The session is over; frees session. Required. */
    int32_t (*close)(void *instance, void *session, wb_cx *cx);
    /* count (at least 1) messages arrived together, in this order. May be NULL. Since minor 3. */
    int32_t (*messages)(void *instance, void *session, wb_cx *cx, const wb_message *messages,
                        size_t count, volatile uint64_t *at);
    /* Begin count (at least 1) exchanges: first, first + 1, and so on. May be NULL. Since minor 3. */
    int32_t (*starts)(void *instance, void *session, wb_cx *cx, uint64_t first, size_t count,
                      volatile uint64_t *at);
    /* The load is over and the session's exchanges have ended, as far as they will: what its client
     * still has to say is said now. At most once a session, on the client side alone. The session stays
     * open until nothing is pending on it (wb_pending_v1) and all is written, or the time for it is over.
     * May be NULL. Since minor 4. */
    int32_t (*ending)(void *instance, void *session, wb_cx *cx);
} wb_side;

/* One handler. Names: at most 128 bytes of letters, digits, '.', '_' and '-'. */
typedef struct wb_handler {
    uint32_t struct_size;
    uint32_t reserved;
    wb_bytes name;
    wb_bytes about;        /* one line, at most 1024 bytes */
    const wb_side *server; /* NULL: no server side */
    const wb_side *client; /* NULL: no client side */
} wb_handler;

typedef struct wb_nature {
    uint32_t struct_size;
    uint32_t flags;
    uint64_t max; /* the longest message, in bytes */
} wb_nature;

/* Where one message's bytes stand. */
typedef struct wb_frame {
    uint32_t at;      /* index into the input, or into scratch */
    uint32_t len;
    uint32_t scratch; /* 1: the bytes stand in scratch */
    uint32_t reserved;
    int64_t wire_at;  /* start of the frame relative to the input; may be negative */
    int64_t wire_end; /* end of the frame relative to the input */
} wb_frame;

/* A stretch of the stream that was dropped as damaged. Since minor 2. */
typedef struct wb_dropped {
    int64_t at;    /* relative to the input; may be negative */
    int64_t end;   /* relative to the input: decoding went on here */
    wb_bytes text; /* what was wrong with it; UTF-8, at most 1024 bytes */
} wb_dropped;

/* What a call found. Zeroed by the host but for struct_size. What the pointers name stays the
 * plugin's and must stay as it is until the next call on the same instance. */
typedef struct wb_decoded {
    uint32_t struct_size;
    uint32_t again;         /* 1: call again with what was not consumed once these are handled */
    uint32_t close;         /* 1: close the connection once everything is written */
    uint32_t reserved;
    const wb_frame *frames;
    size_t frames_len;
    wb_bytes scratch;       /* at most 64 MiB */
    wb_bytes control;       /* sent now, ahead of answers to these messages; at most 1 MiB */
    size_t consumed;        /* bytes at the start of the input that are no longer needed */
    size_t need;            /* at least this many more bytes are needed (0: unknown) */
    size_t error_at;        /* with WB_MALFORMED */
    /* Since minor 2: only where WB_HAS(out, wb_decoded, reserved_2). */
    const wb_dropped *dropped; /* in order; at most 64 */
    size_t dropped_len;
    uint64_t dropped_count; /* all that was dropped, described or not */
    uint64_t resent;        /* frames in control that were sent before and not acknowledged */
    uint32_t need_is_exact; /* 1: no more than need are missing */
    uint32_t reserved_2;
} wb_decoded;

/* One frame: header, then the payload itself if payload is 1, then rest. As wb_decoded. */
typedef struct wb_encoded {
    uint32_t struct_size;
    uint32_t payload;
    wb_bytes header;
    wb_bytes rest;
    uint64_t limit; /* with WB_UNSENDABLE_TOO_LONG and _TOO_SHORT */
    size_t at;      /* with WB_UNSENDABLE_FORBIDDEN */
    /* Since minor 2: only where WB_HAS(out, wb_encoded, reserved). */
    wb_bytes mark;  /* with WB_UNSENDABLE_FORBIDDEN: what stands there ("LF (0a)"), at most 128 bytes */
    size_t later;   /* bytes of this frame that come as control once the peer has answered */
    uint32_t close; /* 1: close the sending direction once it is written: that is its boundary */
    uint32_t reserved;
} wb_encoded;

/* How a framing says why a call is about to fail: the host's, until the call returns. */
typedef struct wb_report {
    uint32_t struct_size;
    uint32_t reserved;
    void (*set_error)(struct wb_report *report, const uint8_t *pointer, size_t pointer_len,
                      const uint8_t *text, size_t text_len);
} wb_report;

/* One framing. An instance is one end of one connection, called from one thread at a time, not
 * always the same. After a call failed with anything but WB_UNSENDABLE_..., only destroy is
 * called. WB_MALFORMED ends the session and is counted; any other failure, and an answer that breaks
 * a rule, ends the round, which is recorded as crashed. Times are nanoseconds. */
typedef struct wb_framing {
    uint32_t struct_size;
    uint32_t reserved;
    wb_bytes name;
    wb_bytes about;
    /* Required. */
    int32_t (*create)(wb_report *report, uint32_t role, const uint8_t *config, size_t config_len,
                      void **instance);
    /* Required. */
    void (*destroy)(void *instance);
    /* Required. */
    int32_t (*nature)(void *instance, wb_nature *out);
    /* Whether encode may be called at now: WB_GATE_...; may be NULL. */
    int32_t (*gate)(void *instance, uint64_t now, uint64_t *until);
    /* Required. */
    int32_t (*encode)(void *instance, wb_report *report, uint64_t now, const uint8_t *payload,
                      size_t len, wb_encoded *out);
    /* Required. */
    int32_t (*feed)(void *instance, wb_report *report, uint64_t now, const uint8_t *input,
                    size_t len, wb_decoded *out);
    /* NULL: what is left over at the end is an error. */
    int32_t (*end_of_input)(void *instance, wb_report *report, uint64_t now, const uint8_t *input,
                            size_t len, wb_decoded *out);
    /* 1 and *at when timeout wants to be called; else 0. May be NULL. */
    int32_t (*deadline)(void *instance, uint64_t *at);
    /* May be NULL. */
    int32_t (*timeout)(void *instance, wb_report *report, uint64_t now, wb_decoded *out);
    /* Bytes that the instance keeps for its connection; may be NULL. Since minor 2. */
    uint64_t (*keeps)(void *instance);
} wb_framing;

/* What a plugin is: constant. */
typedef struct wb_plugin {
    uint64_t magic;       /* WB_MAGIC */
    uint32_t struct_size; /* sizeof(wb_plugin) */
    uint16_t abi_major;   /* WB_ABI_MAJOR */
    uint16_t abi_minor;   /* WB_ABI_MINOR */
    wb_bytes id;          /* "org.example.echo", at most 128 bytes */
    wb_bytes version;     /* at most 128 bytes */
    wb_bytes sdk;         /* for people, at most 128 bytes */
    const wb_handler *const *handlers; /* at most 64 */
    size_t handlers_len;
    const wb_framing *const *framings; /* at most 64 */
    size_t framings_len;
    const wb_bytes *required; /* extension ids; at most 64 */
    size_t required_len;
    const wb_bytes *optional; /* extension ids; at most 64 */
    size_t optional_len;
    uint64_t build; /* WB_BUILD_..., such as WB_BUILD_THIS; since minor 1 */
} wb_plugin;

#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
extern const wb_plugin wirebench_plugin_v1;

#ifdef __cplusplus
}
#endif

#endif
