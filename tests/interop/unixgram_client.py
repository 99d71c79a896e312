"""Unix datagrams: a client that is bound is answered, wherever it is; one that is not bound is not."""
import os
import socket
import sys
import tempfile
from talk import expect

server = sys.argv[1]


def client():
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.settimeout(60)
    return sock


def asks(sock):
    """Messages come back whole, one by one, whatever their length; also several that wait."""
    for message in [b"hello", b"", bytes(range(256)) * 100]:
        sock.sendto(message, server)
        expect(sock.recvfrom(65536), (message, server))
    for number in range(5):
        sock.sendto(b"%d" % number, server)
    for number in range(5):
        expect(sock.recvfrom(65536)[0], b"%d" % number)


with tempfile.TemporaryDirectory() as folder, client() as at_path, client() as by_kernel:
    at_path.bind(os.path.join(folder, "client"))
    asks(at_path)
    # Nobody can be answered who is not bound: what it sends is taken, and that is all.
    with client() as unbound:
        unbound.sendto(b"is anybody there?", server)
        unbound.connect(server)
        unbound.send(b"is anybody there?")
        # The server has read both when it answers somebody else.
        asks(at_path)
        unbound.settimeout(0)
        try:
            expect(unbound.recv(65536), None)
        except BlockingIOError:
            pass
        expect(unbound.getsockname(), "")
    # A name of the kernel's choice is an address as well.
    by_kernel.bind("")
    asks(by_kernel)
    # A reader that offers less room than the datagram has loses the rest; the next one is whole.
    at_path.sendto(b"longer than that", server)
    at_path.sendto(b"short", server)
    expect(at_path.recv(6), b"longer")
    expect(at_path.recv(6), b"short")
