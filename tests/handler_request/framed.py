"""A server under a length of four bytes, which answers `7 text` in messages of its own: `begin 7`, `text`, `end`."""

import socket
import struct
import sys
import threading


def framed(text):
    return struct.pack(">I", len(text)) + text


def serve(peer):
    stream = peer.makefile("rb")
    while header := stream.read(4):
        number, text = stream.read(struct.unpack(">I", header)[0]).split(b" ", 1)
        peer.sendall(framed(b"begin " + number) + framed(text) + framed(b"end"))


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
