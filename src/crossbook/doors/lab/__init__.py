"""The lab over HTTP: presets, types of agents, runs that were made and are made, and batch simulations.

routes -> posted (what is asked for, held to its bounds) -> workshop (so many at once)
                                                              -> batch   (threads, nothing is kept)
                                                              -> making  (a process each, a directory is left)
"""
