"""An echo server: a signed 32-bit little-endian length, then as many bytes."""
import socket, struct, sys

def serve(peer):
    stream = peer.makefile("rwb")
    while header := stream.read(4):
        (length,) = struct.unpack("<i", header)
        stream.write(header + stream.read(length))
        stream.flush()

listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listening", flush=True)
while True:
    peer, _ = listener.accept()
    serve(peer)
