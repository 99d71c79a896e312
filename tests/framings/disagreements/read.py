"""Reads streams as implementations from PyPI do: `read.py FRAMING MAX`. One stream in hexadecimal digits
a line on the standard input; for each a line of JSON: its messages, and how it ended (`clean`, `open`
inside a message, `refused`)."""

import json
import sys


def h11_messages(stream, head, most):
    """Bodies of requests whose first lines stand in front of what the stream holds."""
    import h11

    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
    # Each message is a request of its own: the first line is not in the stream.
    messages, body = [], None
    connection.receive_data(head + stream)
    connection.receive_data(b"")
    while True:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError as error:
            cut = any(words in str(error) for words in ("without sending complete", "unexpectedly closed"))
            return messages, "open" if cut else "refused", connection.trailing_data[0]
        if isinstance(event, h11.Request):
            body = b""
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > most:
                return messages, "refused", b""
        elif isinstance(event, h11.EndOfMessage):
            return messages + [body], "clean", connection.trailing_data[0]
        else:
            return messages, "open", b""


def one_by_one(head, most):
    def read(stream):
        messages = []
        while stream:
            found, fate, rest = h11_messages(stream, head, most)
            messages += found
            if fate != "clean":
                return messages, fate
            assert len(rest) < len(stream), "it would go on for ever"
            stream = rest
        return messages, "clean"

    return read


def wsproto_frames(most):
    from wsproto.frame_protocol import FrameProtocol, Opcode, ParseFailed

    def read(stream):
        protocol = FrameProtocol(client=False, extensions=[])
        protocol.receive_bytes(stream)
        messages, message = [], b""
        try:
            for frame in protocol.received_frames():
                if frame.opcode in (Opcode.BINARY, Opcode.TEXT, Opcode.CONTINUATION):
                    payload = frame.payload
                    message += payload.encode() if isinstance(payload, str) else bytes(payload)
                    if len(message) > most:
                        return messages, "refused"
                    if frame.message_finished:
                        messages.append(message)
                        message = b""
                elif frame.opcode is Opcode.CLOSE:
                    return messages + [b"closed"], "open"
        except ParseFailed:
            return messages, "refused"
        return messages, "open"

    return read


def hiredis_replies(most):
    import hiredis

    # It does not say that it waits for the rest of a reply: one more is taken for a part of it then.
    probe = b"probe behind all others"

    def read(stream):
        reader = hiredis.Reader()
        reader.feed(stream)
        messages = []

        def replies():
            while (reply := reader.gets()) is not False:
                yield reply

        try:
            # All types of RESP are read; only strings can carry messages.
            for reply in replies():
                if not isinstance(reply, bytes) or len(reply) > most:
                    return messages, "refused"
                messages.append(reply)
        except hiredis.HiredisError:
            return messages, "refused"
        try:
            reader.feed(b"$%d\r\n%b\r\n" % (len(probe), probe))
            return messages, "clean" if next(replies(), None) == probe else "open"
        except hiredis.HiredisError:
            return messages, "open"

    return read


def pynetstrings(most):
    import pynetstring

    def read(stream):
        decoder = pynetstring.Decoder(maxlen=most)
        messages = []
        # By single bytes, so that messages before a wrong byte are not lost with it.
        pending = False
        try:
            for at in range(len(stream)):
                found = decoder.feed(stream[at : at + 1])
                messages += [bytes(one) for one in found]
                pending = not found
        except pynetstring.NetstringException:
            return messages, "refused"
        return messages, "open" if pending else "clean"

    return read


def cobs_frames(most):
    from cobs import cobs

    def read(stream):
        *bodies, rest = stream.split(b"\0")
        messages, fate = [], "clean"
        for body in bodies:
            try:
                message = cobs.decode(body)
                if len(message) > most or not body:
                    raise cobs.DecodeError
                messages.append(message)
            except cobs.DecodeError:
                fate = "refused"
        return messages, "open" if fate == "clean" and rest else fate

    return read


def slip_frames(most):
    import sliplib

    def read(stream):
        *bodies, rest = stream.split(b"\xc0")
        messages, fate = [], "clean"
        for body in filter(None, bodies):
            try:
                message = sliplib.decode(body)
                if len(message) > most:
                    raise sliplib.ProtocolError
                messages.append(message)
            except sliplib.ProtocolError:
                fate = "refused"
        return messages, "open" if fate == "clean" and rest else fate

    return read


REQUEST = b"POST / HTTP/1.1\r\nHost: a\r\n"

READERS = {
    "content-length": lambda most: one_by_one(REQUEST, most),
    "chunked": lambda most: one_by_one(REQUEST + b"Transfer-Encoding: chunked\r\n\r\n", most),
    "websocket": wsproto_frames,
    "resp-bulk": hiredis_replies,
    "netstring": pynetstrings,
    "cobs": cobs_frames,
    "slip": slip_frames,
}


def main():
    read = READERS[sys.argv[1]](int(sys.argv[2]))
    for line in sys.stdin:
        messages, fate = read(bytes.fromhex(line))
        print(json.dumps({"messages": [one.hex() for one in messages], "fate": fate}))


main()
