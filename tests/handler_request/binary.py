"""A server of a binary protocol over datagrams or a stream (its second argument): a length, a number and a text, back to front."""

import socket
import struct
import sys
import threading


def answer(number, text):
    return struct.pack("<HQ", len(text), number) + text[::-1]


def serve(peer):
    stream = peer.makefile("rb")
    while header := stream.read(10):
        length, number = struct.unpack("<HQ", header)
        peer.sendall(answer(number, stream.read(length)))


if sys.argv[2] == "udp":
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(("127.0.0.1", int(sys.argv[1])))
    while True:
        packet, peer = listener.recvfrom(65536)
        length, number = struct.unpack("<HQ", packet[:10])
        assert length == len(packet) - 10, packet
        listener.sendto(answer(number, packet[10:]), peer)
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
