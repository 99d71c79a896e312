"""A mail server as far as a session is let in: a greeting, a login, and the end; its second argument says the password."""

import socket
import sys
import threading

GREETING = sys.argv[3].encode() if len(sys.argv) > 3 else b"220-this is\r\n220 ready\r\n"


def serve(peer):
    peer.sendall(GREETING)
    let_in = False
    for line in peer.makefile("rb"):
        word = line.split()[0]
        if word == b"EHLO":
            peer.sendall(b"250-mail\r\n250-SIZE 1000\r\n250 HELP\r\n")
        elif word == b"AUTH":
            let_in = line == b"AUTH %s\r\n" % sys.argv[2].encode()
            peer.sendall(b"235 welcome\r\n" if let_in else b"535 not with " + line.split()[1] + b"\r\n")
        elif word == b"QUIT":
            peer.sendall(b"221 bye\r\n")
            break
        else:
            peer.sendall(b"250 ok\r\n" if let_in else b"530 log in first\r\n")
    peer.shutdown(socket.SHUT_RDWR)


def quietly(peer):
    try:
        serve(peer)
    except OSError:
        pass


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    threading.Thread(target=quietly, args=(listener.accept()[0],), daemon=True).start()
