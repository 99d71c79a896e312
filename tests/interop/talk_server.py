"""Answers the one peer it takes with its own words, however they are told apart."""
from talk import one_peer

peer = one_peer()
while said := peer.recv(1024):
    peer.sendall(said)
