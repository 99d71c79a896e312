//! Programs that share no code with wirebench talk to it, both ways.
