"""Messages in the envelopes that protocols put around them, by hand: for each the frame of a message,
and the next message of a connection (`None` at its end)."""
from talk import exactly, expect, until


def amqp(body):
    """AMQP 0-9-1: type, channel, length, payload, end."""
    return b"\x01\x00\x00" + len(body).to_bytes(4, "big") + body + b"\xce"


def next_amqp(sock):
    header = exactly(sock, 7)
    if not header:
        return None
    expect(header[:1], b"\x01")
    body = exactly(sock, int.from_bytes(header[3:], "big"))
    expect(exactly(sock, 1), b"\xce")
    return body


def twice(body):
    """A marker, the length, its complement, a marker."""
    return b"\xfe\xed" + len(body).to_bytes(2, "little") + (0xFFFF - len(body)).to_bytes(2, "little") + b"\x00" + body


def next_twice(sock):
    header = exactly(sock, 7)
    if not header:
        return None
    expect(header[:2] + header[6:], b"\xfe\xed\x00")
    count, other = int.from_bytes(header[2:4], "little"), int.from_bytes(header[4:6], "little")
    expect(other, 0xFFFF - count)
    return exactly(sock, count)


def mqtt(body):
    """A packet of MQTT, of the type PUBLISH: a byte, the remaining length in groups of seven bits."""
    count, length = len(body), b""
    while True:
        count, group = count >> 7, count & 0x7F
        length += bytes([group | 0x80 if count else group])
        if not count:
            return b"\x30" + length + body


def next_mqtt(sock):
    first = exactly(sock, 1)
    if not first:
        return None
    expect(first, b"\x30")
    count, shift = 0, 0
    while True:
        (group,) = exactly(sock, 1)
        count |= (group & 0x7F) << shift
        shift += 7
        if group < 0x80:
            return exactly(sock, count)


def syslog(body):
    """Octet counting of syslog: the length in decimal digits, a blank, the payload."""
    return b"%d %b" % (len(body), body)


def next_syslog(sock):
    digits = until(sock, b" ")
    return exactly(sock, int(digits)) if digits else None


def stuffed(body):
    """COBS with a zero on both sides."""
    out = b""
    for block in (body + b"\0").split(b"\0")[:-1]:
        while len(block) >= 254:
            out += b"\xff" + block[:254]
            block = block[254:]
        out += bytes([len(block) + 1]) + block
    return b"\0" + out + b"\0"


def next_stuffed(sock):
    while (got := exactly(sock, 1)) == b"\0":
        pass
    if not got:
        return None
    code, body = got[0], b""
    while True:
        block = exactly(sock, code - 1)
        expect((len(block), b"\0" in block), (code - 1, False))
        (following,) = exactly(sock, 1)
        body += block + (b"\0" if code < 255 and following else b"")
        if not following:
            return body
        code = following


ENVELOPES = {
    "amqp": (amqp, next_amqp),
    "stuffed": (stuffed, next_stuffed),
    "mqtt": (mqtt, next_mqtt),
    "syslog": (syslog, next_syslog),
    "twice": (twice, next_twice),
}
