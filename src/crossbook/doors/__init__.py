"""The ways in from outside: HTTP, WebSocket and what else speaks to the venue for people and programs.

A door decodes, says who asks, hands on to the venue and encodes the answer. It holds no rule of the market.
"""
