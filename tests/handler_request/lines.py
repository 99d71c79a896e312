"""A server of lines, which answers `ask 7 text` with `ok 7 text`, and misbehaves as its second argument says."""

import socket
import sys
import threading

MANNER = sys.argv[2]


def answer(line):
    word, number, text = line.rstrip(b"\r\n").split(b" ", 2)
    assert word == b"ask", line
    if MANNER == "wrong" and int(number) % 5 == 0:
        text = text[:-1] + b"#"
    if MANNER == "refuses":
        return b"no %s busy\r\n" % number
    return b"ok %s %s\r\n" % (number, text)


def serve(peer):
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    lines = peer.makefile("rb")
    held, before = [], b"ok 0 nothing\r\n"
    for line in lines:
        said = answer(line)
        if MANNER == "bytes":
            for at in range(len(said)):
                peer.sendall(said[at : at + 1])
        elif MANNER == "reversed":
            held.append(said)
            if len(held) == 8:
                peer.sendall(b"".join(reversed(held)))
                held = []
        elif MANNER == "twice":
            peer.sendall(said + said)
        elif MANNER == "late":
            peer.sendall(before)
            before = said
        elif MANNER == "endless":
            while True:
                peer.sendall(b"x" * 4096)
        elif MANNER == "half":
            peer.sendall(said[: len(said) // 2])
            break
        elif MANNER == "mute":
            pass
        else:
            peer.sendall(said)
    peer.shutdown(socket.SHUT_RDWR)
    peer.close()


def quietly(peer):
    try:
        serve(peer)
    except OSError:
        pass


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    threading.Thread(target=quietly, args=(listener.accept()[0],), daemon=True).start()
