"""Answers tagged frames with their own bytes; the port is its argument.

A frame is the byte T, two bytes of length (big-endian), and as many bytes of payload."""

import socket
import struct
import sys


def answer(body):
    return body


def serve(client):
    stream = client.makefile("rb")
    while len(head := stream.read(3)) == 3:
        tag, length = struct.unpack(">cH", head)
        if tag != b"T":
            return
        body = answer(stream.read(length))
        client.sendall(struct.pack(">cH", b"T", len(body)) + body)


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    client, _ = listener.accept()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with client:
        serve(client)
