"""An echo server (an unsigned 32-bit big-endian length, then as many bytes) with one fault, by its name."""
import os, signal, socket, struct, sys, threading, time

fault = sys.argv[2] if len(sys.argv) > 2 else "none"
lock, seen, kept = threading.Lock(), 0, []


def number():
    """The number of this message among all, from 1."""
    global seen
    with lock:
        seen += 1
        return seen


def frame(body):
    return struct.pack(">I", len(body)) + body


def reset(peer):
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def serve(peer):
    if fault != "two-writes":
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream, held = peer.makefile("rb"), None
    while header := stream.read(4):
        body = stream.read(struct.unpack(">I", header)[0])
        n = number()
        if fault == "drops-one" and n == 50:
            continue
        if fault == "merges-two" and (n == 50 or held is not None):
            if held is None:
                held = body
                continue
            body, held = held + body, None
        if fault == "out-of-order" and (n == 50 or held is not None):
            if held is None:
                held = body
                continue
            peer.sendall(frame(body))
            body, held = held, None
        if fault == "changes-a-byte" and n == 50:
            body = body[:7] + bytes([body[7] ^ 1]) + body[8:]
        if fault == "wrong-in-warm-up" and n <= 3:
            body = b"starting"
        if fault == "hangs" and n == 50:
            time.sleep(600)
        if fault == "closes" and n == 50:
            print("no more than 49 requests, says the license", file=sys.stderr, flush=True)
            peer.shutdown(socket.SHUT_RDWR)
            return
        if fault == "resets" and n == 50:
            return reset(peer)
        if fault == "crashes" and n == 50:
            print("Traceback: the table is full", file=sys.stderr, flush=True)
            os._exit(3)
        if fault == "killed" and n == 50:
            os.kill(os.getpid(), signal.SIGSEGV)
        if fault == "half-a-frame" and n == 50:
            peer.sendall(frame(body)[: len(body) - 4])
            time.sleep(600)
        if fault == "leaks":
            kept.append(b"x" * (64 << 10))
        if fault == "slow":
            until = time.perf_counter() + 0.001
            while time.perf_counter() < until:
                pass
        if fault == "two-writes":
            peer.sendall(header)
            peer.sendall(body)
            continue
        peer.sendall(frame(body))
        if fault == "answers-twice" and n == 50:
            peer.sendall(frame(body))
        if fault == "answers-twice-late" and n == 50:
            threading.Timer(0.05, peer.sendall, (frame(body),)).start()


def serve_one_read(peer):
    """Takes one read for one message, and what stands behind it for nothing."""
    while data := peer.recv(65536):
        body = data[4:]
        peer.sendall(frame(body))


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=64)
while True:
    target = serve_one_read if fault == "one-read-one-message" else serve
    threading.Thread(target=target, args=(listener.accept()[0],), daemon=True).start()
