"""Wants a greeting in GBK and sends it back; what follows comes back with a byte that is no text."""
from talk import expect, one_peer

peer = one_peer()
said = peer.recv(1024)
expect(said.decode("gbk"), "你好")
peer.sendall(said)
while said := peer.recv(1024):
    peer.sendall(said + b"\xff")
