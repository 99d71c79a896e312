"""Two people in one room: names, what is said to all and to one alone, and `q` at the end."""
import sys
from talk import connected, until


class Person:
    def __init__(self, name):
        self.sock = connected()
        self.say(f"/name {name}")
        self.hears(f"* you are {name}")

    def say(self, text):
        self.sock.sendall(text.encode() + b"\n")

    def hears(self, wanted):
        """The next lines hold this one; what else is announced may stand before it."""
        heard = []
        for _ in range(20):
            heard.append(until(self.sock, b"\n"))
            if heard[-1] == wanted.encode() + b"\n":
                return
            if not heard[-1]:
                break
        sys.exit(f"wanted {wanted!r}, heard {heard!r}")

    def leaves(self):
        self.say("q")
        while until(self.sock, b"\n"):
            pass


ann, bob = Person("ann"), Person("bob")
ann.say("hello, who is there?")
bob.hears("ann : hello, who is there?")
bob.say("/to ann only me")
ann.hears("bob (private) : only me")
ann.leaves()
bob.say("\u4f60\u597d")
bob.leaves()
