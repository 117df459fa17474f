"""The live exchange: one sequencer, its accounts, its market data and what is kept of it.

The package knows no wire: a door decodes what comes in, hands it to the `Desk` or asks the `Venue`, and encodes
the answer. It imports nothing of the lab.
"""
