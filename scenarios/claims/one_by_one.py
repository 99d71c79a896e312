"""An echo server that serves one client after the other, or with "threads" each in a thread."""
import socket, struct, sys, threading

def serve(peer):
    stream = peer.makefile("rwb")
    while header := stream.read(4):
        (length,) = struct.unpack(">I", header)
        stream.write(header + stream.read(length))
        stream.flush()

listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=16)
while True:
    peer, _ = listener.accept()
    if sys.argv[2:] == ["threads"]:
        threading.Thread(target=serve, args=(peer,), daemon=True).start()
    else:
        serve(peer)
