"""What the programs beside this one share: reading exactly, and addresses on the command line.

Every server prints the port it listens on, takes one connection (or datagrams until it is killed)
and ends with status 0 when its peer has behaved. Every client connects, checks what it gets, and
ends with status 0 when all of it was right.
"""
import socket
import sys


def exactly(sock, count):
    """`count` bytes; fewer only at the end of the stream."""
    got = bytearray()
    while len(got) < count:
        piece = sock.recv(count - len(got))
        if not piece:
            break
        got += piece
    return bytes(got)


def until(sock, end):
    """Bytes up to and with `end`, read one by one so that none behind it are taken."""
    got = b""
    while not got.endswith(end):
        byte = sock.recv(1)
        if not byte:
            break
        got += byte
    return got


def one_peer():
    """Listens, says where, takes the only connection it will ever take."""
    with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
        print(listener.getsockname()[1], flush=True)
        peer, _ = listener.accept()
    peer.settimeout(60)
    return peer


def connected():
    """The connection to the address on the command line."""
    host, port = next(word for word in sys.argv[1:] if ":" in word).rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=60)


def how(usual="", at=2):
    """What the program is to do, as the command line has it; the port and the address come before."""
    return sys.argv[at] if len(sys.argv) > at and sys.argv[at] else usual


def expect(got, wanted):
    if got != wanted:
        sys.exit(f"got {got[:200]!r}, wanted {wanted[:200]!r}")
