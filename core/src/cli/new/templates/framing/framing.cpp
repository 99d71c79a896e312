// __name__: a framing with a small header.
//
//     bytes  meaning
//     1      0xB5: what every frame begins with
//     3      the length of the message, the most significant byte first
//     1      a checksum (CRC-8) over the three bytes of the length and the message
//     ...    the message
//
// What is damaged ends the connection: the decoder says where and why, and does not look for the next boundary.
// A framing is handed bytes and hands back messages. It opens no socket and reads no clock. wirebench.h says of every
// function what it may do, and of every pointer whose it is. No exception may leave a function of this interface.
#include <array>
#include <exception>
#include <string>
#include <string_view>
#include <vector>
#include "wirebench.h"

namespace {

constexpr uint8_t MAGIC = 0xb5;
constexpr size_t HEADER = 5;
constexpr size_t MAX = size_t{1} << 20; // the longest message, in bytes; 24 bits hold up to 16 MiB less one

// One end of a connection: what the answer to a call points to, until the next one.
struct Checked {
    std::array<uint8_t, HEADER> header{};
    std::vector<wb_frame> frames;
};

const uint8_t *bytes_of(std::string_view text) { return reinterpret_cast<const uint8_t *>(text.data()); }

int32_t fail(wb_report *report, int32_t status, std::string_view why) {
    report->set_error(report, nullptr, 0, bytes_of(why), why.size());
    return status;
}

// Runs a call; what it throws is told to the host.
template <typename Call> int32_t guarded(wb_report *report, Call call) noexcept {
    try {
        return call();
    } catch (const std::exception &error) {
        return fail(report, WB_ERROR, error.what());
    } catch (...) {
        return fail(report, WB_ERROR, "something was thrown that is no std::exception");
    }
}

// What a byte does to a checksum: CRC-8 with the polynomial 0x07. It notices whatever is wrong in eight bits in a row.
constexpr std::array<uint8_t, 256> table() {
    std::array<uint8_t, 256> table{};
    for (unsigned byte = 0; byte < 256; byte++) {
        unsigned crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = crc & 0x80 ? crc << 1 ^ 0x07 : crc << 1;
        table[byte] = static_cast<uint8_t>(crc);
    }
    return table;
}
constexpr std::array<uint8_t, 256> CRC8 = table();

uint8_t crc8(uint8_t crc, const uint8_t *bytes, size_t len) {
    for (size_t i = 0; i < len; i++) crc = CRC8[crc ^ bytes[i]];
    return crc;
}

// This framing takes no settings: {} or nothing.
int32_t create(wb_report *report, uint32_t, const uint8_t *config, size_t len, void **instance) {
    return guarded(report, [&] {
        const std::string settings(config, config + len);
        if (!settings.empty() && settings != "{}" && settings != "null")
            return fail(report, WB_ERROR, "__name__ takes no settings");
        *instance = new Checked;
        return int32_t{WB_OK};
    });
}

void destroy(void *instance) { delete static_cast<Checked *>(instance); }

// What it says of itself. WB_RESYNCHRONISES is missing: damage ends the connection.
int32_t nature(void *, wb_nature *out) {
    out->flags = WB_INVARIANT | WB_EMPTY | WB_BATCHABLE | WB_FINDS_CORRUPTION;
    out->max = MAX;
    return WB_OK;
}

int32_t encode(void *instance, wb_report *, uint64_t, const uint8_t *message, size_t len,
               wb_encoded *out) {
    auto &header = static_cast<Checked *>(instance)->header;
    if (len > MAX) {
        out->limit = MAX;
        return WB_UNSENDABLE_TOO_LONG;
    }
    header = {MAGIC, static_cast<uint8_t>(len >> 16), static_cast<uint8_t>(len >> 8),
              static_cast<uint8_t>(len), 0};
    header[4] = crc8(crc8(0, &header[1], 3), message, len);
    out->header = {header.data(), HEADER};
    out->payload = 1; // the message itself, which is not copied
    return WB_OK;
}

int32_t malformed(wb_report *report, wb_decoded *out, size_t at, const std::string &why) {
    out->error_at = at;
    return fail(report, WB_MALFORMED, why);
}

// The messages of `input`, up to the first that is not whole or not right.
int32_t decode(std::vector<wb_frame> &frames, wb_report *report, const uint8_t *input, size_t len,
               wb_decoded *out) {
    while (out->consumed < len) {
        const size_t at = out->consumed, left = len - at;
        const uint8_t *frame = input + at;
        if (frame[0] != MAGIC)
            return malformed(report, out, at,
                             "a frame begins with 181 (0xb5), and here stands "
                                 + std::to_string(frame[0]));
        if (left < HEADER) break;
        const size_t size = size_t{frame[1]} << 16 | size_t{frame[2]} << 8 | frame[3];
        // Before anything is waited for: a peer may claim whatever it likes.
        if (size > MAX)
            return malformed(report, out, at,
                             "the frame claims " + std::to_string(size) + " bytes, over the limit of "
                                 + std::to_string(MAX));
        if (left - HEADER < size) {
            out->need = size - (left - HEADER);
            break;
        }
        if (crc8(crc8(0, frame + 1, 3), frame + HEADER, size) != frame[4])
            return malformed(report, out, at,
                             "the checksum of a frame of " + std::to_string(size)
                                 + " bytes does not fit");
        out->consumed = at + HEADER + size;
        frames.push_back({static_cast<uint32_t>(at + HEADER), static_cast<uint32_t>(size), 0, 0,
                          static_cast<int64_t>(at), static_cast<int64_t>(out->consumed)});
    }
    return WB_OK;
}

// `input` is what earlier calls did not consume, and then what has come since. A frame that is not whole stays there, so
// nothing depends on where the reads were cut.
int32_t feed(void *instance, wb_report *report, uint64_t, const uint8_t *input, size_t len,
             wb_decoded *out) {
    return guarded(report, [&] {
        auto &frames = static_cast<Checked *>(instance)->frames;
        frames.clear();
        const int32_t status = decode(frames, report, input, len, out);
        out->frames = frames.data();
        out->frames_len = frames.size();
        return status;
    });
}

// ---- what this file brings ----

#ifndef WB_SDK
#define WB_SDK "wirebench.h"
#endif
#define ID "org.example.__name__"
#define VERSION "0.1.0"
#define NAME "__name__"
#define ABOUT "magic byte, 24-bit length, CRC-8 of length and message, message"

const wb_framing checked = {
    sizeof(wb_framing), 0, WB_TEXT_OF(NAME), WB_TEXT_OF(ABOUT), create, destroy, nature,
    nullptr, // gate: a message may always be encoded
    encode, feed,
    nullptr, // end_of_input: what is left over is an error
    nullptr, // deadline
    nullptr, // timeout
    nullptr, // keeps: nothing between two calls
};
const wb_framing *const framings[] = {&checked};

#ifdef WIREBENCH_NOTE // headers that know it: what this is, for those who do not want to load it
WIREBENCH_NOTE(ID, VERSION, WB_NOTE_FRAMING(NAME, ABOUT));
#endif

} // namespace

const wb_plugin wirebench_plugin_v1 = {
    WB_MAGIC, sizeof(wb_plugin), WB_ABI_MAJOR, WB_ABI_MINOR,
    WB_TEXT_OF(ID), WB_TEXT_OF(VERSION), WB_TEXT_OF(WB_SDK),
    nullptr, 0, // handlers
    framings, 1,
    nullptr, 0, // extensions that it cannot do without
    nullptr, 0, // extensions that it can use
    WB_BUILD_THIS,
};
