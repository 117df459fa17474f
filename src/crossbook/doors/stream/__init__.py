"""The stream of a live simulation: the simulation in a process of its own, and a server that tells everybody of it.

The stage, in its own process, advances the run of `crossbook.lab.live` and writes the messages. They go over a link to
the server, whose hub hands them to all who watch; what those ask for goes the other way.
"""
