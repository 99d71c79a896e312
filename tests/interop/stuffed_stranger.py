"""Noise, damaged frames and rows of zeros between frames of COBS: what is right is echoed all the same."""
from envelopes import ENVELOPES
from talk import connected, expect

put, take = ENVELOPES["stuffed"]
sock = connected()
for noise in [b"", b"\0", b"\0\0\0\0", b"\x09ab", b"\0\x09ab\0"]:
    for body in [b"right", b"", b"\0\0"]:
        sock.sendall((noise if body == b"right" else b"") + put(body))
        expect(take(sock), body)
