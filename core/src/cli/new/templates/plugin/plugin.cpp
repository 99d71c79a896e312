// __name__: the server answers each message with its bytes in reverse order, and the client checks that.
//
// Put your own conversation in the place of `reversed`. What to keep: a queue in every session, because a send may
// find no room; a configuration that refuses what it does not know; a count for what goes wrong; and `guarded`, since
// no exception may leave a function of this interface. wirebench.h says of every function what it may do, and of every
// pointer whose it is.
#include <algorithm>
#include <deque>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include "wirebench.h"

namespace {

// Why a hook fails: the text, and for a fault in the configuration its place, as a JSON pointer.
struct Failure : std::runtime_error {
    explicit Failure(const std::string &text, std::string pointer = "")
        : std::runtime_error(text), pointer(std::move(pointer)) {}
    std::string pointer;
};

const uint8_t *bytes_of(std::string_view text) { return reinterpret_cast<const uint8_t *>(text.data()); }

std::string_view text(const uint8_t *bytes, size_t len) {
    return len ? std::string_view(reinterpret_cast<const char *>(bytes), len) : std::string_view();
}

int32_t fail(wb_cx *cx, std::string_view pointer, std::string_view why) {
    cx->host->set_error(cx, bytes_of(pointer), pointer.size(), bytes_of(why), why.size());
    return WB_ERROR;
}

// Runs a hook; what it throws is told to the host.
template <typename Hook> int32_t guarded(wb_cx *cx, Hook hook) noexcept {
    try {
        hook();
        return WB_OK;
    } catch (const Failure &failure) {
        return fail(cx, failure.pointer, failure.what());
    } catch (const std::exception &error) {
        return fail(cx, "", error.what());
    } catch (...) {
        return fail(cx, "", "something was thrown that is no std::exception");
    }
}

// ---- the configuration ----

// One side of a round; it serves all sessions.
struct Side {
    bool check = true;                  // whether the client compares answers
    const wb_count_v1 *count = nullptr; // null where the host cannot count
    const wb_kept_v1 *kept = nullptr;   // null where the host does not ask
};

// Goes over a word, with blanks around it; false: it does not stand there.
bool skip(std::string_view &rest, std::string_view word) {
    auto blanks = [&] { rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size())); };
    blanks();
    if (rest.substr(0, word.size()) != word) return false;
    rest.remove_prefix(word.size());
    blanks();
    return true;
}

// Reads {} or {"check": true} or {"check": false}; nothing and null stand for {}.
bool read_check(std::string_view rest) {
    bool check = true;
    skip(rest, "null");
    if (rest.empty()) return check;
    if (!skip(rest, "{")) throw Failure("the configuration is no table");
    if (!skip(rest, "}")) {
        if (!skip(rest, "\"check\"") || !skip(rest, ":"))
            throw Failure("the one key of __name__ is `check`");
        if (skip(rest, "false")) check = false;
        else if (!skip(rest, "true")) throw Failure("`check` is true or false", "/check");
        if (!skip(rest, "}")) throw Failure("the one key of __name__ is `check`");
    }
    if (!rest.empty()) throw Failure("there is something behind the configuration");
    return check;
}

template <typename Table> const Table *extension(wb_cx *cx, std::string_view id) {
    return static_cast<const Table *>(cx->host->get_extension(cx, bytes_of(id), id.size()));
}

int32_t create(wb_cx *cx, const uint8_t *config, size_t len, void **instance) {
    return guarded(cx, [&] {
        auto self = std::make_unique<Side>();
        self->check = read_check(text(config, len));
        self->count = extension<wb_count_v1>(cx, WB_EXTENSION_COUNT_V1);
        self->kept = extension<wb_kept_v1>(cx, WB_EXTENSION_KEPT_V1);
        *instance = self.release();
    });
}

void destroy(void *instance) { delete static_cast<Side *>(instance); }

// ---- what waits for room ----

// A message that found no room.
struct Waiting {
    uint64_t token;
    bool payload; // the scenario's payload, and no bytes
    std::string bytes;
};

constexpr size_t MOST_KEPT = size_t{64} << 20; // bytes; a peer that never reads must not fill the memory

// One connection. It sends in order, and keeps what finds no room.
class Session {
public:
    void send(const Side &side, wb_cx *cx, Waiting message) {
        if (queue.empty() && sent(cx, message)) return;
        const size_t more = message.bytes.size() + sizeof(Waiting);
        if (kept + more > MOST_KEPT) throw Failure("64 MiB wait to be sent: the peer does not read");
        queue.push_back(std::move(message));
        kept += more;
        tell(side, cx);
    }

    void flush(const Side &side, wb_cx *cx) {
        while (!queue.empty() && sent(cx, queue.front())) {
            kept -= queue.front().bytes.size() + sizeof(Waiting);
            queue.pop_front();
        }
        tell(side, cx);
    }

private:
    // True when it needs no more care: taken, or the session is over. False: there is no room.
    static bool sent(wb_cx *cx, const Waiting &message) {
        const int32_t status =
            message.payload
                ? cx->host->send_payload(cx, cx->session, message.token)
                : cx->host->send(cx, cx->session, message.token, bytes_of(message.bytes),
                                 message.bytes.size());
        if (status == WB_FULL) return false;
        if (status == WB_OK || status == WB_CLOSED) return true;
        throw Failure("the message is too long to be sent");
    }

    void tell(const Side &side, wb_cx *cx) const {
        if (side.kept) side.kept->set(cx, cx->session, kept);
    }

    std::deque<Waiting> queue;
    size_t kept = 0; // bytes of memory in the queue
};

int32_t open_session(void *, wb_cx *cx, void **session) {
    return guarded(cx, [&] { *session = new Session; });
}

int32_t close_session(void *, void *session, wb_cx *) {
    delete static_cast<Session *>(session);
    return WB_OK;
}

int32_t writable(void *instance, void *session, wb_cx *cx) {
    return guarded(cx, [&] {
        static_cast<Session *>(session)->flush(*static_cast<Side *>(instance), cx);
    });
}

// ---- the conversation ----

// What the two sides agree on.
std::string reversed(std::string_view message) { return {message.rbegin(), message.rend()}; }

// The server has got a message. The token says which exchange this answers.
int32_t answer(void *instance, void *session, wb_cx *cx, uint64_t token, const uint8_t *bytes,
               size_t len) {
    return guarded(cx, [&] {
        static_cast<Session *>(session)->send(*static_cast<Side *>(instance), cx,
                                              {token, false, reversed(text(bytes, len))});
    });
}

// The client begins an exchange: with the payload that the scenario says.
int32_t ask(void *instance, void *session, wb_cx *cx, uint64_t token) {
    return guarded(cx, [&] {
        static_cast<Session *>(session)->send(*static_cast<Side *>(instance), cx, {token, true, {}});
    });
}

constexpr std::string_view KIND = "wrong-answer";

void add_wrong(const Side &side, wb_cx *cx, uint64_t n, std::string_view example) {
    if (side.count) side.count->add(cx, bytes_of(KIND), KIND.size(), n, bytes_of(example), example.size());
}

// The client has got an answer.
int32_t judge(void *instance, void *, wb_cx *cx, uint64_t token, const uint8_t *bytes, size_t len) {
    return guarded(cx, [&] {
        const Side &side = *static_cast<Side *>(instance);
        wb_bytes asked{nullptr, 0};
        const bool right = !side.check
                           || (cx->host->payload(cx, token, &asked) == WB_OK
                               && reversed(text(asked.ptr, asked.len)) == text(bytes, len));
        if (right) {
            cx->host->finish(cx, token, WB_DONE, nullptr, 0);
            return;
        }
        constexpr std::string_view why = "not reversed";
        add_wrong(side, cx, 1, "an answer that is not the reversed request");
        cx->host->finish(cx, token, WB_WRONG, bytes_of(why), why.size());
    });
}

// The client says what it counts, so that scenarios may hold a limit against it.
int32_t create_client(wb_cx *cx, const uint8_t *config, size_t len, void **instance) {
    const int32_t status = create(cx, config, len, instance);
    if (status == WB_OK) add_wrong(*static_cast<Side *>(*instance), cx, 0, "");
    return status;
}

// ---- what this file brings ----

const wb_side server = {
    sizeof(wb_side), 0, create, destroy, open_session, answer,
    nullptr, // start: a server begins nothing
    nullptr, // timer
    nullptr, // mail
    writable, close_session,
    nullptr, // messages
    nullptr, // starts
    nullptr, // ending
};
const wb_side client = {
    sizeof(wb_side), 0, create_client, destroy, open_session, judge, ask,
    nullptr, // timer
    nullptr, // mail
    writable, close_session,
    nullptr, // messages
    nullptr, // starts
    nullptr, // ending
};

#ifndef WB_SDK
#define WB_SDK "wirebench.h"
#endif
#define ID "org.example.__name__"
#define VERSION "0.1.0"
#define NAME "__name__"
#define ABOUT "every message comes back reversed"

const wb_handler handler = {
    sizeof(wb_handler), 0, WB_TEXT_OF(NAME), WB_TEXT_OF(ABOUT), &server, &client,
};
const wb_handler *const handlers[] = {&handler};

#ifdef WIREBENCH_NOTE // headers that know it: what this is, for those who do not want to load it
WIREBENCH_NOTE(ID, VERSION, WB_NOTE_HANDLER(NAME, ABOUT));
#endif

} // namespace

const wb_plugin wirebench_plugin_v1 = {
    WB_MAGIC, sizeof(wb_plugin), WB_ABI_MAJOR, WB_ABI_MINOR,
    WB_TEXT_OF(ID), WB_TEXT_OF(VERSION), WB_TEXT_OF(WB_SDK),
    handlers, 1,
    nullptr, 0, // framings
    nullptr, 0, // extensions that it cannot do without
    nullptr, 0, // extensions that it can use
    WB_BUILD_THIS,
};
