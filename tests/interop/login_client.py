"""Logs in where it is asked to: once wrongly, then rightly."""
from talk import connected, expect, until

sock = connected()
for password, verdict in [(b"guess", b"wrong, again\n"), (b"open sesame", b"welcome\n")]:
    expect(until(sock, b"\n"), b"name: \n")
    sock.sendall(b"ali\n")
    expect(until(sock, b"\n"), b"password: \n")
    sock.sendall(password + b"\n")
    expect(until(sock, b"\n"), verdict)
